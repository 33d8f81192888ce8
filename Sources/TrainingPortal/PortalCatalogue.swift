internal import FoundationEssentials
internal import JSONTree
internal import KioskVault

/// The procedure catalogue as the portal needs it: served byte by byte, read with tolerance (its form is the kiosk's affair).
///
/// One that cannot be read is served too: a trainer publishes it to see what kiosks do. The portal then goes on with the procedures
/// of the one before.
struct PortalCatalogue: Sendable {
    /// A component that every dossier of the procedure must have.
    struct RequiredComponent: Sendable {
        let id: String
        /// Its Vietnamese name, or its id where it has none.
        let name: String
    }

    /// Its version; nil where it has none.
    let version: String?
    /// Whether the portal itself could read it.
    let isReadable: Bool
    /// The text as given.
    let bytes: [UInt8]
    /// The text of the last catalogue that the portal could read: this one, or the one before.
    let lastReadable: [UInt8]
    /// A strong entity-tag made of the text's digest.
    let etag: String
    private let procedures: [String: Procedure]

    private struct Procedure: Sendable {
        let name: String
        let required: [RequiredComponent]
    }

    /// Reads a catalogue.
    ///
    /// - Throws: ``TrainingPortalError/catalogueUnreadable``, `VaultError`.
    init(_ bytes: [UInt8]) throws {
        try self.init(bytes, before: nil)
    }

    /// A catalogue to be published, whatever is in it.
    init(published bytes: [UInt8], after before: PortalCatalogue) throws {
        try self.init(bytes, before: before)
    }

    private init(_ bytes: [UInt8], before: PortalCatalogue?) throws {
        let value = try? JSONText.decode(JSONValue.self, from: Data(bytes))
        let list = value?["procedures"]?.arrayValue
        guard list != nil || before != nil else { throw TrainingPortalError.catalogueUnreadable }
        isReadable = list != nil
        version = value?["version"]?.stringValue
        self.bytes = bytes
        lastReadable = list == nil ? before?.lastReadable ?? bytes : bytes
        etag = "\"catalogue-" + Hex.encode(try SHA256Digest.of(bytes).prefix(8)) + "\""
        guard let list else {
            procedures = before?.procedures ?? [:]
            return
        }
        var procedures: [String: Procedure] = [:]
        for entry in list {
            guard let code = entry["code"]?.stringValue else { continue }
            let required = (entry["components"]?.arrayValue ?? []).compactMap { component -> RequiredComponent? in
                guard component["required"]?.boolValue == true, let id = component["id"]?.stringValue else { return nil }
                return RequiredComponent(id: id, name: Self.name(of: component) ?? id)
            }
            procedures[code] = Procedure(name: Self.name(of: entry) ?? code, required: required)
        }
        self.procedures = procedures
    }

    /// The procedures' codes and names, by code.
    var list: [(code: String, name: String)] { procedures.map { ($0.key, $0.value.name) }.sorted { $0.code < $1.code } }

    /// Whether the catalogue has a procedure.
    func has(_ procedure: String) -> Bool { procedures[procedure] != nil }

    /// The Vietnamese name of a procedure, or its code.
    func name(of procedure: String) -> String { procedures[procedure]?.name ?? procedure }

    /// The components that every dossier of a procedure must have.
    func required(of procedure: String) -> [RequiredComponent] { procedures[procedure]?.required ?? [] }

    private static func name(of value: JSONValue) -> String? {
        value["name"]?["vi"]?.stringValue ?? value["name"]?.stringValue
    }
}
