internal import FoundationEssentials
internal import HTTPServing
internal import JSONTree
internal import KioskDomain
internal import KioskStore

/// One request of someone who unlocked the kiosk.
struct Visit: Sendable {
    let desk: Desk
    let request: HTTPRequest
    let session: Session
    let say: Tongue
    let now: Date
    /// The fields of a form that was sent.
    let fields: [String: String]

    var store: UnlockedStore { session.store }
    var today: CalendarDate { VietnamTime.day(of: now) }

    func parameter(_ name: String) -> String { request.parameter(name) }
}

/// What the reader has to unlock first.
struct NeedsUnlock: Error {
    /// Where to go on afterwards.
    let next: String
    let isLongGone: Bool
}

extension Desk {
    /// A route that needs an unlocked kiosk and, where it changes something, the session's own token.
    ///
    /// - Parameter touching: whether it counts as use; a page that polls must not keep the kiosk open.
    func visited(
        touching: Bool = true, _ handler: @escaping @Sendable (Visit) async throws -> HTTPResponse
    ) -> Router.Handler {
        { request in
            let instant = now()
            let cookie = request.cookie(SessionBook.cookie)
            guard let session = sessions.session(cookie, uptime: uptime(), touching: touching) else {
                throw NeedsUnlock(next: LocalPath.afterUnlock(request), isLongGone: cookie != nil)
            }
            // A sync, or another process on this data folder, may have brought a newer catalogue or another edition.
            try await session.store.followCatalogue(now: instant)
            var fields: [String: String] = [:]
            if !["GET", "HEAD"].contains(request.method) {
                if let token = request.headers["X-CSRF-Token"] {
                    guard Doorkeeper.same(token, session.csrf) else { throw HTTPFault(403, "the page's token is wrong") }
                } else {
                    let type = request.headers["Content-Type"] ?? ""
                    guard type.hasPrefix("application/x-www-form-urlencoded") else {
                        throw HTTPFault(403, "the page's token is missing")
                    }
                    fields = try await request.form(limit: 1024 * 1024)
                    guard let token = fields["csrf"], Doorkeeper.same(token, session.csrf) else {
                        throw HTTPFault(403, "the page's token is wrong")
                    }
                }
            }
            return try await handler(
                Visit(desk: self, request: request, session: session, say: Tongue(request), now: instant, fields: fields))
        }
    }
}

/// Paths inside the kiosk that a form or an address may name.
enum LocalPath {
    /// The text where it is a path of this kiosk, else the first page: an address made elsewhere leads nowhere else.
    static func checked(_ text: String?) -> String {
        guard let text, text.first == "/", !text.hasPrefix("//"),
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x5C }),
            (try? HTTPRequest(method: "GET", target: text)) != nil
        else { return "/" }
        return text
    }

    /// Where to go on once the kiosk is unlocked: a page itself, or the page of a form that was sent too late.
    static func afterUnlock(_ request: HTTPRequest) -> String {
        let isForm = request.path.count == 4 && request.path[0] == "dossiers" && request.path[2] == "form"
        return request.method == "GET" || isForm ? checked(request.target) : "/"
    }
}

extension HTTPResponse {
    static func encoded(_ value: some Encodable, status: Int = 200) throws -> HTTPResponse {
        json(Array(try JSONText.encode(value)), status: status)
    }
}
