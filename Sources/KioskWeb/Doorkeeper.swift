internal import HTTPServing

/// Who may knock: only pages of this very kiosk, in a browser on this very machine.
enum Doorkeeper {
    /// A page elsewhere may point a name of its own at 127.0.0.1 (DNS rebinding) or post a form here: both are refused before
    /// any handler runs.
    static func check(_ request: HTTPRequest) throws(HTTPFault) {
        guard let host = request.headers["Host"], isOurs(host) else { throw HTTPFault(421, "this is not the host you look for") }
        guard !["GET", "HEAD"].contains(request.method) else { return }
        if let origin = request.headers["Origin"], origin != "http://\(host)" {
            throw HTTPFault(403, "the request comes from another site")
        }
        if let site = request.headers["Sec-Fetch-Site"], site != "same-origin", site != "none" {
            throw HTTPFault(403, "the request comes from another site")
        }
    }

    static func isOurs(_ host: String) -> Bool {
        for name in ["127.0.0.1", "localhost", "[::1]"] where host.hasPrefix(name) {
            let rest = host.dropFirst(name.count)
            if rest.isEmpty { return true }
            return rest.first == ":" && (1...5).contains(rest.count - 1)
                && rest.dropFirst().utf8.allSatisfy { (48...57).contains($0) }
        }
        return false
    }

    static let policy =
        "default-src 'self'; img-src 'self' blob:; frame-ancestors 'none'; form-action 'self'; base-uri 'none'; object-src 'none'"

    /// The answer with the headers that every answer has; a handler's own stand.
    ///
    /// Not `no-referrer`: under it a browser sends `Origin: null` with the kiosk's own forms (Fetch, "append a request Origin
    /// header"), and they could not be told from another site's. Nothing is sent to other sites either way.
    static func sign(_ response: HTTPResponse) -> HTTPResponse {
        var signed = response
        let usual = [
            ("Content-Security-Policy", policy), ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "same-origin"),
            ("Cross-Origin-Opener-Policy", "same-origin"), ("Cross-Origin-Resource-Policy", "same-origin"),
            ("Cache-Control", "no-store"),
        ]
        for (name, value) in usual where signed.headers[name] == nil { signed.headers[name] = value }
        return signed
    }

    /// Compares without telling by its time where two texts differ.
    static func same(_ a: String, _ b: String) -> Bool {
        let (a, b) = (Array(a.utf8), Array(b.utf8))
        guard a.count == b.count else { return false }
        return zip(a, b).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
