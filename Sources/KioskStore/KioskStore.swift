public import FoundationEssentials
internal import Glibc
public import KioskDomain
public import KioskSync
public import KioskVault
internal import SQLiteAccess
internal import Synchronization

/// A kiosk's data folder, locked: what can be known and done without a PIN.
public final class KioskStore: Sendable {
    /// The data folder.
    public let folder: String
    let database: Database
    let chunks: ChunkFile
    let made = Mutex<MadeCatalogue?>(nil)
    let ownOfLater = Mutex(OwnCatalogue())
    let configuration: Configuration
    let space: DiskSpace

    /// What is set of a kiosk besides what its folder holds.
    public struct Configuration: Sendable {
        /// How heavy papers may be; what is nil here the catalogue says.
        public var limits = PaperLimits()
        /// So much of the disk is kept free of papers, in MB, and half of it set aside in a file; 0: nothing.
        public var reserveMegabytes = 0
        /// The bytes that are free on the disk of a folder; nil where that cannot be known.
        public var freeBytes: @Sendable (_ folder: String) -> Int? = DiskSpace.freeBytes
        /// Time since this machine started; nil where that cannot be known.
        public var bootTime: @Sendable () -> BootTime? = BootClock.now

        /// The usual settings.
        public init() {}
    }

    /// What `kiosk init` is told.
    public struct Founding: Sendable {
        /// The kiosk's id at the portal.
        public var kioskID: String
        /// The kiosk's secret at the portal.
        public var portalSecret: String
        /// The portal's address, without a slash at its end.
        public var portal: String
        /// The village's name.
        public var village: String
        /// The first operator's name.
        public var operatorName: String
        /// The first operator's PIN.
        public var pin: String
        /// What a guess at a PIN costs.
        public var pinCost: Vault.PINCost

        /// What `kiosk init` is told.
        public init(
            kioskID: String, portalSecret: String, portal: String, village: String, operatorName: String, pin: String,
            pinCost: Vault.PINCost = .standard
        ) {
            self.kioskID = kioskID
            self.portalSecret = portalSecret
            self.portal = portal
            self.village = village
            self.operatorName = operatorName
            self.pin = pin
            self.pinCost = pinCost
        }
    }

    /// What stands in the clear about the kiosk itself.
    public struct Identity: Codable, Equatable, Sendable {
        /// The kiosk's id at the portal.
        public var kioskID: String
        /// The village's name.
        public var village: String
        /// The portal's address.
        public var portal: String

        enum CodingKeys: String, CodingKey {
            case kioskID = "kioskId"
            case village, portal
        }
    }

    private init(folder: String, database: Database, chunks: ChunkFile, configuration: Configuration) {
        self.folder = folder
        self.database = database
        self.chunks = chunks
        self.configuration = configuration
        space = DiskSpace(folder: folder, configuration: configuration)
        space.setAside()
    }

    /// Opens a data folder: checks the files' headers and schemas and brings the schemas up to date.
    ///
    /// - Throws: ``StoreError``: `.noKiosk`, or `.database` where a file is damaged, missing or newer than this program.
    public static func open(folder: String, configuration: Configuration = Configuration()) throws -> KioskStore {
        let path = folder + "/kiosk.sqlite"
        guard access(path, F_OK) == 0 else { throw StoreError.noKiosk(folder: folder) }
        return try mapped {
            var connection = try Connection(path: path)
            let chunks = try ChunkFile.open(in: folder, beside: connection)
            try Schema.migrator.run(on: &connection)
            let count = try connection.first("SELECT count(*) FROM operators") { $0.int(0) }
            guard count ?? 0 > 0 else { throw StoreError.noKiosk(folder: folder) }
            return KioskStore(
                folder: folder, database: Database(connection, label: "kiosk.store"), chunks: chunks, configuration: configuration
            )
        }
    }

