import Foundation
import JSONTree
import KioskTestSupport
import Testing

@Suite struct JSONPointerTests {
    /// RFC 6901, section 5.
    private static let document = """
        {"foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\\\j": 5, "k\\"l": 6, " ": 7, "m~n": 8}
        """

    @Test(
        arguments: [
            ("/foo", ["bar", "baz"]), ("/foo/0", "bar"), ("/", 0), ("/a~1b", 1), ("/c%d", 2), ("/e^f", 3), ("/g|h", 4),
            ("/i\\j", 5),
            ("/k\"l", 6), ("/ ", 7), ("/m~0n", 8),
        ] as [(String, JSONValue)]) func `the examples of RFC 6901`(text: String, expected: JSONValue) throws
    {
        let value = try JSONText.decode(JSONValue.self, from: Data(Self.document.utf8))
        let pointer = try #require(JSONPointer(text))
        #expect(value[pointer] == expected)
        #expect(pointer.description == text)
    }

    @Test func `the empty pointer is the whole document`() throws {
        let value: JSONValue = ["a": 1]
        #expect(value[try #require(JSONPointer(""))] == value)
        #expect(JSONPointer(tokens: []).description == "")
    }

    @Test(arguments: ["a", "a/b", "#/a", "/~", "/a~", "/~2", "/a~/b", "/~\u{301}0", "~1"])
    func `what is no pointer is refused`(text: String) { #expect(JSONPointer(text) == nil) }

    @Test(arguments: [
        "/foo/2", "/foo/-", "/foo/-1", "/foo/+0", "/foo/00", "/foo/01", "/foo/0x0", "/foo/", "/foo/٠", "/none", "/foo/0/x", "/0",
    ])
    func `what is not there is nil`(text: String) throws {
        let value: JSONValue = ["foo": ["bar", "baz"]]
        #expect(value[try #require(JSONPointer(text))] == nil)
    }

    @Test func `a combining mark at the start of a name does not hide the slash before it`() throws {
        let pointer = try #require(JSONPointer("/a/\u{301}b/~1\u{301}"))
        #expect(pointer.tokens.map { Array($0.unicodeScalars) } == [["a"], ["\u{301}", "b"], ["/", "\u{301}"]])
        #expect(
            JSONPointer(tokens: ["x/\u{301}", "~\u{301}"]).description.unicodeScalars.elementsEqual(
                "/x~1\u{301}/~0\u{301}".unicodeScalars))
    }

    @Test func `any tokens survive being written and read`() {
        let seed: UInt64 = 0x6901
        var generator = SeededGenerator(seed: seed)
        let pieces = ["/", "~", "~0", "~1", "\u{301}", "ồ", "a", "0", "\r\n", " ", "", "\0", "👨‍👩‍👧"]
        for round in 0..<5000 {
            let tokens = (0..<generator.int(0...4)).map { _ in
                (0..<generator.int(0...4)).map { _ in generator.pick(pieces) }.joined()
            }
            let pointer = JSONPointer(tokens: tokens)
            #expect(JSONPointer(pointer.description) == pointer, "seed \(seed), round \(round): \(tokens)")
        }
    }

    @Test func `mutated pointers are read back as they were or refused`() {
        let seed: UInt64 = 0x6902
        var generator = SeededGenerator(seed: seed)
        for round in 0..<5000 {
            let text = String(decoding: generator.mutate(Array("/applicant/full~1Name/0/~0x".utf8)), as: UTF8.self)
            guard let pointer = JSONPointer(text) else { continue }
            #expect(pointer.description.utf8.elementsEqual(text.utf8), "seed \(seed), round \(round): \(text.debugDescription)")
        }
    }

    @Test func `values are put where the pointer says, with the objects on the way`() throws {
        var value = JSONValue.emptyObject
        func put(_ new: JSONValue?, _ text: String) throws -> Bool { value.set(new, at: try #require(JSONPointer(text))) }
        #expect(try put("Hà", "/applicant/fullName"))
        #expect(try put([1], "/list"))
        #expect(try put(2, "/list/1"))
        #expect(try put(["x": 1], "/list/2"))
        #expect(try put(3, "/list/2/y/z"))
        #expect(try put(0, "/list/0"))
        #expect(value == ["applicant": ["fullName": "Hà"], "list": [0, 2, ["x": 1, "y": ["z": 3]]]])
        #expect(try put(nil, "/list/1"))
        #expect(try put(nil, "/applicant/fullName"))
        #expect(value == ["applicant": [:], "list": [0, ["x": 1, "y": ["z": 3]]]])
        #expect(try put("all", ""))
        #expect(value == "all")
    }

    @Test(arguments: ["/list/3", "/list/x", "/list/01", "/list/-1", "/text/a", "/list/0/a", "/list/9/a/b"])
    func `what cannot be reached changes nothing`(text: String) throws {
        let before: JSONValue = ["list": [1, 2], "text": "x"]
        var value = before
        #expect(!value.set(7, at: try #require(JSONPointer(text))))
        #expect(value == before)
    }

    @Test(arguments: ["/none", "/none/a", "/none/a/b", "/list/2", "/list/2/a", "/list/0/none/a", "/blank/a/b"])
    func `removing what is not there leaves nothing behind`(text: String) throws {
        let before: JSONValue = ["list": [[:], 2], "blank": nil]
        var value = before
        value.set(nil, at: try #require(JSONPointer(text)))
        #expect(value == before)
    }

    @Test func `inside means at or below`() throws {
        let applicant = JSONPointer(tokens: ["applicant"])
        #expect(applicant.isInside(applicant))
        #expect(applicant.appending("fullName").isInside(applicant))
        #expect(!applicant.isInside(applicant.appending("fullName")))
        #expect(!JSONPointer(tokens: ["applicants"]).isInside(applicant))
    }
}
