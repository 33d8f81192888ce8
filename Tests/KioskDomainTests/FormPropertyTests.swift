import JSONTree
import KioskDomain
import KioskTestSupport
import Testing

@Suite(.heavy) struct FormPropertyTests {
    private let texts = [
        "", " ", "cccd", " cccd ", "ho-chieu", "khac", "ho-gia-dinh", " ho-gia-dinh", "nha-tro", "giam-ho", "me", "1957",
        "3/1957", "29/02/2004",
        "2022-04-08", "2022-04-08T23:30", "0900000101", "+84 900 000 101", "099 194 000 123", "123456789", "Lò  Thị\u{200B} Mai",
        "e\u{302}\u{323}", "\n\na\r\n",
        "99999999999999999999999", "true", "-1", "9999-12-31", "0001-01-01T00:00", "\u{0}", String(repeating: "ệ", count: 2100),
        "/", "~",
    ]

    private func leaf(_ random: inout SeededGenerator) -> JSONValue {
        switch random.int(0...9) {
        case 0: .null
        case 1: .bool(random.oneIn(2))
        case 2: [0, 1, -1, 12_345_678_901].map { JSONValue(integerLiteral: $0) }[random.int(0...3)]
        case 3: random.oneIn(2) ? [] : .emptyObject
        default: .string(random.pick(texts))
        }
    }

    private func tree(_ random: inout SeededGenerator, depth: Int) -> JSONValue {
        let names = [
            "applicant", "child", "household", "guests", "stay", "place", "fullName", "birthDate", "sex", "citizenId", "phone",
            "id", "from", "until",
            "kind", "document", "address", "0", "", "a/b", "~",
        ]
        guard depth > 0, !random.oneIn(4) else { return leaf(&random) }
        if random.oneIn(4) { return .array((0..<random.int(0...3)).map { _ in tree(&random, depth: depth - 1) }) }
        let members = (0..<random.int(0...5)).map { _ in (random.pick(names), tree(&random, depth: depth - 1)) }
        return .object(Dictionary(members) { first, _ in first })
    }

    /// The places in a document, containers too.
    private func places(_ value: JSONValue, _ pointer: JSONPointer = JSONPointer(tokens: [])) -> [JSONPointer] {
        let inner: [JSONPointer] =
            switch value {
            case .object(let members):
                members.keys.sorted().flatMap { name in members[name].map { places($0, pointer.appending(name)) } ?? [] }
            case .array(let elements): elements.enumerated().flatMap { places($1, pointer.appending(String($0))) }
            default: []
            }
        return [pointer] + inner
    }

    @Test(arguments: ["TT_NHAP_SINH", "LUU_TRU"])
    func `filing what is filed changes nothing, and finds nothing new`(code: String) throws {
        let (form, sample) = try Form.shipped(code)
        let spots = places(sample)
        let asked = form.procedure.sections.filter { $0.repeats == nil }.flatMap(\.fields).map(\.pointer)
        var random = SeededGenerator(seed: 2022)
        for round in 0..<4000 {
            var answers = sample
            for _ in 0..<random.int(1...6) {
                let place = random.pick(random.oneIn(3) ? asked : spots)
                answers.set(random.oneIn(6) ? tree(&random, depth: 2) : leaf(&random), at: place)
            }
            let filed = form.filed(answers)
            #expect(form.filed(filed) == filed, "round \(round), seed \(random.seed)")
            // What blocks a dossier is about what is filed or unknown, so a clean form stays clean once it is filed.
            if form.codes(answers) == [] { #expect(form.codes(filed) == [], "round \(round), seed \(random.seed)") }
        }
    }

    @Test(arguments: ["TT_NHAP_SINH", "LUU_TRU"])
    func `no document of any shape brings the form down`(code: String) async throws {
        let (form, _) = try Form.shipped(code)
        var random = SeededGenerator(seed: 20_000)
        var found = 0
        for round in 0..<20_000 {
            // Other tests' servers run on the same few threads.
            if round % 50 == 0 { await Task.yield() }
            let answers = tree(&random, depth: 5)
            found += form.issues(in: answers).count
            let filed = form.filed(answers)
            #expect(form.filed(filed) == filed, "round \(round), seed \(random.seed)")
            _ = form.procedure.sendBy(answers)
            _ = form.components(for: answers)
        }
        #expect(found > 20_000)
    }
}
