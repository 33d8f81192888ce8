internal import FoundationEssentials
internal import KioskSync

/// The token in use.
///
/// However many requests are refused at once, one new token is fetched, and one at a time: what a fetch brought is kept before whoever
/// waits for it goes on, so no older token takes the place of a newer one.
actor TokenBox {
    /// A token and the seconds that it is good for.
    typealias Fetched = (token: String, seconds: Int)

    private var token: String?
    private var until = Date.distantPast
    private var fetching: Task<Result<String, PortalFailure>, Never>?

    /// The token in use, or a new one.
    ///
    /// - Parameter refused: one that the portal refused.
    func token(
        refusing refused: String?, now: Date, fetch: @escaping @Sendable () async throws(PortalFailure) -> Fetched
    ) async throws(PortalFailure) -> String {
        if let token, token != refused, now < until { return token }
        let task = fetching ?? Task { await self.renew(now: now, fetch) }
        fetching = task
        return try await task.value.get()
    }

    private func renew(
        now: Date, _ fetch: @Sendable () async throws(PortalFailure) -> Fetched
    ) async -> Result<String, PortalFailure> {
        do throws(PortalFailure) {
            let fresh = try await fetch()
            fetching = nil
            token = fresh.token
            // A little early, so that a request does not leave with a token that ends on the way.
            until = now.addingTimeInterval(Double(max(1, fresh.seconds - 30)))
            return .success(fresh.token)
        } catch {
            fetching = nil
            return .failure(error)
        }
    }
}
