public import FoundationEssentials

/// How a training portal is set up.
///
/// It always listens on 127.0.0.1 only.
public struct TrainingPortalOptions: Sendable {
    /// The folder of the database and the uploaded files; made with mode 0700 where it is missing.
    public var dataFolder: String
    /// The port; 0 lets the system choose.
    public var port: UInt16
    /// The procedure catalogue that it serves, as JSON text in UTF-8.
    public var catalogue: [UInt8]
    /// Another tus server whose files count as this portal's own; none where nil.
    ///
    /// The desk cannot show them.
    public var filesElsewhere: FilesElsewhere?
    /// The largest file that it takes, in bytes; a larger one gets 413.
    ///
    /// Bodies of tus requests are streamed to the disk and have no other limit.
    public var maxFileBytes = 300 * 1024 * 1024
    /// The largest JSON document that it takes, in bytes.
    public var maxRequestBytes = 16 * 1024 * 1024
    /// The portal's clock; a test gives its own.
    public var now: @Sendable () -> Date = { Date() }

    /// A set-up with the usual limits.
    public init(dataFolder: String, port: UInt16, catalogue: [UInt8]) {
        self.dataFolder = dataFolder
        self.port = port
        self.catalogue = catalogue
    }
}

/// What can go wrong in the training portal apart from its database and socket.
///
/// No case carries personal data.
public enum TrainingPortalError: Error, Equatable, CustomStringConvertible {
    /// The catalogue given is no JSON object with a list `procedures`.
    case catalogueUnreadable
    /// The embedded list of residents cannot be read: a fault of this program.
    case residentsUnreadable
    /// A system call on a file failed; `operation` names it, `code` is errno.
    case file(operation: String, code: Int32)
    /// No dossier has this id.
    case unknownDossier(id: String)
    /// No account has this id.
    case unknownAccount(id: String)
    /// The act does not fit the dossier's status, or lacks something; `reason` says so in Vietnamese, for the officer.
    case actRefused(reason: String)
    /// Stored text that is not what this program wrote.
    case storedTextUnreadable(table: String)

    /// A sentence for the log.
    public var description: String {
        switch self {
        case .catalogueUnreadable: "the catalogue is no JSON object with a list «procedures»: give the kiosk's own catalogue file"
        case .residentsUnreadable: "the embedded residents.json cannot be read: this is a fault of the program"
        case .file(let operation, let code): "\(operation) failed (errno \(code)): check the portal's data folder and disk"
        case .unknownDossier(let id): "no dossier \(id) at this portal"
        case .unknownAccount(let id): "no account \(id) at this portal"
        case .actRefused(let reason): reason
        case .storedTextUnreadable(let table): "a row of «\(table)» is not as this program wrote it: start with a new data folder"
        }
    }
}
