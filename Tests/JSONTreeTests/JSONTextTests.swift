import Foundation
import JSONTree
import KioskTestSupport
import Testing

@Suite(.heavy) struct JSONTextTests {
    private func decode(_ text: String) throws(JSONFault) -> JSONValue {
        try JSONText.decode(JSONValue.self, from: Data(text.utf8))
    }
    private func encode(_ value: JSONValue) throws -> String { String(decoding: try JSONText.encode(value), as: UTF8.self) }

    @Test func `keys are sorted and slashes plain`() throws {
        let value: JSONValue = ["b": [1, true, nil], "a/đ": "x/y", "B": [:], "a": ["z": 1, "y": 2]]
        #expect(try encode(value) == #"{"B":{},"a":{"y":2,"z":1},"a/đ":"x/y","b":[1,true,null]}"#)
    }

    @Test func `equal values give equal bytes, and come back equal`() throws {
        let seed: UInt64 = 0x75EED
        var generator = SeededGenerator(seed: seed)
        for round in 0..<1500 {
            let value = Self.random(&generator, depth: 3)
            let bytes = try JSONText.encode(value)
            let back = try JSONText.decode(JSONValue.self, from: bytes)
            #expect(back == value, "seed \(seed), round \(round): \(String(decoding: bytes, as: UTF8.self))")
            #expect(try JSONText.encode(Self.rebuilt(value)) == bytes, "seed \(seed), round \(round)")
            #expect(try JSONText.decode(JSONValue.self, from: JSONText.encode(value, pretty: true)) == value, "seed \(seed)")
        }
    }

    @Test(arguments: [
        "0", "-1", "0.1", "19.99", "12345678901234567890", "99999999999999999999999999999999999999",
        "0.0000000000000000000000000000000000001",
        "9007199254740993", "-0.30000000000000004",
    ]) func `a number comes out as it went in`(text: String) throws {
        #expect(try encode(decode("[\(text)]")) == "[\(text)]")
    }

    @Test(arguments: [
        "1e400", "-1e400",
        "1e999999999999", "1E+200",
    ])
    func `a number that cannot be held is refused and not rounded`(text: String) {
        #expect(throws: JSONFault.self) { try decode("[\(text)]") }
    }

    // Not in the list: a comma before a closing bracket, which Foundation reads as if it were not there.
    @Test(arguments: [
        "", " ", "{", "{a:1}", "[1] [2]", "nul", "01", "+1", ".5", "1.", "0x10", "NaN", "'a'", "\"\\x\"",
        "\"\u{1}\"",
        "// c\n1", "[\"\\ud800\"]", "\u{FEFF}\u{FEFF}1", "[1 2]", "{\"a\" 1}", "{1:2}",
    ]) func `what is not JSON is refused`(text: String) {
        #expect(throws: JSONFault.self) { try decode(text) }
    }

    @Test func `bytes that are not UTF-8 are refused`() {
        #expect(throws: JSONFault.self) { try JSONText.decode(JSONValue.self, from: Data([0x22, 0xC3, 0x28, 0x22])) }
    }

