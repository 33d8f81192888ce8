import Foundation
import KioskDomain
import KioskTestSupport
import Testing

@Suite struct VietnameseNameTests {
    @Test(arguments: [
        ("Nguyễn Thị Minh Hường", "Nguyễn", "Thị Minh", "Hường"), ("H'Hen Niê", "H'Hen", "", "Niê"),
        ("Y Blôk Êban", "Y", "Blôk", "Êban"),
        ("  Ksor   Sương ", "Ksor", "", "Sương"), ("Páo", "", "", "Páo"), ("", "", "", ""),
    ])
    func `a name is taken apart`(text: String, family: String, middle: String, given: String) {
        for form in [text, text.decomposedStringWithCanonicalMapping] {
            let name = VietnameseName(form)
            #expect(name.family == family && name.middle == middle && name.given == given)
        }
    }

    @Test func `capitals are for rendering only`() {
        #expect(VietnameseName("Y Blôk Êban").inCapitals == "Y BLÔK ÊBAN")
        #expect(VietnameseName("Đặng Thị Ước").inCapitals == "ĐẶNG THỊ ƯỚC")
        #expect(VietnameseName("Y Blôk Êban").full == "Y Blôk Êban")
        #expect(
            Array(VietnameseName("Hường").inCapitals.unicodeScalars)
                == Array("HƯỜNG".precomposedStringWithCanonicalMapping.unicodeScalars))
    }

    private func ordered(_ names: [String]) -> [String] { names.map { VietnameseName($0) }.sorted().map(\.full) }

    @Test(arguments: [
        // The letters of the alphabet, each with its own place.
        "A Ă Â B C D Đ E Ê G H I K L M N O Ô Ơ P Q R S T U Ư V X Y".split(separator: " ").map(String.init),
        // The tones of one word, wherever the tone is written; letters before tones.
        ["Hoa", "Hoà", "Hỏa", "Hoã", "Hóa", "Họa", "Hoan"], ["Ma", "Mà", "Mả", "Mã", "Má", "Mạ", "Mai", "Măn"],
        // Given name, then family name, then the words between.
        ["An", "Vi Văn An", "Bùi Văn Ân", "Bùi Thị Bình", "Lê An Bình", "Lê Văn Bình", "Lê Bình Cầu"],
    ])
    func `names come in the order of the alphabet`(names: [String]) {
        #expect(ordered(names.reversed()) == names)
        #expect(ordered(names.map(\.decomposedStringWithCanonicalMapping).reversed()) == names)
    }

    /// A name of letters, marks, signs and spaces in whatever combination.
    private func name(_ random: inout SeededGenerator) -> String {
        let pieces = [
            "a", "A", "ă", "â", "đ", "Đ", "e", "ê", "h", "o", "ơ", "ô", "u", "ư", "y", "n", "\u{300}", "\u{301}", "\u{323}",
            "\u{302}",
            "\u{31B}", " ", "'", "-", "ƀ", "č", "1",
        ]
        return (0..<random.int(0...8)).map { _ in random.pick(pieces) }.joined()
    }

    @Test func `the order is total, antisymmetric and the same in every normal form`() async {
        var random = SeededGenerator(seed: 27)
        for round in 0..<6000 {
            if round % 50 == 0 { await Task.yield() }
            let texts = [name(&random), name(&random), name(&random)]
            let (a, b, c) = (VietnameseName(texts[0]), VietnameseName(texts[1]), VietnameseName(texts[2]))
            #expect([a < b, b < a, a == b].count { $0 } == 1, "\(texts), seed \(random.seed)")
            if a < b, b < c { #expect(a < c, "\(texts), seed \(random.seed)") }
            let other = VietnameseName(texts[0].decomposedStringWithCanonicalMapping)
            #expect(other == a && other.hashValue == a.hashValue && (other < b) == (a < b), "\(texts), seed \(random.seed)")
            // Equal only where the letters are.
            #expect((a == b) == (Array(a.full.utf8) == Array(b.full.utf8)), "\(texts), seed \(random.seed)")
        }
    }

    @Test func `a better letter never loses to a tone`() {
        var random = SeededGenerator(seed: 28)
        let bases = ["a", "ă", "â", "e", "ê", "i", "o", "ô", "ơ", "u", "ư", "y"]
        let tones = ["", "\u{300}", "\u{309}", "\u{303}", "\u{301}", "\u{323}"]
        for _ in 0..<2000 {
            let (first, second) = (random.int(0...11), random.int(0...11))
            let (one, two) = (random.int(0...5), random.int(0...5))
            let (a, b) = (VietnameseName("H" + bases[first] + tones[one]), VietnameseName("H" + bases[second] + tones[two]))
            if (first, one) != (second, two) { #expect((a < b) == ((first, one) < (second, two)), "\(a.full) \(b.full)") }
        }
    }
}
