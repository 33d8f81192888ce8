public import FoundationEssentials

/// A text that is not the JSON expected of it, with the place of the fault.
public struct JSONFault: Error, Equatable, CustomStringConvertible {
    /// What is wrong and where, without the values of the document (they may be personal data).
    public let description: String

    /// A fault in words.
    public init(_ description: String) {
        self.description = description
    }
}

/// Reading and writing JSON in the one form the house uses: keys sorted, slashes plain, instants as RFC 3339.
public enum JSONText {
    /// The UTF-8 text of a value, its keys sorted: equal values give equal bytes, which a repeat over the wire relies on.
    ///
    /// - Throws: ``JSONFault`` where the value cannot be written as JSON.
    public static func encode(_ value: some Encodable, pretty: Bool = false) throws(JSONFault) -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting =
            pretty ? [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted] : [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        do {
            return try encoder.encode(value)
        } catch {
            throw JSONFault("cannot be written as JSON (\(type(of: value)))")
        }
    }

    /// Reads a value of a type.
    ///
    /// - Parameter json5: whether comments, trailing commas and unquoted keys are allowed (configuration files).
    /// - Throws: ``JSONFault`` that names the path of the fault but never its value.
    public static func decode<T: Decodable>(_ type: T.Type, from data: Data, json5: Bool = false) throws(JSONFault) -> T {
        let decoder = JSONDecoder()
        decoder.allowsJSON5 = json5
        decoder.dateDecodingStrategy = .iso8601
        do {
            return try decoder.decode(type, from: data)
        } catch let error as DecodingError {
            throw JSONFault(words(for: error))
        } catch {
            throw JSONFault("is not JSON")
        }
    }

    private static func words(for error: DecodingError) -> String {
        func path(_ context: DecodingError.Context, _ last: String? = nil) -> String {
            let keys = context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue } + (last.map { [$0] } ?? [])
            return keys.isEmpty ? "the top level" : JSONPointer(tokens: keys).description
        }
        switch error {
        case .keyNotFound(let key, let context): return "\(path(context, key.stringValue)) is missing"
        case .valueNotFound(_, let context): return "\(path(context)) is null"
        case .typeMismatch(let type, let context): return "\(path(context)) is not of the type \(type)"
        case .dataCorrupted(let context):
            return context.codingPath.isEmpty ? "is not JSON" : "\(path(context)) is not valid: \(context.debugDescription)"
        @unknown default: return "is not the JSON expected"
        }
    }
}
