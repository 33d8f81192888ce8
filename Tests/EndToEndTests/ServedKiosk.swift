import Foundation
import JSONTree
import KioskTestSupport

/// `kiosk serve` in a process of its own, and what a village head does on its pages, without a browser.
final class ServedKiosk {
    private let program: Program
    private let client: WebClient
    private var cookies: [String: String] = [:]
    private var token = ""

    /// Starts it and unlocks it.
    init(_ house: House) async throws {
        program = try house.start(["serve", "--port", "0"])
        let line = try await program.line { $0.contains("http://") }
        client = try WebClient(base: String(line.split(separator: " ").last ?? ""))
        _ = try await send("POST", "/unlock", form: ["pin": House.pin])
        _ = try await send("GET", "/")
    }

    /// Sends a form of a page.
    func post(_ path: String, _ fields: [String: String] = [:]) async throws {
        _ = try await send("POST", path, form: fields)
    }

    /// Leaves a field with an answer in it.
    func answer(_ dossier: String, _ pointer: String, _ value: JSONValue) async throws {
        let body: JSONValue = ["pointer": .string(pointer), "value": value, "section": ""]
        _ = try await send(
            "POST", "/dossiers/\(dossier)/answers", headers: ["Content-Type": "application/json", "X-CSRF-Token": token],
            body: Array(try JSONText.encode(body)))
    }

    /// Attaches a file.
    func attach(_ dossier: String, _ component: String, _ path: String) async throws {
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        _ = try await send(
            "POST", "/dossiers/\(dossier)/papers?component=\(component)",
            headers: ["X-CSRF-Token": token, "X-File-Name": "scan.png"], body: bytes)
    }

    /// A page's text.
    func page(_ path: String) async throws -> String { try await send("GET", path).text }

    /// Ends it as systemd would.
    func stop() async throws {
        program.send(.terminate)
        _ = try await program.wait()
    }

    private func send(
        _ method: String, _ path: String, form: [String: String]? = nil, headers: [String: String] = [:], body: [UInt8]? = nil
    )
        async throws -> WebClient.Answer
    {
        var all = headers
        if !cookies.isEmpty { all["Cookie"] = cookies.map { "\($0)=\($1)" }.joined(separator: "; ") }
        all["Origin"] = method == "POST" ? client.base : nil
        let answer: WebClient.Answer
        if var form {
            form["csrf"] = token
            answer = try await client.post(path, form: form, headers: all)
        } else {
            answer = try await client.send(method, path, headers: all, body: body)
        }
        guard (200..<400).contains(answer.status) else {
            throw WebClient.Failure(description: "\(method) \(path): \(answer.status) \(answer.text.prefix(2000))")
        }
        for cookie in (answer.headers["set-cookie"] ?? "").components(separatedBy: ", ") where cookie.contains("=") {
            let pair = cookie.split(separator: ";")[0].split(separator: "=", maxSplits: 1)
            if pair.count == 2 { cookies[String(pair[0])] = String(pair[1]) }
        }
        if let range = answer.text.range(of: "csrf-token\" content=\"") {
            token = String(answer.text[range.upperBound...].prefix(64))
        }
        return answer
    }
}
