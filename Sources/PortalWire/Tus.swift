import FoundationEssentials

/// The header names and forms of tus 1.0.0 (https://tus.io/protocols/resumable-upload) that the contract uses.
public enum Tus {
    /// The protocol version, sent as `Tus-Resumable`.
    public static let version = "1.0.0"
    /// The media type of a `PATCH` body.
    public static let contentType = "application/offset+octet-stream"

    /// The value of an `Upload-Metadata` header: keys with base64 values, in the order given.
    public static func encode(metadata: [(key: String, value: String)]) -> String {
        metadata.map { "\($0.key) \(Data($0.value.utf8).base64EncodedString())" }.joined(separator: ",")
    }

    /// Reads an `Upload-Metadata` header.
    ///
    /// - Returns: nil where it is malformed or names a key twice.
    public static func decode(metadata header: String) -> [String: String]? {
        var result: [String: String] = [:]
        for pair in header.split(separator: ",") {
            let parts = pair.split(separator: " ", omittingEmptySubsequences: true)
            guard let key = parts.first, parts.count <= 2 else { return nil }
            let encoded = parts.count == 2 ? String(parts[1]) : ""
            guard let data = Data(base64Encoded: encoded), let text = String(validating: data, as: UTF8.self),
                result.updateValue(text, forKey: String(key)) == nil
            else { return nil }
        }
        return result
    }
}
