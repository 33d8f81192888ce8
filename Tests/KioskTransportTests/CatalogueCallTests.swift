import Foundation
import HTTPServing
import KioskSync
import KioskTestSupport
import Testing
import TrainingPortal

@testable import KioskTransport

@Suite struct CatalogueCallTests {
    private func json(_ text: String, etag: String? = "\"c\"", status: Int = 200, type: String = "application/json")
        -> HTTPResponse
    {
        let answer = HTTPResponse.content(text, type: type, status: status)
        return etag.map { answer.with("ETag", $0) } ?? answer
    }

    @Test func `the training portal's catalogue comes as it is, and not again while it holds`() async throws {
        try await withPortal { portal, connection in
            guard case .text(let text, let etag) = try await connection.catalogue(etag: nil) else {
                Issue.record("no text")
                return
            }
            #expect(text == (try ShippedFiles.catalogue()))
            #expect(try await connection.catalogue(etag: etag) == .unchanged)
            let broken = try await portal.publish(catalogue: Array("{\"version\":".utf8))
            #expect(try await connection.catalogue(etag: etag) == .text(Data("{\"version\":".utf8), etag: broken))
            let page = try await connection.changes(after: nil)
            #expect(page.changes == [.catalogue(etag: broken)])
            let large = try await portal.publish(catalogue: [UInt8](repeating: 32, count: CatalogueRules.sizeLimit + 1))
            #expect(try await connection.catalogue(etag: broken) == .tooLarge(etag: large))
            let whole = try await portal.publish(catalogue: [UInt8](repeating: 32, count: CatalogueRules.sizeLimit))
            let most = Data(repeating: 32, count: CatalogueRules.sizeLimit)
            #expect(try await connection.catalogue(etag: large) == .text(most, etag: whole))
            portal.failNext(ScriptedFault(kind: .cutAnswer, pathPrefix: "/v1/catalogue", times: 5))
            #expect(await failure(of: { try await connection.catalogue(etag: nil) }) == .line(mayHaveActed: true))
        }
    }

    @Test func `what comes packed is unpacked, within the limit of what it becomes`() async throws {
        func packed(_ command: String) async throws -> [UInt8] {
            try await Program.run("/bin/sh", ["-c", command + " | gzip -9n"]).output
        }
        let blanks = "head -c \(CatalogueRules.sizeLimit + 1) /dev/zero | tr '\\0' ' '"
        let bomb = try await packed(blanks)
        #expect(bomb.count < 20_000)
        let page = try await packed("printf '{}'")
        let answers: [([UInt8], Result<CatalogueAnswer, PortalFailure>)] = [
            (page, .success(.text(Data("{}".utf8), etag: "W/\"c\""))), (bomb, .success(.tooLarge(etag: "W/\"c\""))),
            (Array("{}".utf8), .failure(.notThePortal)),
            (page.dropLast(9) + [0, 0, 0, 0, 0, 0, 0, 0, 0], .failure(.notThePortal)),
        ]
        for (bytes, wanted) in answers {
            let answer = HTTPResponse.json(bytes).with("ETag", "W/\"c\"").with("Content-Encoding", "gzip")
            try await withServer({ _ in answer }) { connection, _ in
                let found: Result<CatalogueAnswer, PortalFailure>
                do throws(PortalFailure) {
                    found = .success(try await connection.catalogue(etag: nil))
                } catch {
                    found = .failure(error)
                }
                #expect(found == wanted, "\(bytes.count)")
            }
        }
    }

    @Test func `what is not the portal's is no catalogue`() async throws {
        let login = "<!doctype html><title>Wi-Fi</title>"
        let long = String(repeating: " ", count: CatalogueRules.sizeLimit + 1)
        let answers: [(HTTPResponse, PortalFailure)] = [
            (json(login, type: "text/html"), .foreign(.page)), (json("{}", etag: nil), .notThePortal),
            (json(long, type: "text/html"), .foreign(.page)), (json(long, etag: nil), .notThePortal),
            (json("{}", etag: "\"" + String(repeating: "x", count: 300) + "\""), .notThePortal),
            (json("{}", status: 204), .notThePortal), (json("{}", status: 206), .notThePortal),
            (.redirect(to: "/elsewhere"), .foreign(.redirect)), (HTTPResponse(status: 304), .notThePortal),
            (json("{}", status: 404, type: "text/html"), .foreign(.page)),
            (json(long, status: 503).with("Retry-After", "9"), .busy(retryAfter: 9)),
        ]
        for (answer, wanted) in answers {
            try await withServer({ _ in answer }) { connection, _ in
                #expect(await failure(of: { try await connection.catalogue(etag: nil) }) == wanted, "\(answer.status)")
            }
        }
    }
}
