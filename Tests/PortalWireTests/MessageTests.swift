import Foundation
import JSONTree
import KioskTestSupport
import PortalWire
import Testing

/// A message of the contract with the members that may be missing; the samples are those of `sync-fixtures/portal-api.yaml`.
struct Sample: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let json: JSONValue
    let optional: Set<String>
    /// Decodes a document as the message and writes it again.
    let roundTrip: @Sendable (JSONValue) throws -> JSONValue

    init<T: Codable & Equatable & Sendable>(_ type: T.Type, _ text: String, optional: Set<String> = []) {
        testDescription = "\(type)"
        json = (try? JSONText.decode(JSONValue.self, from: Data(text.utf8))) ?? .null
        self.optional = optional
        roundTrip = { value in
            let message = try JSONText.decode(T.self, from: JSONText.encode(value))
            let again = try JSONText.encode(message)
            // Writing and reading once more changes nothing.
            guard try JSONText.decode(T.self, from: again) == message else { throw JSONFault("\(type) does not survive") }
            return try JSONText.decode(JSONValue.self, from: again)
        }
    }

    static let attachment = """
        {"id": "01a20261-6e8a-7b52-a1c0-6d7e8f901a2b", "component": "CT01", "fileName": "CT01_HaThiMau_1.jpg",
         "mediaType": "image/jpeg", "size": 524288, "upload": "https://portal.example/v1/files/abc",
         "sha256": "07854d2fef297a06ba81685e660c332de36d5d18d546927d30daad6d7fda1541"}
        """
    static let fields = """
        {"applicant": {"fullName": "Hà Thị Mẫu", "birthDate": "1985-03-14", "sex": "female", "citizenId": "099185012345"},
         "members": [{"fullName": "Hà Văn Tám", "birthDate": "1957-03"}], "rent": 1500000.5, "owner": true, "note": null}
        """
    static let dossier = """
        {"id": "01a2025b-7d45-7a11-8e6f-0b1c2d3e4f50", "code": "G01.899.108.000-261123-0001", "version": 3,
         "status": "supplement-required", "statusAt": "2026-11-24T09:15:00+07:00", "dueAt": "2026-11-27T17:00:00+07:00",
         "remarks": [{"at": "2026-11-24T09:15:00+07:00", "by": "Cán bộ tiếp nhận", "text": "Bổ sung trang 2.", "pointer": "/attachments/0"}],
         "procedure": "TAM_TRU", "fields": \(fields), "attachments": [\(attachment)], "editedBy": "officer"}
        """

    static let all: [Sample] = [
        Sample(
            AccountRegistration.self,
            """
            {"citizenId": "099185012345", "idKind": "cccd", "fullName": "Hà Thị Mẫu", "birthDate": "1985-03-14", "sex": "female",
             "phone": "0900000001", "consentAt": "2026-11-22T15:38:10+07:00"}
            """),
        Sample(
            AccountState.self,
            #"{"id": "a", "status": "code-sent", "expiresAt": "2026-11-23T22:05:00+07:00", "attemptsLeft": 5}"#,
            optional: ["id", "expiresAt", "attemptsLeft"]),
        Sample(VerificationMessage.self, #"{"code": "123456"}"#),
        Sample(TokenMessage.self, #"{"access_token": "t", "token_type": "Bearer", "expires_in": 900}"#, optional: ["expires_in"]),
        Sample(HealthMessage.self, #"{"status": "ok", "time": "2026-11-23T22:00:00+07:00"}"#),
        Sample(AttachmentMessage.self, attachment, optional: ["upload"]),
        Sample(
            DossierSubmission.self,
            """
            {"procedure": "TAM_TRU", "catalogueVersion": "2026.11.1", "account": "01a2024e-1805-7c3a-9d2b-4f0c1d2e3a4b",
             "kiosk": "kiosk-thon-mau-1", "village": "thon-mau", "capturedAt": "2026-11-22T15:24:40+07:00",
             "sealedAt": "2026-11-22T15:41:03+07:00", "revision": 1, "fields": \(fields), "attachments": [\(attachment)],
             "consent": {"at": "2026-11-22T15:38:10+07:00", "by": "applicant", "text": "Tôi đồng ý."}}
            """),
        Sample(DossierRepresentation.self, dossier, optional: ["dueAt", "remarks", "attachments", "editedBy"]),
        Sample(
            DossierProgress.self,
            """
            {"code": "G01.899.108.000-261123-0001", "procedure": "TAM_TRU", "status": "processing",
             "statusAt": "2026-11-24T09:15:00+07:00", "dueAt": "2026-11-27T17:00:00+07:00"}
            """, optional: ["dueAt"]),
        Sample(WithdrawalMessage.self, #"{"reason": "Đổi ý", "at": "2026-11-24T22:00:00+07:00"}"#),
        Sample(ChangePage.self, #"{"changes": [{"type": "catalogue", "etag": "\"c-2\""}], "cursor": "c-000422", "more": false}"#),
        Sample(ChangeMessage.self, #"{"type": "account", "account": {"id": "a", "status": "verified"}}"#, optional: ["account"]),
        Sample(
            Problem.self,
            """
            {"type": "urn:village-portal:dossier-rejected", "title": "The dossier is rejected", "status": 422, "detail": "Two parts.",
             "errors": [{"pointer": "/fields/applicant/fullName", "code": "population-mismatch", "message": "…", "expected": "HÀ"},
                        {"pointer": "/attachments/1", "code": "unreadable-scan", "message": "Bản quét mờ."}],
             "missing": ["439292e489a0a35e4a3a0fe304ea1a680337243fa53b135aa9310881e1d7e078"], "attemptsLeft": 4,
             "conflictsWith": {"code": "G01.899.108.000-261120-0007", "procedure": "TAM_TRU",
                               "receivedAt": "2026-11-20T08:03:00+07:00", "kiosk": "kiosk-thon-thu-2"}}
            """, optional: ["type", "title", "status", "detail", "errors", "missing", "attemptsLeft", "conflictsWith"]),
    ]
}

@Suite struct MessageTests {
    @Test(arguments: Sample.all) func `a sample comes out as it went in`(sample: Sample) throws {
        #expect(sample.json != .null)
        #expect(try sample.roundTrip(sample.json) == sample.json)
    }

    @Test(arguments: Sample.all) func `unknown members are passed over, at any depth`(sample: Sample) throws {
        #expect(try sample.roundTrip(Self.strewn(sample.json)) == sample.json)
    }

    @Test(arguments: Sample.all) func `a member that may be missing may, and any other is missed by name`(sample: Sample) throws {
        for name in try #require(sample.json.objectValue?.keys) {
            var without = sample.json
            without.set(nil, at: JSONPointer(tokens: [name]))
            var null = sample.json
            null.set(.null, at: JSONPointer(tokens: [name]))
            if sample.optional.contains(name) {
                _ = try sample.roundTrip(without)
                _ = try sample.roundTrip(null)
            } else {
                #expect(throws: JSONFault("/\(name) is missing")) { try sample.roundTrip(without) }
                // A form's answers are any JSON, null too.
                if name != "fields" { #expect(throws: JSONFault.self, "\(name)") { try sample.roundTrip(null) } }
            }
        }
    }

    @Test(arguments: Sample.all) func `mutated messages are read or refused`(sample: Sample) throws {
        let seed: UInt64 = 0x3173
        var generator = SeededGenerator(seed: seed)
        let bytes = [UInt8](try JSONText.encode(sample.json))
        for round in 0..<300 {
            let mutated = Data(generator.mutate(bytes))
            guard let value = try? JSONText.decode(JSONValue.self, from: mutated), let read = try? sample.roundTrip(value) else {
                continue
            }
            #expect(try sample.roundTrip(read) == read, "seed \(seed), round \(round)")
        }
    }

    @Test func `an unknown status is kept as it is`() throws {
        var value = try JSONText.decode(JSONValue.self, from: Data(Sample.dossier.utf8))
        value.set("archived", at: JSONPointer(tokens: ["status"]))
        let dossier = try JSONText.decode(DossierRepresentation.self, from: JSONText.encode(value))
        #expect(dossier.status == "archived")
    }

    /// The value with a member that nobody knows in every object of the contract; a form's answers are left alone.
    private static func strewn(_ value: JSONValue, key: String = "") -> JSONValue {
        switch value {
        case .object(let members) where key != "fields":
            var more = Dictionary(uniqueKeysWithValues: members.map { ($0, strewn($1, key: $0)) })
            more["x-new"] = ["a": [1, "b", nil]]
            return .object(more)
        case .array(let elements): return .array(elements.map { strewn($0) })
        default: return value
        }
    }
}