    /// Makes a kiosk in a folder.
    ///
    /// All of it is there when this returns, or nothing of it.
    ///
    /// - Parameter telling: gets the recovery key when all is ready and nothing is committed yet: a program that ends before the key is
    ///   out has made no kiosk. What it throws ends the founding.
    /// - Returns: the store and the recovery key; it is kept nowhere.
    /// - Throws: ``StoreError``: `.kioskExists`, `.folder`, `.vault(.weakPIN)`.
    public static func found(
        _ founding: Founding, in folder: String, configuration: Configuration = Configuration(), now: Date,
        telling: @Sendable (_ recoveryKey: String) throws -> Void = { _ in }
    ) async throws -> (store: KioskStore, recoveryKey: String) {
        try prepare(folder)
        let path = folder + "/kiosk.sqlite"
        return try await mapped {
            let vault = try Vault()
            let recovery = try RecoveryKey()
            let printed = try recovery.printed()
            let operatorID = try Identifier.new(now: now)
            let wrapped = try vault.wrap(pin: StoredText.normalised(founding.pin), for: operatorID, cost: founding.pinCost)
            let sealedSecret = try vault.records.seal(Array(founding.portalSecret.utf8), as: "secret/portal")
            let recoverable = try vault.wrap(for: recovery)
            var connection = try Connection(path: path)
            chmod(path, 0o600)
            let chunks = try ChunkFile.open(in: folder, beside: connection)
            try Schema.migrator.run(on: &connection)
            let database = Database(connection, label: "kiosk.store")
            try await database.write { db in
                guard try db.first("SELECT 1 FROM operators", { _ in true }) == nil else {
                    throw StoreError.kioskExists(folder: folder)
                }
                try db.run("INSERT INTO settings (key, value) VALUES ('kiosk-id', \(founding.kioskID))")
                try db.run("INSERT INTO settings (key, value) VALUES ('village', \(founding.village))")
                try db.run("INSERT INTO settings (key, value) VALUES ('portal', \(founding.portal))")
                try db.run("INSERT INTO secrets (name, sealed) VALUES ('portal', \(sealedSecret))")
                try db.run("INSERT INTO secrets (name, sealed) VALUES ('recovery', \(recoverable))")
                try db.insertOperator(id: operatorID, name: founding.operatorName, wrapped: wrapped, now: now)
                try telling(printed)
            }
            return (
                KioskStore(folder: folder, database: database, chunks: chunks, configuration: configuration),
                printed
            )
        }
    }

    private static func prepare(_ folder: String) throws(StoreError) {
        var made = ""
        for part in folder.split(separator: "/", omittingEmptySubsequences: false) {
            made += made.isEmpty && part.isEmpty ? "/" : (made.isEmpty || made.hasSuffix("/") ? "" : "/") + part
            guard !part.isEmpty, access(made, F_OK) != 0 else { continue }
            guard mkdir(made, 0o700) == 0 || errno == EEXIST else {
                throw .folder(folder, reason: "cannot be made (\(String(cString: strerror(errno))))")
            }
        }
        guard access(folder, R_OK | W_OK | X_OK) == 0 else {
            throw .folder(folder, reason: "cannot be written to: choose a folder of this user's")
        }
    }

    /// What stands in the clear about the kiosk itself.
    ///
    /// - Throws: ``StoreError``.
    public func identity() async throws -> Identity {
        try await read { db in
            Identity(
                kioskID: try db.setting("kiosk-id") ?? "", village: try db.setting("village") ?? "",
                portal: try db.setting("portal") ?? "")
        }
    }

    /// Notes that the portal has another address now.
    ///
    /// Uploads that were begun at the old one begin anew, and it is asked for its catalogue.
    ///
    /// - Throws: ``StoreError``.
    public func movePortal(to address: String) async throws {
        try await write { db in
            try db.setSetting("portal", to: address)
            try db.run("UPDATE portal_catalogue SET etag = NULL, version = NULL, ask_at = 0")
        }
    }

    func read<T: Sendable>(_ body: @Sendable (borrowing Connection) throws -> T) async throws -> T {
        try await mapped { try await database.read(body) }
    }

    /// Runs `body` in one transaction; where the disk is full it is tried once more from the reserve.
    func write<T: Sendable>(_ body: @Sendable (inout Connection) throws -> T) async throws -> T {
        do {
            return try await writeWithoutReserve(body)
        } catch StoreError.database(let error) where error.kind == .full {
            space.release()
            // What the log holds twice by now goes back to the disk as well.
            try await read { db in try db.emptyLog() }
            return try await writeWithoutReserve(body)
        }
    }

    /// Runs `body` in one transaction; new papers are not what the reserve is for.
    func writeWithoutReserve<T: Sendable>(_ body: @Sendable (inout Connection) throws -> T) async throws -> T {
        try await mapped { try await database.write(body) }
    }

    /// For the many small transactions of a run: those that wait at once share one sync of the disk.
    func writeTogether<T: Sendable>(_ body: @escaping @Sendable (inout Connection) throws -> T) async throws -> T {
        do {
            return try await mapped { try await database.writeTogether(body) }
        } catch StoreError.database(let error) where error.kind == .full {
            return try await write(body)
        }
    }
}

/// Turns the errors of the modules below into the store's own.
func mapped<T>(_ body: () throws -> T) throws -> T {
    do {
        return try body()
    } catch {
        throw mapped(error)
    }
}

/// Turns the errors of the modules below into the store's own.
func mapped<T>(_ body: () async throws -> T) async throws -> T {
    do {
        return try await body()
    } catch {
        throw mapped(error)
    }
}

private func mapped(_ error: any Error) -> any Error {
    switch error {
    case let error as SQLiteError: StoreError.database(error)
    case let error as VaultError: StoreError.vault(error)
    default: error
    }
}

extension Connection {
    func setting(_ key: String) throws -> String? {
        try first("SELECT value FROM settings WHERE key = \(key)") { $0.text(0) }
    }

    func setSetting(_ key: String, to value: String?) throws {
        if let value {
            try run(
                "INSERT INTO settings (key, value) VALUES (\(key), \(value)) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
            )
        } else {
            try run("DELETE FROM settings WHERE key = \(key)")
        }
    }
}
