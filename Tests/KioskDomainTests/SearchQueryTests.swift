import Foundation
import KioskDomain
import Testing

@Suite struct SearchQueryTests {
    private func match(_ word: String, _ typed: String) throws -> SearchWord.Match? {
        let typed = try #require(SearchWord(typed))
        return SearchWord.forms(of: word).compactMap { $0.match(typed) }.max()
    }

    @Test(
        arguments: [
            ("Hường", "huong", SearchWord.Match.whole), ("Hường", "HUO", .beginning), ("Hường", "Hường", .exactWhole),
            ("Hường", "hườ", .exactBeginning),
            ("Hường", "hướng", .whole), ("Hường", "hươ", .beginning), ("Hoà", "hòa", .exactWhole), ("Thuỷ", "Thủy", .exactWhole),
            ("Lý", "Lí", .exactWhole),
            ("Lý", "li", .whole), ("Đặng", "dang", .whole), ("Đặng", "đặng", .exactWhole), ("Đặng", "ðặng", .exactWhole),
            ("H'Hen", "hhen", .whole),
            ("H'Hen", "H’Hen", .whole), ("H'Hen", "hen", .whole), ("Êban", "Êb", .exactBeginning),
        ] as [(String, String, SearchWord.Match)])
    func `a word answers`(word: String, typed: String, expected: SearchWord.Match) throws {
        #expect(try match(word, typed) == expected)
        #expect(try match(word.decomposedStringWithCanonicalMapping, typed.decomposedStringWithCanonicalMapping) == expected)
    }

    @Test(arguments: [("Hường", "uong"), ("Hường", "huongg"), ("Mai", "mi"), ("An", "ân2")])
    func `a word does not`(word: String, typed: String) throws { #expect(try match(word, typed) == nil) }

    @Test func `numbers are read as people write them`() {
        #expect(SearchQuery("099 157 000 789").numbers == [["099157000789"]])
        #expect(SearchQuery("099157000789 0900000103").numbers == [["099157000789"], ["0900000103"]])
        #expect(SearchQuery("+84 900 000 103").numbers == [["84900000103", "0900000103"]])
        #expect(SearchQuery("0900.000.103").numbers == [["0900000103"]])
        #expect(SearchQuery("01680000103").numbers == [["01680000103", "0380000103"]])
        #expect(SearchQuery("tcs-220408-001").numbers == [["TCS220408001"]] && SearchQuery("tcs-220408-001").words.isEmpty)
        #expect(SearchQuery("G01.899.108.000-220408").numbers == [["G01899108000220408"]])
        let mixed = SearchQuery("mai 0789 thị")
        #expect(mixed.numbers == [["0789"]] && mixed.words.count == 2 && !mixed.hasShortNumber)
    }

    @Test func `too few digits are left aside and said so`() {
        #expect(SearchQuery("789").isEmpty && SearchQuery("789").hasShortNumber)
        #expect(SearchQuery("mai 12").words.count == 1 && SearchQuery("mai 12").hasShortNumber)
        #expect(SearchQuery(" ' - ").isEmpty && SearchQuery("").isEmpty)
        #expect(SearchQuery(String(repeating: "a ", count: 5000)).words.count <= SearchQuery.longest)
    }
}
