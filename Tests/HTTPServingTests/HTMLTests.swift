import HTTPServing
import Testing

@Suite struct HTMLTests {
    @Test func `interpolated text is escaped and markup is not`() {
        let name = "<b>Bùi & \"Con\"</b>'"
        let inner: HTML = "<i>\(name)</i>"
        let page: HTML = "<p title=\"\(name)\">\(inner)</p>"
        #expect(page.markup == "<p title=\"&lt;b&gt;Bùi &amp; &quot;Con&quot;&lt;/b&gt;&#39;\"><i>&lt;b&gt;Bùi &amp; &quot;Con&quot;&lt;/b&gt;&#39;</i></p>")
    }
}
