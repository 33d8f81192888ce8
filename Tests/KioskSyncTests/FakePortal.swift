import Foundation
import JSONTree
import KioskDomain
import KioskSync
import KioskTestSupport
import Synchronization

/// A portal in memory whose answers a test can spoil.
final class FakePortal: PortalClient {
    /// What is done to a call.
    enum Fault: Sendable {
        /// The portal does nothing.
        case before(PortalFailure)
        /// The portal does its work, and the answer is lost.
        case after(PortalFailure)
        /// A state of its own is spoilt first: an upload forgotten, a status moved.
        case spoil
    }

    struct Held {
        var dossier: PortalDossier
        var content: RevisionContent
        var creations = 1
    }

    struct State {
        var calls: [String: Int] = [:]
        var accounts: Set<String> = []
        var uploads: [String: (file: String, size: Int, bytes: [UInt8])] = [:]
        var dossiers: [String: Held] = [:]
        var made = 0
        var sent = 0
        var catalogue = CatalogueAnswer.text(Data("{}".utf8), etag: "\"c2\"")
    }

    let state = Mutex(State())
    private let fault: @Sendable (_ call: String, _ subject: String, _ count: Int) -> Fault?
    private let pages: @Sendable (String?) throws(PortalFailure) -> ChangeBatch

    init(
        fault: @escaping @Sendable (_ call: String, _ subject: String, _ count: Int) -> Fault? = { _, _, _ in nil },
        pages: @escaping @Sendable (String?) throws(PortalFailure) -> ChangeBatch = { _ in
            ChangeBatch(changes: [], cursor: "c", more: false)
        }
    ) {
        self.pages = pages
        self.fault = fault
    }

    /// How often a call was made: `send`, or `send d1` for one subject.
    func calls(_ name: String) -> Int {
        state.withLock { state in
            state.calls.filter { $0.key == name || $0.key.hasPrefix(name + " ") }.values.reduce(0, +)
        }
    }
    var traffic: Traffic { state.withLock { Traffic(sent: $0.sent, fileBytes: $0.sent, received: 0) } }