    @Test func `nesting is read to a limit and no stack overflows`() throws {
        func nested(_ depth: Int) -> String { String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
        #expect(try encode(decode(nested(200))) == nested(200))
        for depth in [2_000, 100_000] {
            #expect(throws: JSONFault.self) { try decode(nested(depth)) }
            #expect(throws: JSONFault.self) { try decode(String(repeating: "{\"a\":", count: depth)) }
        }
    }

    @Test func `mutated JSON is read or refused, and what is read survives`() async throws {
        let seed: UInt64 = 0xF022
        var generator = SeededGenerator(seed: seed)
        let valid = Array(#"{"applicant":{"fullName":"Hà Thị Mẫu","n":[1,-2.5e3,true,null]},"x":"\u00e9\n","e":{}}"#.utf8)
        var read = 0
        for round in 0..<10_000 {
            // Other tests' servers run on the same few threads.
            if round % 50 == 0 { await Task.yield() }
            let bytes = generator.mutate(valid)
            guard let value = try? JSONText.decode(JSONValue.self, from: Data(bytes)) else { continue }
            read += 1
            let back = try JSONText.decode(JSONValue.self, from: JSONText.encode(value))
            #expect(back == value, "seed \(seed), round \(round): \(String(decoding: bytes, as: UTF8.self))")
        }
        #expect(read > 300, "seed \(seed)")
    }

    private struct Person: Codable {
        struct Paper: Codable { var size: Int }
        var name: String
        var papers: [Paper]
    }

    @Test(arguments: [
        (#"{"papers":[]}"#, "/name is missing"), (#"{"name":null,"papers":[]}"#, "/name is null"),
        (#"{"name":"Secret","papers":[{"size":1},{"size":"Secret"}]}"#, "/papers/1/size is not of the type"),
        (#"{"name":"Secret","papers":["#, "is not JSON"), (#"["Secret"]"#, "the top level is not of the type"),
    ]) func `a fault names the place and never the value`(text: String, words: String) {
        #expect {
            try JSONText.decode(Person.self, from: Data(text.utf8))
        } throws: {
            "\($0)".contains(words) && !"\($0)".contains("Secret")
        }
    }

    @Test func `JSON5 is read only where it is asked for`() throws {
        let text = Data("{name: 'Thôn Mẫu', /* c */ papers: [],}".utf8)
        #expect(try JSONText.decode(Person.self, from: text, json5: true).name == "Thôn Mẫu")
        #expect(throws: JSONFault.self) { try JSONText.decode(Person.self, from: text) }
    }

    @Test func `a value that JSON lacks is refused`() {
        #expect(throws: JSONFault.self) { try JSONText.encode([Double.nan]) }
    }

    @Test func `blank is what nobody entered`() {
        let blank: [JSONValue] = [nil, "", " \n\t", [], [:], ["a": "", "b": ["c": nil]]]
        let entered: [JSONValue] = ["x", 0, false, [nil], ["a": ["b": 0]]]
        #expect(blank.filter { !$0.isBlank } == [])
        #expect(entered.filter { $0.isBlank } == [])
    }

    @Test func `views of a value`() {
        let value: JSONValue = ["a": "x", "b": true, "c": [1]]
        #expect(value["a"]?.stringValue == "x" && value["a"]?.boolValue == nil)
        #expect(value["b"]?.boolValue == true && value["b"]?.objectValue == nil)
        #expect(value["c"]?.arrayValue == [1] && value["c"]?.stringValue == nil)
        #expect(value["d"] == nil && value.objectValue?.count == 3)
    }

    private static func random(_ generator: inout SeededGenerator, depth: Int) -> JSONValue {
        switch generator.int(0...(depth == 0 ? 3 : 5)) {
        case 0: return nil
        case 1: return .bool(generator.oneIn(2))
        case 2: return .number(Decimal(generator.int(-1_000_000...1_000_000)) / Decimal(generator.pick([1, 10, 1000, 8])))
        case 3:
            return .string(
                (0..<generator.int(0...6)).map { _ in generator.pick(["a", "/", "\"", "\\", "\n", "ồ", "\0", "👍", "\u{2028}"]) }
                    .joined())
        case 4: return .array((0..<generator.int(0...4)).map { _ in random(&generator, depth: depth - 1) })
        default:
            let names = ["a", "B", "b", "a/b", "10", "9", "", "đ", "k\n"].shuffled(using: &generator).prefix(generator.int(0...5))
            return .object(Dictionary(uniqueKeysWithValues: names.map { ($0, random(&generator, depth: depth - 1)) }))
        }
    }

    /// The same value made anew, its members put in in another order.
    private static func rebuilt(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(let elements): return .array(elements.map(rebuilt))
        case .object(let members):
            var copy: [String: JSONValue] = Dictionary(minimumCapacity: 100)
            for (name, member) in members.reversed() { copy[name] = rebuilt(member) }
            return .object(copy)
        default: return value
        }
    }
}
