internal import FoundationEssentials
internal import KioskDomain
internal import KioskStore
internal import KioskSync

/// What a serving kiosk writes to its log after a run: how it went, and of what still waits where it is and why.
///
/// Ids and words only: nothing about a person.
enum SyncLog {
    /// The most that is told of what waits.
    private static let most = 20

    static func lines(
        _ report: SyncReport, _ occasion: SyncOccasion, _ store: UnlockedStore, _ plan: SendPlan
    ) async throws -> String {
        let now = Date()
        let outlook = try await store.outlook(plan, now: now)
        let complaints = report.complaints(clock: outlook.clockError).map { " \($0.vi)" }.joined()
        let head =
            "sync (\(occasion.rawValue)): \(report.delivered) hồ sơ, \(report.uploaded) tệp, \(report.bytesSent / 1024) kB.\(complaints)"
        let rows = try await store.queue(now: now, limit: most + 1)
        let waiting = rows.prefix(most).map { "  \($0.kind) \($0.subject): \(Situation($0.facts, outlook).sentence.vi)" }
        return ([head] + waiting + (rows.count > most ? ["  …"] : [])).joined(separator: "\n")
    }
}
