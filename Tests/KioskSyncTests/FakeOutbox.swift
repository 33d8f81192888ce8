import Foundation
import JSONTree
import KioskDomain
import KioskSync
import Synchronization

/// A disk that failed.
struct DiskFault: Error {}

/// An outbox and a replica in memory, which do what the ports say.
final class FakeOutbox: Outbox, Replica {
    struct Row {
        var kind: KioskSync.Operation.Kind
        var subject: String
        var state: KioskSync.Operation.State = .waiting
        var attempts = 0
        var needs: Set<Int> = []
        var notBefore = Date(timeIntervalSince1970: 0)
        var etag: String?
        var outcomes: [Outcome] = []
    }

    struct State {
        var rows: [Int: Row] = [:]
        var files: [String: [UInt8]] = [:]
        var uploads: [String: String] = [:]
        var papers: [String: [String]] = [:]
        var cursor: String?
        var applied: [ChangeBatch] = []
        var recordsUntilFault: Int?
        var forgotten = 0
        /// How often it was asked what is due.
        var asked = 0
        /// Operations that were begun before their time.
        var early: [Int] = []
        /// Dossiers that do not open any more.
        var damaged: Set<String> = []
        /// Why files cannot be read.
        var unreadable: [String: any Error] = [:]
        /// What is asked of the portal's catalogue; nil: nothing.
        var question: CatalogueQuestion?
        var answers: [CatalogueAnswer] = []
        var askAt: Date?
        var sentOn: [CalendarDate: Int] = [:]

        func size(of row: Row) -> Int { row.kind == .upload ? files[row.subject]?.count ?? 0 : 0 }

        /// No dossier here has a deadline.
        func isHeld(_ row: Row, _ hold: FileHold?) -> Bool { hold.map { size(of: row) > $0.over } ?? false }
    }

    let state = Mutex(State())

    // MARK: Filling

    /// Adds a dossier with files, an account of its own where wanted, and what it needs.
    func add(dossier id: String, files: [[UInt8]] = [], account: Bool = false, etag: String? = nil) {
        state.withLock { state in
            var needs: Set<Int> = []
            func enqueue(_ row: Row) -> Int {
                let number = state.rows.count + 1
                state.rows[number] = row
                return number
            }
            if account { needs.insert(enqueue(Row(kind: .account, subject: "account of \(id)"))) }
            for (index, bytes) in files.enumerated() {
                let name = "\(id)-file\(index)"
                state.files[name] = bytes
                state.papers[id, default: []].append(name)
                needs.insert(enqueue(Row(kind: .upload, subject: name)))
            }
            _ = enqueue(Row(kind: .dossier, subject: id, needs: needs, etag: etag))
        }
    }

    var isDrained: Bool { state.withLock { $0.rows.values.allSatisfy { $0.state == .done } } }
    func rows() -> [Row] { state.withLock { Array($0.rows.values) } }
    func rows(_ kind: KioskSync.Operation.Kind) -> [Row] { state.withLock { $0.rows.values.filter { $0.kind == kind } } }

    static func content(_ id: String, files: [String]) -> RevisionContent {
        let papers = files.map {
            Paper(id: $0, component: "C", fileName: "a.jpg", mediaType: "image/jpeg", size: 1, sha256: "sha of \($0)")
        }
        return RevisionContent(answers: ["id": .string(id)], papers: papers, consent: nil)
    }

    // MARK: Outbox

    func beginRun(now: Date, ignoringBackOff: Bool) async throws {
        state.withLock { state in
            state.rows = state.rows.mapValues { row in
                var row = row
                if row.state == .sending { row.state = row.kind == .upload ? .waiting : .inDoubt }
                if row.state == .blocked { row.state = .waiting }
                if ignoringBackOff { row.notBefore = now }
                return row
            }
        }
    }

    private static func isOpen(_ row: Row) -> Bool { row.needs.isEmpty && (row.state == .waiting || row.state == .inDoubt) }

    func due(now: Date, limit: Int, holding hold: FileHold?) async throws -> [KioskSync.Operation] {
        state.withLock { state in
            state.asked += 1
            let due = state.rows.filter { Self.isOpen($1) && $1.notBefore <= now && !state.isHeld($1, hold) }
            return due.sorted { $0.key < $1.key }.prefix(limit).map {
                Operation(
                    id: $0, kind: $1.kind, subject: $1.subject, state: $1.state, attempts: $1.attempts, size: state.size(of: $1))
            }
        }
    }

    func nextDue(holding hold: FileHold?) async throws -> Date? {
        state.withLock { state in
            state.rows.values.filter { Self.isOpen($0) && !state.isHeld($0, hold) }.map(\.notBefore).min()
        }
    }

    func countSent(bytes: Int, now: Date) async throws -> Int {
        state.withLock { state in
            let day = VietnamTime.day(of: now)
            state.sentOn[day, default: 0] += bytes
            return state.sentOn[day, default: 0]
        }
    }

