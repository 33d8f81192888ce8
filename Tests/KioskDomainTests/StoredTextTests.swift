import Foundation
import KioskDomain
import KioskTestSupport
import Testing

@Suite(.heavy) struct StoredTextTests {
    /// Text compared byte by byte: Swift's own `==` takes composed and decomposed letters for the same.
    private func scalars(_ text: String) -> [UInt32] { text.unicodeScalars.map(\.value) }

    @Test func `Vietnamese is stored composed however it was typed`() {
        let name = "Nguyễn Thị Hường"
        let mixed = "Nguye\u{302}\u{303}n Thi\u{323} Hươ\u{300}ng"
        let swapped = "Nguye\u{303}\u{302}n"
        for text in [name, name.decomposedStringWithCanonicalMapping, mixed] {
            #expect(scalars(StoredText.clean(text)) == scalars(name.precomposedStringWithCanonicalMapping))
        }
        // Two marks of one class in another order are another letter: nothing is guessed.
        #expect(scalars(StoredText.clean(swapped)) != scalars("Nguyễn"))
        // Below and above: the order does not matter.
        #expect(
            scalars(StoredText.clean("e\u{323}\u{302}")) == scalars("ệ")
                && scalars(StoredText.clean("e\u{302}\u{323}")) == scalars("ệ"))
    }

    @Test func `what cannot be seen is dropped, and letters it parted are composed`() {
        #expect(scalars(StoredText.clean("Lò\u{200B} Thị\u{FEFF}\u{200D}\u{00AD}\u{0000}\u{202E} Mai")) == scalars("Lò Thị Mai"))
        #expect(scalars(StoredText.clean("Lo\u{200B}\u{300}")) == scalars("Lò"))
    }

    @Test func `white space is one space, and none at the ends`() {
        #expect(StoredText.clean(" \tLò\u{00A0}\u{3000} Thị \r\n Mai\n") == "Lò Thị Mai")
        #expect(StoredText.clean(" \u{200B} ") == "")
        #expect(StoredText.clean(" a \r\n  b\n\n\nc \n ", multiline: true) == "a\nb\n\n\nc")
        #expect(StoredText.clean("\n\n a", multiline: true) == "a")
        #expect(StoredText.clean("a\nb", multiline: false) == "a b")
    }

    @Test func `letters of other peoples and signs in names stay`() {
        for name in ["H'Hen Niê", "Y Blôk Êban", "K’Brơi", "Ksor H'Ƀlâm", "Ma Thị Nỉ-Na"] {
            #expect(StoredText.clean(name) == name)
        }
    }

    @Test(arguments: [
        ("Đặng Thị Ước", "dang thi uoc"), ("ĐẶNG THỊ ƯỚC", "dang thi uoc"), ("Nguyễn Hường", "nguyen huong"),
        ("H'Hen Niê", "h'hen nie"),
        ("H’Hen Niê", "h'hen nie"), ("Hʼhen  NIÊ ", "h'hen nie"), ("Ðặng", "dang"), ("Ɖặng", "dang"), ("", ""),
    ])
    func `names are searched without diacritics`(name: String, key: String) {
        #expect(StoredText.searchKey(name) == key)
        #expect(StoredText.searchKey(name.decomposedStringWithCanonicalMapping) == key)
        #expect(StoredText.searchKey(key) == key)
    }

    @Test func `cleaning twice is cleaning once, to the byte`() async {
        var random = SeededGenerator(seed: 11)
        let pieces = [
            "a", "ê", "e", "\u{302}", "\u{323}", "\u{31B}", "\u{300}", " ", "\n", "\r\n", "\t", "\u{200B}", "\u{00A0}", "\u{0}",
            "Đ", "ệ", "\u{202E}",
            "\u{1F600}", "\u{2028}", "\u{344}", "\u{212B}",
        ]
        for round in 0..<20_000 {
            // Other tests' servers run on the same few threads.
            if round % 50 == 0 { await Task.yield() }
            let text = (0..<random.int(0...9)).map { _ in random.pick(pieces) }.joined()
            for multiline in [false, true] {
                let once = StoredText.clean(text, multiline: multiline)
                #expect(
                    scalars(StoredText.clean(once, multiline: multiline)) == scalars(once),
                    "\(scalars(text)), seed \(random.seed)")
                #expect(
                    scalars(once) == scalars(once.precomposedStringWithCanonicalMapping), "\(scalars(text)), seed \(random.seed)")
                #expect(once == once.trimmingCharacters(in: .whitespacesAndNewlines), "\(scalars(text)), seed \(random.seed)")
            }
        }
    }
}
