internal import FoundationEssentials
internal import HTTPServing
internal import JSONTree
internal import KioskVault
internal import PortalWire
internal import SQLiteAccess
internal import Synchronization

/// The access tokens given out.
///
/// They live in memory: after a restart a kiosk fetches a new one, as the contract has it do on 401.
final class TokenDesk: Sendable {
    /// Seconds that a token is good.
    static let lifetime = 900

    private struct Grant {
        let kiosk: String
        let ends: Date
    }

    private let grants = Mutex<[String: Grant]>([:])

    /// A new token of a kiosk.
    func issue(to kiosk: String, now: Date) throws(VaultError) -> String {
        let token = Hex.encode(try Secret.random(count: 24))
        grants.withLock { grants in
            grants = grants.filter { $0.value.ends > now }
            grants[token] = Grant(kiosk: kiosk, ends: now.addingTimeInterval(Double(Self.lifetime)))
        }
        return token
    }

    /// The kiosk that a token was given to; nil where it is not good (any more).
    func kiosk(of token: String, now: Date) -> String? {
        grants.withLock { $0[token] }.flatMap { $0.ends > now ? $0.kiosk : nil }
    }
}

extension PortalCore {
    /// `POST /oauth2/token` (RFC 6749, section 4.4).
    ///
    /// A kiosk is trusted on first use: its first secret stands.
    func issueToken(_ request: HTTPRequest) async throws -> HTTPResponse {
        guard let grant = try? await request.form()["grant_type"] else {
            return try .message(["error": "invalid_request"], status: 400)
        }
        guard grant == "client_credentials" else {
            return try .message(["error": "unsupported_grant_type"], status: 400)
        }
        let refusal = try HTTPResponse.message(["error": "invalid_client"], status: 401)
            .with("WWW-Authenticate", "Basic realm=\"training portal\"")
        guard let (kiosk, secret) = Self.basicCredentials(of: request) else { return refusal }
        let hash = secretHash(secret, of: kiosk)
        let at = PortalTime.text(now)
        let isKnown = try await database.write { db in
            if let known = try db.first("SELECT secret_hash FROM kiosk WHERE id = \(kiosk)", { $0.blob(0) }) {
                return Secret.equal(known, hash)
            }
            try db.run("INSERT INTO kiosk (id, secret_hash, first_seen) VALUES (\(kiosk), \(hash), \(at))")
            return true
        }
        guard isKnown else { return refusal }
        let token = try tokens.issue(to: kiosk, now: now)
        return try .message(TokenMessage(accessToken: token, tokenType: "Bearer", expiresIn: TokenDesk.lifetime))
            .with("Cache-Control", "no-store")
    }

    /// The kiosk that sent a request.
    ///
    /// - Throws: ``Refusal`` 401 without a good token.
    func kiosk(of request: HTTPRequest) throws(Refusal) -> String {
        let parts = (request.headers["Authorization"] ?? "").split(separator: " ")
        guard parts.count == 2, parts[0].lowercased() == "bearer", let kiosk = tokens.kiosk(of: String(parts[1]), now: now) else {
            throw Refusal(
                .unauthorized, 401, "A token is needed", detail: "There is no token, or it is no longer valid.",
                headers: [("WWW-Authenticate", "Bearer")])
        }
        return kiosk
    }

    /// RFC 7617, section 2: the id may not hold a colon, the secret may.
    private static func basicCredentials(of request: HTTPRequest) -> (kiosk: String, secret: String)? {
        let parts = (request.headers["Authorization"] ?? "").split(separator: " ")
        guard parts.count == 2, parts[0].lowercased() == "basic", let data = Data(base64Encoded: String(parts[1])),
            let text = String(validating: data, as: UTF8.self), let colon = text.firstIndex(of: ":")
        else { return nil }
        let (kiosk, secret) = (String(text[..<colon]), String(text[text.index(after: colon)...]))
        guard (1...200).contains(kiosk.utf8.count), (1...1000).contains(secret.utf8.count) else { return nil }
        return (kiosk, secret)
    }
}
