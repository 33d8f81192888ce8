import Foundation
import JSONTree
import KioskDomain
import KioskStore
import KioskSync
import KioskTestSupport
import KioskVault
import SQLiteAccess
import Testing

/// The lowest cost that the vault takes.
let cheap = Vault.PINCost(logN: 14, r: 8, p: 1)
let pin = "Hồ sơ 27"
let village = "Thôn Cẩm Sơn"

/// Ten in the morning of the samples' day in Viet Nam.
let morning = Date(timeIntervalSince1970: 1_649_386_800)
let catalogue: Catalogue = {
    guard let catalogue = try? Catalogue(json: ShippedFiles.catalogue(), today: VietnamTime.day(of: Date())) else {
        preconditionFailure("the catalogue is unreadable")
    }
    return catalogue
}()

extension ConsentGiven {
    /// An applicant who agrees to everything.
    static let applicant = ConsentGiven.rehearsed(catalogue.consentText)
}

func at(_ text: String) -> JSONPointer { JSONPointer(text) ?? JSONPointer(tokens: []) }

/// A kiosk in a folder of its own.
struct Kiosk {
    let folder: TemporaryFolder
    let locked: KioskStore
    let store: UnlockedStore
    let recoveryKey: String
    private let configuration: KioskStore.Configuration

    init(configuration: KioskStore.Configuration = KioskStore.Configuration()) async throws {
        folder = try TemporaryFolder()
        self.configuration = configuration
        (locked, recoveryKey) = try await Self.found(in: folder, configuration: configuration)
        store = try await locked.unlock(operatorName: nil, pin: pin, catalogue: catalogue, now: morning)
    }

    static func found(
        in folder: TemporaryFolder, configuration: KioskStore.Configuration = KioskStore.Configuration()
    ) async throws -> (store: KioskStore, recoveryKey: String) {
        let founding = KioskStore.Founding(
            kioskID: "kiosk-1", portalSecret: "bí mật của cổng", portal: "http://127.0.0.1:1", village: village,
            operatorName: "Trưởng thôn",
            pin: pin, pinCost: cheap)
        return try await KioskStore.found(founding, in: folder.path, configuration: configuration, now: morning)
    }

    /// The same folder opened anew, as another process would.
    func again() async throws -> UnlockedStore {
        try await KioskStore.open(folder: folder.path, configuration: configuration).unlock(
            operatorName: nil, pin: pin, catalogue: catalogue, now: morning)
    }

    /// Works on the file behind the store's back.
    func database<T>(_ body: (borrowing Connection) throws -> T) throws -> T {
        try body(try Connection(path: folder.file("kiosk.sqlite")))
    }

    /// Works on the file of the chunks behind the store's back.
    func chunks<T>(_ body: (borrowing Connection) throws -> T) throws -> T {
        try body(try Connection(path: folder.file("attachments.sqlite"), kind: .blobs))
    }

    /// How many chunks of files are on the disk.
    func chunkCount() throws -> Int { try chunks { try $0.first("SELECT count(*) FROM attachment_chunks") { $0.int(0) } } ?? 0 }

    func count(_ query: SQL) throws -> Int { try database { try $0.first(query) { $0.int(0) } } ?? 0 }

    /// Takes schema version 8 back.
    static let withoutRunRecords: StaticString = """
        DROP INDEX outbox_needs_by_operation; DROP TRIGGER dossiers_decided; DROP INDEX dossiers_to_tell; DROP INDEX dossiers_due;
        ALTER TABLE dossiers DROP COLUMN told_at; DROP TABLE outreach_photos; DROP TRIGGER dossiers_moved; ALTER TABLE dossiers DROP COLUMN parked_at;
        DROP TABLE announcement_reads; ALTER TABLE announcements DROP COLUMN is_public; DROP TABLE outreach;
        DROP TRIGGER dossier_facts_kept; DROP TABLE return_facts; DROP TABLE dossier_facts;
        ALTER TABLE sync_runs DROP COLUMN trouble;
        ALTER TABLE sync_runs DROP COLUMN occasion; ALTER TABLE sync_runs DROP COLUMN bytes_received;
        ALTER TABLE sync_runs DROP COLUMN bytes_twice; ALTER TABLE sync_runs DROP COLUMN bytes_per_second;
        ALTER TABLE sync_runs DROP COLUMN outcomes; ALTER TABLE sync_runs DROP COLUMN faults;
        """

    // MARK: Dossiers

