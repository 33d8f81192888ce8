internal import FoundationEssentials
public import KioskDomain
internal import SQLiteAccess
internal import Synchronization

/// What a search found.
public struct FoundDossiers: Equatable, Sendable {
    /// The best, in order.
    public let rows: [DossierSummary]
    /// How many there are in all.
    public let total: Int
    /// Whether a number of too few digits was left aside (``SearchQuery/hasShortNumber``).
    public let leftShortNumber: Bool
}

/// The index of an unlocked kiosk.
///
/// It follows the table of changes, which triggers write, so it does not matter which process changed a dossier.
final class IndexKeeper: Sendable {
    let index = Mutex(DossierIndex())
    /// How many changes are read at once; the database is free for others in between.
    static let batch = 1000
}

extension UnlockedStore {
    /// Finds dossiers by words of names (any order, with or without diacritics, beginnings too) and by four or more digits of a
    /// citizen number, phone, receipt number or portal code.
    ///
    /// The first search after unlocking reads every dossier's label.
    ///
    /// - Throws: ``StoreError``.
    public func find(_ text: String, limit: Int = 50) async throws -> FoundDossiers {
        let query = SearchQuery(text)
        guard !query.isEmpty else {
            return FoundDossiers(rows: [], total: 0, leftShortNumber: query.hasShortNumber)
        }
        try await catchUp()
        let found = keeper.index.withLock { $0.find(query, limit: limit) }
        return FoundDossiers(rows: try await rows(found.ids), total: found.total, leftShortNumber: query.hasShortNumber)
    }

    /// Dossiers by the name that lists show, in Vietnamese order of given names.
    ///
    /// - Parameter id: the last row of the page before.
    /// - Throws: ``StoreError``.
    public func dossiersByName(state: DossierState?, after id: String? = nil, limit: Int = 50) async throws -> [DossierSummary] {
        try await catchUp()
        let place = id.flatMap { UUID(uuidString: $0) }
        return try await rows(keeper.index.withLock { $0.ordered(state: state, after: place, limit: limit) })
    }

    /// What sealed dossiers have answered at each level of an address, the most frequent first; for suggestions.
    ///
    /// It never keeps a page waiting: after unlocking it learns a thousand dossiers with each call.
    ///
    /// - Throws: ``StoreError``.
    public func knownPlaces(limit: Int = 20) async throws -> [PlaceLevel: [String]] {
        try await catchUp(batches: 1)
        return keeper.index.withLock { index in
            Dictionary(uniqueKeysWithValues: PlaceLevel.allCases.map { ($0, index.places(at: $0, limit: limit)) })
        }
    }

    /// Forgets what names and numbers are in memory for searching: the screen was locked.
    public func forgetIndex() {
        keeper.index.withLock { $0 = DossierIndex() }
    }

    private func rows(_ ids: [UUID]) async throws -> [DossierSummary] {
        try await mapped {
            try await store.read { db in
                try ids.compactMap { id in
                    try db.first("\(part: Self.columns) WHERE id = \(id.uuidString.lowercased())", self.summary)
                }
            }
        }
    }

    // MARK: Following the changes

    private struct Change {
        let number: Int
        let id: String
        let state: String
        let receipt: String?
        let code: String?
        let updatedAt: Int
        /// Nil where the dossier is gone.
        let sealed: [UInt8]?
    }

    private func catchUp(batches: Int = .max) async throws {
        try await mapped {
            for _ in 0..<batches {
                let position = keeper.index.withLock { $0.position }
                let (changes, total) = try await store.read { db in
                    let total = position > 0 ? nil : try db.first("SELECT count(*) FROM dossier_changes") { $0.int(0) }
                    return (try self.changes(after: position, in: db), total)
                }
                guard let last = changes.last else { return }
                let entries = try changes.map { ($0.id, try self.entry(of: $0)) }
                keeper.index.withLock { index in
                    // Another search was here first: what it took in is newer than this.
                    guard index.position == position else { return }
                    if let total { index.reserve(total) }
                    for (id, entry) in entries {
                        if let entry { index.put(entry) } else if let id = UUID(uuidString: id) { index.remove(id) }
                    }
                    index.position = last.number
                }
                guard changes.count == IndexKeeper.batch else { return }
            }
        }
    }

    private func changes(after position: Int, in db: borrowing Connection) throws -> [Change] {
        try db.all(
            """
            SELECT c.change, c.dossier_id, d.state, d.receipt, d.portal_code, d.updated_at, d.sealed
            FROM dossier_changes c LEFT JOIN dossiers d ON d.id = c.dossier_id
            WHERE c.change > \(position) ORDER BY c.change LIMIT \(IndexKeeper.batch)
            """
        ) { row in
            Change(
                number: row.int(0), id: row.text(1), state: row.text(2), receipt: row.textOrNil(3), code: row.textOrNil(4),
                updatedAt: row.int(5), sealed: row.blobOrNil(6))
        }
    }

    private func entry(of change: Change) throws -> DossierIndex.Entry? {
        guard let sealed = change.sealed, let id = UUID(uuidString: change.id) else { return nil }
        return DossierIndex.Entry(
            id: id, state: DossierState(rawValue: change.state) ?? .draft, updatedAt: change.updatedAt,
            label: try open(DossierLabel.self, sealed, as: "dossier/\(change.id)"), receipt: change.receipt, code: change.code)
    }
}
