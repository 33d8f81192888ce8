internal import JSONTree
internal import KioskDomain
internal import KioskSync
internal import KioskVault
internal import Synchronization

/// The portal of the contract (portal-contract.md) in memory: what is asked of it is done at once and whole.
///
/// What goes wrong on the way is ``SimulatedLine``'s.
final class SimulatedPortal: Sendable {
    /// A dossier, with what decides about repeats and about right and wrong.
    struct Held {
        let kiosk: Int
        var dossier: PortalDossier
        /// What the kiosk's last accepted request held.
        var accepted: RevisionContent
        /// How often it was created.
        var creations = 1
        /// What an officer wrote last into the field that no kiosk edits.
        var officerWrote: String?
        /// The copies of before, which a backup may hold.
        var past: [(dossier: PortalDossier, accepted: RevisionContent)] = []
    }

    struct Upload {
        let sha256: String
        let size: Int
        var bytes: [UInt8] = []
        var isWhole: Bool { bytes.count == size }
    }

    struct State {
        var dossiers: [String: Held] = [:]
        /// In the order in which they came, so that a draw among them is the same in every process.
        var order: [String] = []
        var uploads: [String: Upload] = [:]
        /// Files by digest, as they arrived.
        var files: [String: [UInt8]] = [:]
        var accounts: [String: AccountProgress] = [:]
        var feed: [(kiosk: Int, change: Change)] = []
        /// Those that will be refused once as duplicates.
        var duplicates: Set<String> = []
        var made = 0
        /// Raised by every restoration: cursors of before are gone.
        var epoch = 0
    }

    let state = Mutex(State())

    static let code = "000111"

    // MARK: Accounts

    func register(_ application: AccountApplication) -> AccountProgress {
        state.withLock { state in
            let known = state.accounts[application.id] ?? AccountProgress(status: "code-sent", attemptsLeft: 5)
            state.accounts[application.id] = known
            return known
        }
    }

    func verify(_ account: String, _ code: String) throws(PortalFailure) -> AccountProgress {
        guard code == Self.code else {
            throw .rejected(Rejection(code: "code-wrong", status: 422, detail: nil, faults: []))
        }
        return state.withLock { state in
            let verified = AccountProgress(status: AccountProgress.verified)
            state.accounts[account] = verified
            return verified
        }
    }

    func sendNewCode(_ account: String) throws(PortalFailure) -> AccountProgress {
        guard let known = state.withLock({ $0.accounts[account] }) else { throw .absent }
        return known
    }

    // MARK: Files

    func create(_ task: UploadTask, _ bytes: [UInt8]) -> (url: String, offset: Int) {
        state.withLock { state in
            state.made += 1
            let url = "sim:/\(state.made)"
            state.uploads[url] = Upload(sha256: task.sha256, size: task.size)
            return (url, Self.add(bytes, to: url, in: &state))
        }
    }

    func offset(_ url: String) throws(PortalFailure) -> Int {
        guard let count = state.withLock({ $0.uploads[url]?.bytes.count }) else { throw .gone }
        return count
    }

    func append(_ bytes: [UInt8], at offset: Int, to url: String) throws(PortalFailure) -> Int {
        let result: Result<Int, PortalFailure> = state.withLock { state in
            guard let upload = state.uploads[url] else { return .failure(.gone) }
            guard upload.bytes.count == offset, offset + bytes.count <= upload.size else { return .failure(.wrongOffset) }
            return .success(Self.add(bytes, to: url, in: &state))
        }
        return try result.get()
    }

    /// Adds bytes; a whole file whose digest is another one is forgotten, which the kiosk learns by asking.
    private static func add(_ bytes: [UInt8], to url: String, in state: inout State) -> Int {
        state.uploads[url]?.bytes += bytes
        guard let upload = state.uploads[url] else { return 0 }
        guard upload.isWhole else { return upload.bytes.count }
        guard let digest = try? SHA256Digest.of(upload.bytes), Hex.encode(digest) == upload.sha256 else {
            state.uploads[url] = nil
            return upload.bytes.count
        }
        state.files[upload.sha256] = upload.bytes
        return upload.bytes.count
    }

    // MARK: Dossiers

    func put(_ sent: OutgoingDossier, by kiosk: Int, at instant: String) throws(PortalFailure) -> PortalDossier {
        let result: Result<PortalDossier, PortalFailure> = state.withLock { state in
            if let held = state.dossiers[sent.id] { return Self.amend(held, sent, at: instant, in: &state) }
            guard sent.etag == nil else { return .failure(.absent) }
            guard state.accounts[sent.account]?.status == AccountProgress.verified else { return .failure(.accountUnverified) }
            let missing = sent.content.papers.map(\.sha256).filter { state.files[$0] == nil }
            guard missing.isEmpty else { return .failure(.filesMissing(missing)) }
            if state.duplicates.remove(sent.id) != nil {
                return .failure(.duplicate(code: "G00", receivedAt: instant, kiosk: "another"))
            }
            var made = Self.representation(sent, version: 1, status: "received", at: instant)
            made.etag = Self.etag(1, state)
            state.dossiers[sent.id] = Held(kiosk: kiosk, dossier: made, accepted: sent.content)
            state.order.append(sent.id)
            return .success(made)
        }
        return try result.get()
    }