    static func sample(_ code: String) throws -> JSONValue { try #require(catalogue.procedure(code)?.sample) }

    func file(_ bytes: [UInt8], limit: Int = 1 << 24, now: Date = morning) async throws -> UnlockedStore.StoredFile {
        let writer = try await store.newAttachment(limit: limit, now: now)
        try await writer.append(bytes)
        return try await writer.finish(now: now)
    }

    /// A notice of stay, which needs no paper.
    func stay(
        _ change: (inout JSONValue) -> Void = { _ in }, consent: ConsentGiven = .applicant, now: Date = morning
    ) async throws -> String {
        var answers = try Self.sample("LUU_TRU")
        change(&answers)
        return try await store.fileDossier(procedure: "LUU_TRU", answers: answers, files: [], sealing: consent, now: now).id
    }

    /// A newborn's registration with its three papers, of 30, 20 and 10 bytes.
    func birth(now: Date = morning) async throws -> String {
        var files: [PlacedFile] = []
        for (index, component) in ["TO_KHAI_CT01", "GIAY_KHAI_SINH", "DONG_Y_CHU_HO"].enumerated() {
            let bytes = [UInt8](repeating: UInt8(index + 1), count: 30 - 10 * index)
            let file = try await file(bytes, now: now)
            files.append(PlacedFile(component: component, fileName: "giấy \(index).jpg", mediaType: "image/jpeg", file: file))
        }
        return try await store.fileDossier(
            procedure: "TT_NHAP_SINH", answers: try Self.sample("TT_NHAP_SINH"), files: files, sealing: .applicant, now: now
        ).id
    }

    // MARK: Sending

    func due(_ now: Date = morning) async throws -> [KioskSync.Operation] { try await store.due(now: now, limit: 100) }

    /// Begins the first operation of a kind that is due.
    @discardableResult
    func begin(_ kind: KioskSync.Operation.Kind, _ subject: String? = nil, now: Date = morning) async throws -> (
        operation: KioskSync.Operation, content: OperationContent
    ) {
        let operation = try #require(try await due(now).first { $0.kind == kind && (subject == nil || $0.subject == subject) })
        return (operation, try #require(try await store.begin(operation, now: now)))
    }

    /// Performs what is due of a kind with one outcome.
    func perform(_ kind: KioskSync.Operation.Kind, _ outcome: Outcome, now: Date = morning) async throws {
        for operation in try await due(now) where operation.kind == kind {
            guard try await store.begin(operation, now: now) != nil else { continue }
            try await store.record(outcome, of: operation, now: now)
        }
    }

    func performAccounts() async throws {
        try await perform(.account, .delivered(.account(AccountProgress(status: "code-sent", attemptsLeft: 5))))
    }

    /// Takes a dossier to the portal.
    func deliver(_ id: String, version: Int = 1, now: Date = morning) async throws {
        try await performAccounts()
        try await perform(.upload, .delivered(.uploaded(url: "http://127.0.0.1:1/v1/files/x")), now: now)
        let (operation, content) = try await begin(.dossier, id, now: now)
        guard case .dossier(let dossier) = content else { throw StoreError.noDossier }
        let held = Self.portal(id, answers: dossier.content.answers, version: version, papers: dossier.content.papers)
        try await store.record(.delivered(.dossier(held)), of: operation, now: now)
    }

    static func portal(
        _ id: String, answers: JSONValue = .emptyObject, version: Int = 1, status: String = "received", papers: [Paper] = [],
        remark: String? = nil, editedBy: String = "kiosk"
    ) -> PortalDossier {
        PortalDossier(
            id: id, code: "G01.899.108.000-220408-0001", version: version, status: PortalStatus(rawValue: status),
            statusAt: "2022-04-08T10:00:00+07:00", dueAt: nil,
            remarks: remark.map { [PortalDossier.Remark(at: "2022-04-08T11:00:00+07:00", by: "Cán bộ", text: $0, pointer: nil)] }
                ?? [],
            procedure: "LUU_TRU", answers: answers,
            papers: papers.map { PortalDossier.HeldPaper(component: $0.component, sha256: $0.sha256) }, details: papers,
            editedBy: editedBy,
            etag: "\"\(version)\"")
    }
}

/// The store's error of a call that has to fail.
func failure(of body: () async throws -> Void) async -> StoreError? {
    do {
        try await body()
        Issue.record("nothing was thrown")
    } catch let error as StoreError {
        return error
    } catch {
        Issue.record(error)
    }
    return nil
}

extension StoreError {
    var isWeakPIN: Bool {
        if case .vault(let error) = self, case .weakPIN = error { true } else { false }
    }
}
