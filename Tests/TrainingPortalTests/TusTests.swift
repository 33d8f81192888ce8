import Foundation
import JSONTree
import KioskVault
import PortalWire
import Testing
import TrainingPortal

@Suite struct TusTests {
    private static let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 7) }
    private static let digest = (try? SHA256Digest.of(bytes)).map(Hex.encode) ?? ""

    private func checksum(_ bytes: [UInt8]) throws -> [String: String] {
        ["Upload-Checksum": "sha256 " + Data(try SHA256Digest.of(bytes)).base64EncodedString()]
    }

    private func isComplete(_ harness: PortalHarness) async throws -> Bool? {
        try await harness.state()["uploads"]?.arrayValue?.first?["complete"]?.boolValue
    }

    @Test func `the server says what it can do`() async throws {
        try await withPortal(adjust: { $0.maxFileBytes = 1000 }) { harness in
            let answer = try #require(try await harness.kiosk().send("OPTIONS", "/v1/files/"))
            #expect(answer.headers["tus-extension"] == "creation,creation-with-upload,checksum,expiration,termination")
            #expect(answer.headers["tus-max-size"] == "1000")
            #expect(answer.headers["tus-resumable"] == nil)
        }
    }

    @Test func `a file goes up with its creation in one round trip`() async throws {
        try await withPortal { harness in
            let kiosk = try await harness.kiosk()
            let answer = try await kiosk.create(
                Self.bytes.count, sha256: Self.digest, first: Self.bytes, headers: try checksum(Self.bytes))
            #expect(answer?.status == 201)
            #expect(answer?.headers["upload-offset"] == String(Self.bytes.count))
            #expect(answer?.headers["tus-resumable"] == "1.0.0")
            #expect(answer?.headers["location"]?.hasPrefix(harness.portal.address + "/v1/files/") == true)
            #expect(try await isComplete(harness) == true)
        }
    }

    @Test func `a file goes up in pieces and HEAD tells how far`() async throws {
        try await withPortal { harness in
            let kiosk = try await harness.kiosk()
            let created = try await kiosk.create(Self.bytes.count, sha256: Self.digest)
            #expect(created?.headers["upload-expires"] == "Mon, 30 Nov 2026 01:00:00 GMT")
            let place = try path(of: created)
            let first = try await kiosk.patch(
                place, at: 0, Array(Self.bytes[..<70_000]), headers: try checksum(Array(Self.bytes[..<70_000])))
            #expect(first?.status == 204)
            #expect(first?.headers["upload-offset"] == "70000")
            let head = try await kiosk.offset(place)
            #expect(head?.status == 200)
            #expect(head?.headers["upload-offset"] == "70000")
            #expect(head?.headers["upload-length"] == "200000")
            #expect(head?.headers["cache-control"] == "no-store")
            #expect(try await isComplete(harness) == false)
            #expect(try await kiosk.patch(place, at: 70_000, Array(Self.bytes[70_000...]))?.status == 204)
            #expect(try await isComplete(harness) == true)
        }
    }

    @Test func `a wrong offset is refused and changes nothing`() async throws {
        try await withPortal { harness in
            let kiosk = try await harness.kiosk()
            let place = try path(
                of: try await kiosk.create(Self.bytes.count, sha256: Self.digest, first: Array(Self.bytes[..<1000])))
            #expect(try await kiosk.patch(place, at: 500, Array(Self.bytes[500..<2000]))?.status == 409)
            #expect(try await kiosk.offset(place)?.headers["upload-offset"] == "1000")
        }
    }

    @Test func `bytes whose checksum fails are discarded`() async throws {
        try await withPortal { harness in
            let kiosk = try await harness.kiosk()
            let place = try path(
                of: try await kiosk.create(Self.bytes.count, sha256: Self.digest, first: Array(Self.bytes[..<1000])))
            let piece = Array(Self.bytes[1000..<9000])
            let wrong = try await kiosk.patch(place, at: 1000, piece, headers: try checksum(Array(piece.reversed())))
            #expect(wrong?.status == 460)
            #expect(try await kiosk.offset(place)?.headers["upload-offset"] == "1000")
            #expect(try await kiosk.patch(place, at: 1000, piece, headers: try checksum(piece))?.status == 204)
            #expect(try await kiosk.patch(place, at: 9000, piece, headers: ["Upload-Checksum": "md5 AAAA"])?.status == 400)
        }
    }

    @Test func `a whole file that is not the one declared is discarded`() async throws {
        try await withPortal { harness in
            let kiosk = try await harness.kiosk()
            let other = Array(Self.bytes.reversed())
            let created = try await kiosk.create(other.count, sha256: Self.digest, first: other)
            #expect(created?.status == 201)
            #expect(try await kiosk.offset(try path(of: created))?.status == 404)
            #expect(try await harness.state()["uploads"] == [])
        }
    }

    @Test func `bytes that came before the line broke are kept`() async throws {
        try await withPortal { harness in
            let kiosk = try await harness.kiosk()
            let place = try path(of: try await kiosk.create(Self.bytes.count, sha256: Self.digest))
            let connection = try await RawConnection(port: harness.portal.port)
            let headers = [
                "Authorization": "Bearer \(kiosk.token)", "Tus-Resumable": "1.0.0", "Content-Type": Tus.contentType,
                "Upload-Offset": "0",
            ]
            try await connection.send(
                harness.head("PATCH", place, headers: headers, length: Self.bytes.count) + Self.bytes[..<123_456])
            connection.finishSending()
            // The portal's answer to a body that ended early: after it, the bytes are on the disk.
            _ = try await connection.receive()
            #expect(try await kiosk.offset(place)?.headers["upload-offset"] == "123456")
            #expect(try await kiosk.patch(place, at: 123_456, Array(Self.bytes[123_456...]))?.status == 204)
            #expect(try await isComplete(harness) == true)
        }
    }

    @Test func `an upload that another connection writes is locked`() async throws {
        try await withPortal { harness in
            let kiosk = try await harness.kiosk()
            let place = try path(of: try await kiosk.create(Self.bytes.count, sha256: Self.digest))
            let connection = try await RawConnection(port: harness.portal.port)
            let headers = [
                "Authorization": "Bearer \(kiosk.token)", "Tus-Resumable": "1.0.0", "Content-Type": Tus.contentType,
                "Upload-Offset": "0",
                "Expect": "100-continue",
            ]
            try await connection.send(harness.head("PATCH", place, headers: headers, length: Self.bytes.count))
            // "Continue" is sent when the portal begins to read the body: from then on it holds the upload.
            _ = try await connection.receive(until: "100 Continue")
            let locked = try await kiosk.patch(place, at: 0, Self.bytes)
            #expect(locked?.status == 423)
            #expect(locked?.headers["retry-after"] == "1")
            #expect(try await kiosk.offset(place)?.status == 423)
            try await connection.send(Self.bytes)
            #expect(Answer(try await connection.receive())?.status == 204)
            #expect(try await isComplete(harness) == true)
        }
    }

    @Test func `what a creation lacks is told`() async throws {
        try await withPortal(adjust: { $0.maxFileBytes = 1000 }) { harness in
            let kiosk = try await harness.kiosk()
            let tooLarge = try await kiosk.create(1001, sha256: Self.digest)
            #expect(tooLarge?.status == 413)
            #expect(tooLarge?.headers["tus-resumable"] == "1.0.0")
            #expect(try await kiosk.create(10, sha256: Self.digest, headers: ["Upload-Metadata": "filename YQ=="])?.status == 400)
            let version = try await kiosk.create(10, sha256: Self.digest, headers: ["Tus-Resumable": "0.2.2"])
            #expect(version?.status == 412)
            #expect(version?.headers["tus-version"] == "1.0.0")
            #expect(
                try await kiosk.create(10, sha256: Self.digest, first: [1], headers: ["Content-Type": "text/plain"])?.status
                    == 415)
            let beyond = try await kiosk.create(10, sha256: Self.digest, first: Array(Self.bytes[..<11]))
            #expect(beyond?.status == 413)
            #expect(try await harness.state()["uploads"] == [])
        }
    }

    @Test func `an unfinished upload expires, a finished one does not`() async throws {
        try await withPortal { harness in
            var kiosk = try await harness.kiosk()
            let open = try path(of: try await kiosk.create(10, sha256: Self.digest))
            let whole = try path(of: try await kiosk.create(Self.bytes.count, sha256: Self.digest, first: Self.bytes))
            harness.clock.advance(7 * 86_400 + 1)
            kiosk = try await harness.kiosk()
            #expect(try await kiosk.offset(open)?.status == 410)
            #expect(try await kiosk.offset(open)?.status == 404)
            #expect(try await kiosk.offset(whole)?.headers["upload-offset"] == String(Self.bytes.count))
        }
    }

    @Test func `an upload can be given up, by its own kiosk only`() async throws {
        try await withPortal { harness in
            let kiosk = try await harness.kiosk("k1")
            let place = try path(of: try await kiosk.create(10, sha256: Self.digest))
            let other = try await harness.kiosk("k2")
            #expect(try await other.offset(place)?.status == 404)
            #expect(try await other.send("DELETE", place, headers: ["Tus-Resumable": "1.0.0"])?.status == 404)
            #expect(try await kiosk.send("DELETE", place, headers: ["Tus-Resumable": "1.0.0"])?.status == 204)
            #expect(try await kiosk.offset(place)?.status == 404)
        }
    }

    @Test func `an empty file is whole when it is created`() async throws {
        try await withPortal { harness in
            let kiosk = try await harness.kiosk()
            #expect(try await kiosk.create(0, sha256: Hex.encode(try SHA256Digest.of([UInt8]())))?.status == 201)
            #expect(try await isComplete(harness) == true)
        }
    }
}