    private static func amend(
        _ held: Held, _ sent: OutgoingDossier, at instant: String, in state: inout State
    ) -> Result<PortalDossier, PortalFailure> {
        if sent.etag != held.dossier.etag {
            // A repeat of what was accepted last from this kiosk.
            return held.accepted == sent.content ? .success(held.dossier) : .failure(.preconditionFailed)
        }
        guard !held.dossier.status.isOver else {
            return .failure(
                .rejected(Rejection(code: "dossier-closed", status: 409, detail: "Hồ sơ đã kết thúc.", faults: [])))
        }
        let missing = sent.content.papers.map(\.sha256).filter { state.files[$0] == nil }
        guard missing.isEmpty else { return .failure(.filesMissing(missing)) }
        var made = representation(sent, version: held.dossier.version + 1, status: "received", at: instant)
        made.remarks = held.dossier.remarks
        made.etag = etag(made.version, state)
        state.dossiers[sent.id]?.past.append((held.dossier, held.accepted))
        state.dossiers[sent.id]?.dossier = made
        state.dossiers[sent.id]?.accepted = sent.content
        return .success(made)
    }

    static func representation(
        _ sent: OutgoingDossier, version: Int, status: String, at instant: String
    ) -> PortalDossier {
        PortalDossier(
            id: sent.id, code: "G01.\(sent.id.prefix(8))", version: version, status: PortalStatus(rawValue: status),
            statusAt: instant,
            dueAt: nil, remarks: [], procedure: sent.procedure, answers: sent.content.answers,
            papers: sent.content.papers.map(PortalDossier.HeldPaper.init), details: sent.content.papers, editedBy: "kiosk",
            etag: "\"\(version)\"")
    }

    func dossier(_ id: String) -> PortalDossier? { state.withLock { $0.dossiers[id]?.dossier } }

    func withdraw(_ id: String, at instant: String) throws(PortalFailure) -> PortalDossier {
        let result: PortalDossier? = state.withLock { state in
            guard state.dossiers[id] != nil else { return nil }
            Self.change(id, by: "kiosk", in: &state) { $0.status = PortalStatus(rawValue: "withdrawn") }
            return state.dossiers[id]?.dossier
        }
        guard let result else { throw .notThePortal }
        return result
    }

    // MARK: The feed and the officers

    /// Three changes a page, so that pages follow on pages.
    func changes(of kiosk: Int, after cursor: String?) throws(PortalFailure) -> ChangeBatch {
        let batch: ChangeBatch? = state.withLock { state in
            let place = cursor?.split(separator: "-").compactMap { Int($0) } ?? [state.epoch, 0]
            guard place.count == 2, place[0] == state.epoch else { return nil }
            let begin = place[1]
            var changes: [Change] = []
            var at = begin
            while at < state.feed.count, changes.count < 3 {
                if state.feed[at].kiosk == kiosk { changes.append(state.feed[at].change) }
                at += 1
            }
            return ChangeBatch(changes: changes, cursor: "\(state.epoch)-\(at)", more: at < state.feed.count)
        }
        guard let batch else { throw .gone }
        return batch
    }

    /// Puts a backup in its place that lacks some dossiers and has older copies of others.
    func restore(_ chance: inout Chance) -> Int {
        state.withLock { state in
            let lost = state.order.filter { id in
                state.dossiers[id].map { !$0.dossier.status.isOver } == true && chance.oneIn(5)
            }
            for id in lost { state.dossiers[id] = nil }
            state.order.removeAll { lost.contains($0) }
            for id in state.order {
                guard var held = state.dossiers[id], !held.past.isEmpty, !held.dossier.status.isOver, chance.oneIn(5) else {
                    continue
                }
                let kept = chance.int(0...held.past.count - 1)
                // An old copy has its old ETag; what an officer did since is the portal's own loss.
                (held.dossier, held.accepted) = held.past[kept]
                held.past.removeLast(held.past.count - kept)
                held.officerWrote = nil
                state.dossiers[id] = held
            }
            // The feed of the backup tells of what the backup holds.
            state.feed = state.order.compactMap { id in state.dossiers[id].map { ($0.kiosk, .dossier($0.dossier)) } }
            state.epoch += 1
            return lost.count
        }
    }

    /// An officer edits a dossier in the very moment in which its kiosk sends it.
    func editMeanwhile(_ id: String) {
        state.withLock { state in
            guard let held = state.dossiers[id], !held.dossier.status.isOver else { return }
            let words = "Cán bộ ghi lần \(held.dossier.version)"
            Self.change(id, by: "officer", in: &state) { $0.answers.set(.string(words), at: SimulatedKiosk.officers) }
            state.dossiers[id]?.officerWrote = words
        }
    }

    /// One that no copy had before, also after a restoration (RFC 9110, 8.8.3).
    private static func etag(_ version: Int, _ state: State) -> String { "\"\(state.epoch).\(version)\"" }

    /// Changes a dossier and tells its kiosk through the feed.
    static func change(
        _ id: String, by editor: String, in state: inout State, _ change: (inout PortalDossier) -> Void
    ) {
        guard var held = state.dossiers[id] else { return }
        held.past.append((held.dossier, held.accepted))
        change(&held.dossier)
        held.dossier.version += 1
        held.dossier.etag = etag(held.dossier.version, state)
        held.dossier.editedBy = editor
        state.dossiers[id] = held
        state.feed.append((held.kiosk, .dossier(held.dossier)))
    }
}
