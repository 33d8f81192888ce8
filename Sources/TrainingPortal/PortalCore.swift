internal import FoundationEssentials
internal import HTTPServing
internal import JSONTree
internal import KioskVault
internal import SQLiteAccess
internal import Synchronization

/// What all parts of the portal share.
///
/// The parts are extensions of it, one file each.
final class PortalCore: Sendable {
    let options: TrainingPortalOptions
    let database: Database
    let population: Population
    let uploads: UploadFolder
    let tokens = TokenDesk()
    let faults = FaultScript()
    let storyteller = Storyteller()
    /// What a form of the desk must carry: a page of another origin cannot read it.
    ///
    /// New at every start.
    let formToken: String
    /// Names this database in the cursors of the changes feed; another database's cursors are not known here.
    var feedEpoch: String { epoch.withLock { $0 } }
    private let epoch: Mutex<String>
    private let secretKey: LookupKey
    private let published: Mutex<PortalCatalogue>

    /// Opens the data folder, or makes it.
    init(_ options: TrainingPortalOptions) throws {
        self.options = options
        population = try Population()
        let given = try PortalCatalogue(options.catalogue)
        uploads = try UploadFolder(below: options.dataFolder)
        formToken = Hex.encode(try Secret.random(count: 24))
        var connection = try Connection(path: options.dataFolder + "/portal.sqlite")
        try PortalSchema.migrator.run(on: &connection)
        let settings = try connection.transaction { db in
            (
                catalogue: try Publishing.atStart(given: given, in: db),
                key: try Setting.value("secret-key", in: db) { () throws(VaultError) in try Secret.random(count: 32) },
                epoch: try Setting.value("feed-epoch", in: db) { () throws(VaultError) in try Secret.random(count: 6) }
            )
        }
        secretKey = LookupKey(settings.key)
        published = Mutex(settings.catalogue)
        epoch = Mutex(Hex.encode(settings.epoch))
        database = Database(connection, label: "training-portal")
    }

    /// Gives the feed's places other names, now and after a restart: those that kiosks hold are not known any more.
    func renameFeedPlaces() async throws {
        let new = try Secret.random(count: 6)
        try await database.write { db in try db.run("UPDATE setting SET value = \(new) WHERE name = 'feed-epoch'") }
        epoch.withLock { $0 = Hex.encode(new) }
    }

    /// The catalogue that is served.
    var catalogue: PortalCatalogue { published.withLock { $0 } }

    /// Serves another catalogue from now on, also after a restart, and tells all kiosks; it may be a broken one.
    ///
    /// - Returns: its ETag.
    @discardableResult
    func publish(_ bytes: [UInt8]) async throws -> String {
        let before = catalogue
        let new = try PortalCatalogue(published: bytes, after: before)
        do {
            try await database.write { db in
                try Publishing.keep(bytes, in: db)
                // Inside, because reading the feed is a transaction too: whoever hears of it gets it.
                self.published.withLock { $0 = new }
            }
        } catch {
            published.withLock { $0 = before }
            throw error
        }
        return new.etag
    }

    /// The portal's time.
    var now: Date { options.now() }

    /// The stored form of a kiosk's secret.
    func secretHash(_ secret: String, of kiosk: String) -> [UInt8] {
        secretKey.hash(Array(secret.utf8), kind: "kiosk-secret/\(kiosk)")
    }

    /// Reads a JSON body of a message type.
    ///
    /// - Throws: ``Refusal`` 400 with the place of the fault, `HTTPFault` 413 over the limit.
    func message<T: Decodable>(_ type: T.Type, of request: HTTPRequest) async throws -> T {
        request.body.allow(bytes: options.maxRequestBytes)
        let bytes = try await request.body.collect(limit: options.maxRequestBytes)
        do throws(JSONFault) {
            return try JSONText.decode(type, from: Data(bytes))
        } catch {
            throw Refusal.malformed("The body \(error.description).")
        }
    }
}

/// What the portal made up once and keeps.
enum Setting {
    /// The value of a name; made and stored where it is not there yet.
    static func value(
        _ name: String, in db: borrowing Connection, make: () throws(VaultError) -> [UInt8]
    ) throws -> [UInt8] {
        if let value = try db.first("SELECT value FROM setting WHERE name = \(name)", { $0.blob(0) }) { return value }
        let value = try make()
        try db.run("INSERT INTO setting (name, value) VALUES (\(name), \(value))")
        return value
    }
}