    private func play<T>(
        _ call: String, _ subject: String, spoil: (inout State) -> Void = { _ in }, work: (inout State) throws(PortalFailure) -> T
    ) throws(PortalFailure) -> T {
        let result: Result<T, PortalFailure> = state.withLock { state in
            let key = "\(call) \(subject)"
            state.calls[key, default: 0] += 1
            do throws(PortalFailure) {
                switch fault(call, subject, state.calls[key] ?? 0) {
                case nil: return .success(try work(&state))
                case .before(let failure): return .failure(failure)
                case .after(let failure):
                    _ = try work(&state)
                    return .failure(failure)
                case .spoil:
                    spoil(&state)
                    return .success(try work(&state))
                }
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    func health() async throws(PortalFailure) { try play("health", "") { _ in () } }

    func changes(after cursor: String?) async throws(PortalFailure) -> ChangeBatch {
        let pages = pages
        return try play("changes", "") { (_) throws(PortalFailure) in try pages(cursor) }
    }

    func catalogue(etag: String?) async throws(PortalFailure) -> CatalogueAnswer {
        try play("catalogue", etag ?? "nil") { state in
            if case .text(_, let held) = state.catalogue, held == etag { return .unchanged }
            return state.catalogue
        }
    }

    func register(_ application: AccountApplication) async throws(PortalFailure) -> AccountProgress {
        try play("register", application.id) { state in
            state.accounts.insert(application.id)
            return AccountProgress(status: AccountProgress.verified)
        }
    }

    func verify(account: String, code: String) async throws(PortalFailure) -> AccountProgress {
        AccountProgress(status: AccountProgress.verified)
    }

    func sendNewCode(account: String) async throws(PortalFailure) -> AccountProgress {
        try play("new-code", account) { _ in AccountProgress(status: AccountProgress.codeSent, attemptsLeft: 5) }
    }

    func createUpload(_ task: UploadTask, firstBytes: OutgoingBytes) async throws(PortalFailure) -> (url: String, offset: Int) {
        let firstBytes = try read(firstBytes)
        return try play("create", task.attachment) { state in
            state.made += 1
            state.sent += firstBytes.count
            let url = "upload\(state.made)"
            state.uploads[url] = (task.attachment, task.size, firstBytes)
            return (url, firstBytes.count)
        }
    }

    /// A body that cannot be read breaks its request off.
    private func read(_ bytes: OutgoingBytes) throws(PortalFailure) -> [UInt8] {
        guard let all = bytes.all() else { throw .line(mayHaveActed: true) }
        return all
    }

    func offset(ofUpload url: String) async throws(PortalFailure) -> Int {
        try play("offset", url, spoil: { $0.uploads[url] = nil }) { (state) throws(PortalFailure) in
            guard let upload = state.uploads[url] else { throw .gone }
            return upload.bytes.count
        }
    }

    func append(_ bytes: OutgoingBytes, at offset: Int, toUpload url: String) async throws(PortalFailure) -> Int {
        let bytes = try read(bytes)
        // Spoilt, some of the bytes come on another connection first.
        return try play("append", url, spoil: { $0.uploads[url]?.bytes += bytes.prefix(bytes.count / 2) }) {
            (state) throws(PortalFailure) in
            guard let upload = state.uploads[url] else { throw .gone }
            guard upload.bytes.count == offset else { throw .wrongOffset }
            state.uploads[url]?.bytes += bytes
            state.sent += bytes.count
            return offset + bytes.count
        }
    }

    func send(_ dossier: OutgoingDossier) async throws(PortalFailure) -> PortalDossier {
        func spoil(_ state: inout State) {
            if let held = state.dossiers[dossier.id] {
                // An officer moves the status.
                state.dossiers[dossier.id]?.dossier.version += 1
                state.dossiers[dossier.id]?.dossier.etag = "\"\(held.dossier.version + 1)\""
            } else {
                for (url, upload) in state.uploads where upload.file.hasPrefix(dossier.id + "-") { state.uploads[url] = nil }
            }
        }
        return try play("send", dossier.id, spoil: spoil) { (state) throws(PortalFailure) in
            if let held = state.dossiers[dossier.id] {
                if held.content == dossier.content { return held.dossier }
                guard dossier.etag == held.dossier.etag else { throw .preconditionFailed }
            } else {
                let whole = Set(state.uploads.values.filter { $0.bytes.count == $0.size }.map { "sha of \($0.file)" })
                let missing = dossier.content.papers.map(\.sha256).filter { !whole.contains($0) }
                guard missing.isEmpty else { throw .filesMissing(missing) }
            }
            let version = (state.dossiers[dossier.id]?.dossier.version ?? 0) + 1
            let made = FakePortal.dossier(dossier.id, dossier.content, version: version)
            state.dossiers[dossier.id] = Held(
                dossier: made, content: dossier.content, creations: (state.dossiers[dossier.id]?.creations ?? 0) + 1)
            return made
        }
    }

    /// A dossier as a portal holds it.
    static func dossier(_ id: String, _ content: RevisionContent, version: Int = 1) -> PortalDossier {
        PortalDossier(
            id: id, code: "code", version: version, status: PortalStatus(rawValue: "received"), statusAt: "", dueAt: nil,
            remarks: [],
            procedure: "P", answers: content.answers,
            papers: content.papers.map { PortalDossier.HeldPaper(component: $0.component, sha256: $0.sha256) }, editedBy: "kiosk",
            etag: "\"\(version)\"")
    }

    func dossier(_ id: String) async throws(PortalFailure) -> PortalDossier? { try play("read", id) { $0.dossiers[id]?.dossier } }

    func withdraw(dossier: String, reason: String, at: String) async throws(PortalFailure) -> PortalDossier {
        throw .notThePortal
    }

    func sendReport(period: String, figures: JSONValue) async throws(PortalFailure) { throw .notThePortal }
}
