internal import FoundationEssentials
internal import JSONTree
internal import KioskDomain
internal import KioskSync
internal import Synchronization

/// A client of the portal of which one call goes another way: to another address, or to the process's death.
final class DivertedClient: PortalClient {
    /// What happens at the call.
    enum Diversion: Sendable {
        /// It goes by another client.
        case by(any PortalClient)
        /// The process dies before it.
        case deathBefore
        /// The process dies with its answer in hand.
        case deathAfter
    }

    private let real: any PortalClient
    private let place: Int
    private let diversion: Diversion?
    private let made = Atomic<Int>(0)

    /// - Parameter place: which call, from 0.
    init(_ real: any PortalClient, at place: Int = 0, _ diversion: Diversion? = nil) {
        self.real = real
        self.place = place
        self.diversion = diversion
    }

    /// How many calls were made.
    var calls: Int { made.load(ordering: .relaxed) }

    var traffic: Traffic {
        guard case .by(let other) = diversion else { return real.traffic }
        let (usual, aside) = (real.traffic, other.traffic)
        return Traffic(
            sent: usual.sent + aside.sent, fileBytes: usual.fileBytes + aside.fileBytes, received: usual.received + aside.received
        )
    }

    private func pass<Answer>(
        _ call: (any PortalClient) async throws(PortalFailure) -> Answer
    ) async throws(PortalFailure) -> Answer {
        let isPlace = made.add(1, ordering: .relaxed).oldValue == place
        switch diversion {
        case .by(let other) where isPlace: return try await call(other)
        case .deathBefore where isPlace: Death.come()
        case .deathAfter where isPlace:
            _ = try? await call(real)
            Death.come()
        default: break
        }
        return try await call(real)
    }

    func health() async throws(PortalFailure) { try await real.health() }

    func changes(after cursor: String?) async throws(PortalFailure) -> ChangeBatch {
        try await pass { client throws(PortalFailure) in try await client.changes(after: cursor) }
    }

    func catalogue(etag: String?) async throws(PortalFailure) -> CatalogueAnswer {
        try await pass { client throws(PortalFailure) in try await client.catalogue(etag: etag) }
    }

    func register(_ application: AccountApplication) async throws(PortalFailure) -> AccountProgress {
        try await pass { client throws(PortalFailure) in try await client.register(application) }
    }

    func verify(account: String, code: String) async throws(PortalFailure) -> AccountProgress {
        try await pass { client throws(PortalFailure) in try await client.verify(account: account, code: code) }
    }

    func sendNewCode(account: String) async throws(PortalFailure) -> AccountProgress {
        try await pass { client throws(PortalFailure) in try await client.sendNewCode(account: account) }
    }

    func createUpload(_ task: UploadTask, firstBytes: OutgoingBytes) async throws(PortalFailure) -> (url: String, offset: Int) {
        try await pass { client throws(PortalFailure) in try await client.createUpload(task, firstBytes: firstBytes) }
    }

    func offset(ofUpload url: String) async throws(PortalFailure) -> Int {
        try await pass { client throws(PortalFailure) in try await client.offset(ofUpload: url) }
    }

    func append(_ bytes: OutgoingBytes, at offset: Int, toUpload url: String) async throws(PortalFailure) -> Int {
        try await pass { client throws(PortalFailure) in try await client.append(bytes, at: offset, toUpload: url) }
    }

    func send(_ dossier: OutgoingDossier) async throws(PortalFailure) -> PortalDossier {
        try await pass { client throws(PortalFailure) in try await client.send(dossier) }
    }

    func dossier(_ id: String) async throws(PortalFailure) -> PortalDossier? {
        try await pass { client throws(PortalFailure) in try await client.dossier(id) }
    }

    func withdraw(dossier: String, reason: String, at: String) async throws(PortalFailure) -> PortalDossier {
        try await pass { client throws(PortalFailure) in try await client.withdraw(dossier: dossier, reason: reason, at: at) }
    }

    func sendReport(period: String, figures: JSONValue) async throws(PortalFailure) {
        try await pass { client throws(PortalFailure) in try await client.sendReport(period: period, figures: figures) }
    }
}
