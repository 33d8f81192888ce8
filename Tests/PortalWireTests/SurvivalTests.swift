import Foundation
import JSONTree
import KioskTestSupport
import PortalWire
import Testing

@Suite struct SurvivalTests {
    private func change(_ text: String) throws -> ChangeMessage { try JSONText.decode(ChangeMessage.self, from: Data(text.utf8)) }
    private func problem(_ text: String) throws -> Problem { try JSONText.decode(Problem.self, from: Data(text.utf8)) }

    @Test func `every type of change is known by its body`() throws {
        guard
            case .dossier(let dossier, let etag) = try change(
                #"{"type": "dossier", "etag": "\"5\"", "dossier": \#(Sample.dossier)}"#)
        else {
            Issue.record("no dossier")
            return
        }
        #expect(dossier.version == 3 && etag == "\"5\"")
        #expect(dossier.fields["members"]?.arrayValue?.first?["birthDate"] == "1957-03")
        #expect(
            try change(#"{"type": "account", "account": {"id": "a", "status": "locked"}}"#)
                == .account(AccountState(id: "a", status: "locked")))
        let announcement = ChangeMessage.Announcement(id: "tb", title: "Lịch", body: "Sáng", validFrom: nil, validUntil: nil)
        #expect(
            try change(#"{"type": "announcement", "announcement": {"id": "tb", "title": "Lịch", "body": "Sáng"}}"#)
                == .announcement(announcement))
        #expect(try change(#"{"type": "catalogue", "etag": "\"c\""}"#) == .catalogue(etag: "\"c\""))
    }

    @Test(arguments: [
        (#"{"type": "fee-schedule", "note": [1]}"#, "fee-schedule"), (#"{"type": ""}"#, ""), (#"{"type": "dossier"}"#, "dossier"),
        (#"{"type": "dossier", "etag": 5, "dossier": {"id": "x"}}"#, "dossier"),
        (#"{"type": "account", "account": {"status": "verified"}}"#, "account"),
        (#"{"type": "announcement", "announcement": "x"}"#, "announcement"),
        (#"{"type": "catalogue", "etag": null}"#, "catalogue"),
    ]) func `a change that cannot be read does not take the page with it`(text: String, type: String) throws {
        let page = #"{"changes": [\#(text), {"type": "catalogue", "etag": "e"}], "cursor": "c", "more": true}"#
        let read = try JSONText.decode(ChangePage.self, from: Data(page.utf8))
        #expect(read.changes == [.unknown(type: type), .catalogue(etag: "e")])
        #expect(read.more)
    }

    @Test func `a problem's code is the part behind the prefix, known or not`() throws {
        #expect(try problem(#"{"type": "urn:village-portal:dossier-rejected"}"#).code == .dossierRejected)
        #expect(try problem(#"{"type": "urn:village-portal:moon-phase", "moon": 1}"#).code == ProblemCode(rawValue: "moon-phase"))
        #expect(try problem(#"{"type": "https://gateway.example/limit"}"#).code == nil)
        #expect(try problem(#"{"type": "about:blank"}"#).code == nil)
        #expect(Problem(code: .codeWrong, title: "x", status: 422).code == .codeWrong)
    }

    /// RFC 9457, section 3.1: a member of another type is ignored, and a missing `type` is `about:blank`.
    @Test func `a gateway's own problem is read as far as it goes`() throws {
        let read = try problem(
            #"{"title": "Bad Gateway", "status": "502", "detail": {"a": 1}, "errors": ["timeout"], "missing": 3, "attemptsLeft": "4"}"#
        )
        #expect(read.type == "about:blank" && read.code == nil)
        #expect(read.title == "Bad Gateway")
        #expect(read.status == nil && read.detail == nil && read.errors == nil && read.missing == nil && read.attemptsLeft == nil)
        #expect(try problem("{}").type == "about:blank")
        for text in ["[]", "\"x\"", "<html>", ""] { #expect(throws: JSONFault.self) { try problem(text) } }
    }

    @Test func `tus metadata survives the trip`() throws {
        let seed: UInt64 = 0x7175
        var generator = SeededGenerator(seed: seed)
        for round in 0..<1000 {
            let names = ["filename", "filetype", "sha256", "dossier"].shuffled(using: &generator).prefix(generator.int(1...4))
            let pairs = names.map { name in
                (
                    key: name,
                    value: (0..<generator.int(0...5)).map { _ in generator.pick(["a", "ồ", ",", " ", "=", "\n", "👍", "\0"]) }
                        .joined()
                )
            }
            let header = Tus.encode(metadata: pairs)
            let context: Comment = "seed \(seed), round \(round): \(header)"
            #expect(header.utf8.allSatisfy { (0x20...0x7E).contains($0) }, context)
            // A header's value loses the space at its end on the wire.
            let onWire = header.hasSuffix(" ") ? String(header.dropLast()) : header
            #expect(Tus.decode(metadata: onWire) == Dictionary(uniqueKeysWithValues: pairs.map { ($0.key, $0.value) }), context)
        }
    }

    @Test(arguments: [
        (
            "filename Q1QwMV9IYVRoaU1hdV8xLmpwZw==,filetype aW1hZ2UvanBlZw==",
            ["filename": "CT01_HaThiMau_1.jpg", "filetype": "image/jpeg"]
        ),
        ("is_confidential", ["is_confidential": ""]), ("a YQ==, b Yg==", ["a": "a", "b": "b"]), ("", [:]),
    ]) func `tus metadata of the protocol's own form is read`(header: String, expected: [String: String]) {
        #expect(Tus.decode(metadata: header) == expected)
    }

    @Test(arguments: ["a b c", "a !!", "a YQ", "a YQ==,a YQ==", "a /w==", " , ", "a YQ== x"])
    func `malformed tus metadata is refused`(header: String) { #expect(Tus.decode(metadata: header) == nil) }
}