    func begin(_ operation: KioskSync.Operation, now: Date) async throws -> OperationContent? {
        try state.withLock { state in
            guard let row = state.rows[operation.id], Self.isOpen(row) else { return nil }
            state.rows[operation.id]?.state = .sending
            if row.notBefore > now { state.early.append(operation.id) }
            if state.damaged.contains(row.subject) { throw DamagedHere() }
            switch row.kind {
            case .account:
                return .account(
                    AccountApplication(
                        id: row.subject, citizenId: "099194000123", fullName: "Lò Thị Mai", birthDate: "1994", sex: .female,
                        phone: "0900000101",
                        consentAt: ""))
            case .check: return .check(dossier: row.subject)
            case .newCode: return .newCode(account: row.subject)
            case .upload:
                return .upload(
                    UploadTask(
                        attachment: row.subject, size: state.files[row.subject]?.count ?? 9, sha256: "sha of \(row.subject)",
                        fileName: "a.jpg",
                        mediaType: "image/jpeg", dossier: "d", url: state.uploads[row.subject]))
            default:
                return .dossier(
                    OutgoingDossier(
                        id: row.subject, procedure: "P", catalogueVersion: "1", account: "account of \(row.subject)", kiosk: "k",
                        village: "v",
                        capturedAt: "", sealedAt: "", revision: 1,
                        content: Self.content(row.subject, files: state.papers[row.subject] ?? []),
                        uploads: [:], etag: row.etag))
            }
        }
    }

    func record(_ outcome: Outcome, of operation: KioskSync.Operation, now: Date) async throws {
        try state.withLock { state in
            if let left = state.recordsUntilFault {
                state.recordsUntilFault = left - 1
                if left == 0 { throw DiskFault() }
            }
            state.rows[operation.id]?.outcomes.append(outcome)
            func set(_ new: KioskSync.Operation.State, _ notBefore: Date? = nil, charge: Int = 1) {
                state.rows[operation.id]?.state = new
                state.rows[operation.id]?.notBefore = notBefore ?? now
                state.rows[operation.id]?.attempts += charge
            }
            switch outcome {
            case .delivered:
                set(.done, charge: 0)
                for id in state.rows.keys { state.rows[id]?.needs.remove(operation.id) }
            case .retry(let reason, let notBefore): set(.waiting, notBefore, charge: reason == .authentication ? 0 : 1)
            case .inDoubt(let reason, let notBefore): set(.inDoubt, notBefore, charge: reason == .authentication ? 0 : 1)
            case .rejected: set(.rejected)
            case .duplicate: set(.conflict)
            case .blocked: set(.blocked, charge: 0)
            case .absent(let notBefore):
                set(.waiting, notBefore)
                state.rows[operation.id]?.etag = nil
            case .filesMissing(let digests, let notBefore):
                set(.waiting, notBefore)
                for file in state.papers[operation.subject] ?? [] where digests.isEmpty || digests.contains("sha of \(file)") {
                    state.uploads[file] = nil
                    let number = state.rows.count + 1
                    state.rows[number] = Row(kind: .upload, subject: file)
                    state.rows[operation.id]?.needs.insert(number)
                }
            case .moved(let theirs):
                // Nobody edits content in these tests: what moved is the status.
                set(.waiting)
                state.rows[operation.id]?.etag = theirs.etag
            }
        }
    }

    func piece(of attachment: String, from offset: Int, count: Int) -> OutgoingBytes {
        let (file, fault) = state.withLock { ($0.files[attachment] ?? [], $0.unreadable[attachment]) }
        return OutgoingBytes(count: count) { done, space in
            if let fault { throw fault }
            return space.copied(from: file.dropFirst(offset + done))
        }
    }

    func keepUpload(of attachment: String, url: String?) async throws { state.withLock { $0.uploads[attachment] = url } }

    func standing() async throws -> OutboxStanding {
        state.withLock { state in
            var standing = OutboxStanding()
            standing.pending = state.rows.values.count { $0.state == .waiting }
            standing.inDoubt = state.rows.values.count { $0.state == .inDoubt || $0.state == .sending }
            standing.blocked = state.rows.values.count { $0.state == .blocked }
            standing.rejected = state.rows.values.count { $0.state == .rejected }
            standing.conflicts = state.rows.values.count { $0.state == .conflict }
            return standing
        }
    }

    // MARK: Replica

    func cursor() async throws -> String? { state.withLock { $0.cursor } }

    func apply(_ batch: ChangeBatch, now: Date) async throws -> Int {
        state.withLock { state in
            state.cursor = batch.cursor
            state.applied.append(batch)
            return batch.changes.count
        }
    }

    func catalogueQuestion(now: Date, atOnce: Bool) async throws -> CatalogueQuestion? { state.withLock { $0.question } }

    func takeCatalogue(_ answer: CatalogueAnswer, now: Date) async throws -> CatalogueNews? {
        state.withLock {
            $0.answers.append(answer)
            return answer == .unchanged ? nil : CatalogueNews(version: "9", fault: nil)
        }
    }

    func postponeCatalogue(until instant: Date) async throws { state.withLock { $0.askAt = instant } }

    func forgetCursor(now: Date) async throws {
        state.withLock {
            $0.cursor = nil
            $0.forgotten += 1
        }
    }
}

extension UnsafeMutableRawBufferPointer {
    /// Copies as many bytes as there is room for; returns how many.
    fileprivate func copied(from bytes: ArraySlice<UInt8>) -> Int {
        let some = bytes.prefix(count)
        copyBytes(from: some)
        return some.count
    }
}
