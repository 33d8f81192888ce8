import HTTPServing
import KioskTestSupport
import Testing

@Suite struct HTMLTests {
    @Test func `interpolated text is escaped and markup is not`() {
        let name = "<b>Bùi & \"Con\"</b>'"
        let inner: HTML = "<i>\(name)</i>"
        let page: HTML = "<p title=\"\(name)\">\(inner)</p>"
        let escaped = "&lt;b&gt;Bùi &amp; &quot;Con&quot;&lt;/b&gt;&#39;"
        #expect(page.markup == "<p title=\"\(escaped)\"><i>\(escaped)</i></p>")
    }

    @Test func `no text ends the attribute it stands in`() {
        let seed: UInt64 = 0x4711
        var generator = SeededGenerator(seed: seed)
        for round in 0..<2000 {
            let text = String(decoding: generator.mutate(Array("\" onload='x' <a&\u{301}>".utf8)), as: UTF8.self)
            let double: HTML = "<p title=\"\(text)\">"
            let single: HTML = "<p title='\(text)'>"
            #expect(double.markup.utf8.filter { $0 == UInt8(ascii: "\"") }.count == 2, "seed \(seed), round \(round)")
            #expect(single.markup.utf8.filter { $0 == UInt8(ascii: "'") }.count == 2, "seed \(seed), round \(round)")
            let brackets = double.markup.utf8.filter { $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: ">") }
            #expect(brackets.count == 2, "seed \(seed), round \(round)")
        }
    }

    @Test func `a combining mark after a special character does not hide it`() {
        let text = "<\u{301}script>\"\u{301}"
        let page: HTML = "\(text)"
        #expect(page.markup.unicodeScalars.elementsEqual("&lt;\u{301}script&gt;&quot;\u{301}".unicodeScalars))
    }

    @Test func `the other interpolations`() {
        let nothing: String? = nil
        let rows: [HTML] = ["<li>1</li>", "<li>2</li>"]
        let page: HTML = "\(nothing)|\(42)|\(rows)|\(" checked", when: true)\(" disabled", when: false)|\(HTML.empty)"
        #expect(page.markup == "|42|<li>1</li><li>2</li>| checked|")
        #expect(HTML.join(rows, separator: "<hr>").markup == "<li>1</li><hr><li>2</li>")
    }

    @Test func `lines become paragraphs however a browser ends them`() {
        #expect(HTML.lines("a<\nb\r\nc\rd\n\ne").markup == "<p>a&lt;</p><p>b</p><p>c</p><p>d</p><p>e</p>")
        #expect(HTML.lines("").markup == "")
    }

    @Test func `a page is an answer`() {
        let response = ("<p>x" as HTML).response(status: 422)
        #expect(response.status == 422)
        #expect(response.headers["content-type"] == "text/html; charset=utf-8")
    }
}
