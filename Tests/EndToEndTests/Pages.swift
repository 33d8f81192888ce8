import Foundation
import JSONTree
import KioskTestSupport

/// The serving kiosk, unlocked, as a plain client sees it.
struct Pages {
    let program: Program
    let client: WebClient
    let cookie: String
    let csrf: String

    init(_ program: Program) async throws {
        self.program = program
        let address = String(try await program.line { $0.contains("http://") }.split(separator: " ").last ?? "")
        client = try WebClient(base: address)
        let unlocked = try await client.post("/unlock", form: ["pin": House.pin, "next": "/"])
        cookie = String((unlocked.headers["set-cookie"] ?? "").prefix { $0 != ";" })
        let session = try await client.get("/session", headers: ["Cookie": cookie])
        guard let token = try JSONText.decode(JSONValue.self, from: Data(session.body))["csrf"]?.stringValue else {
            throw House.Failure("no session: \(session.text)")
        }
        csrf = token
    }

    func get(_ path: String) async throws -> WebClient.Answer { try await client.get(path, headers: ["Cookie": cookie]) }

    /// Sends a form of a page.
    func post(_ path: String, _ fields: [String: String] = [:]) async throws -> WebClient.Answer {
        try await client.post(path, form: fields.merging(["csrf": csrf]) { $1 }, headers: ["Cookie": cookie])
    }

    /// Sends a form as the script does, which is answered in JSON.
    func call(_ path: String, _ fields: [String: String] = [:]) async throws -> (status: Int, json: JSONValue) {
        let answer = try await client.post(path, form: fields, headers: ["Cookie": cookie, "X-CSRF-Token": csrf])
        return (answer.status, try JSONText.decode(JSONValue.self, from: Data(answer.body)))
    }

    /// Adds a file to a dossier.
    func upload(_ dossier: String, _ component: String, _ bytes: [UInt8]) async throws -> WebClient.Answer {
        try await client.send(
            "POST", "/dossiers/\(dossier)/papers?component=\(component)",
            headers: ["Cookie": cookie, "X-CSRF-Token": csrf, "Content-Type": "application/octet-stream"], body: bytes)
    }

    /// Begins a dossier.
    func begin(_ procedure: String) async throws -> String {
        let begun = try await post("/dossiers/new", ["procedure": procedure])
        guard let id = begun.headers["location"]?.split(separator: "/").dropFirst().first else {
            throw House.Failure("no dossier: \(begun.status)")
        }
        return String(id)
    }

    /// Ends the program cleanly.
    func stop() async throws -> Program.Outcome {
        program.send(.interrupt)
        return try await program.wait()
    }
}
