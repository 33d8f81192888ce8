internal import FoundationEssentials
internal import HTTPServing
internal import KioskDomain

/// Says things in the reader's language.
///
/// Every text is given in both, so that none is forgotten.
struct Tongue: Sendable {
    static let cookie = "kiosk_lang"
    let language: Language

    init(_ language: Language) { self.language = language }

    init(_ request: HTTPRequest) { language = request.cookie(Self.cookie).flatMap(Language.init) ?? .vi }

    func callAsFunction(_ vi: String, _ en: String) -> String { language == .vi ? vi : en }

    func callAsFunction(_ text: LocalText) -> String { text(language) }

    /// An instant as `HH:mm dd/MM/yyyy`; a text that is no instant as it is.
    func time(_ rfc3339: String) -> String {
        VietnamTime.instant(rfc3339: rfc3339).map(VietnamTime.spoken) ?? rfc3339
    }

    /// A number of bytes as people say it.
    func size(_ bytes: Int) -> String {
        if bytes < 1024 { return "\(bytes) B" }
        if bytes < 1_048_576 { return "\(bytes / 1024) KB" }
        let tenths = bytes * 10 / 1_048_576
        return "\(tenths / 10)\(language == .vi ? "," : ".")\(tenths % 10) MB"
    }
}

extension String {
    /// With a capital at its beginning: the catalogue spells names as the letter has them.
    var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }

    /// As part of a query: everything but unreserved characters and slashes escaped (RFC 3986, section 2.3).
    var escapedForQuery: String {
        let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/".utf8)
        let digits = Array("0123456789ABCDEF")
        var result = ""
        for byte in utf8 {
            if plain.contains(byte) {
                result.unicodeScalars.append(UnicodeScalar(byte))
            } else {
                result += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
            }
        }
        return result
    }

    /// Without percent escapes; nil where they are malformed.
    var unescaped: String? {
        var bytes: [UInt8] = []
        var rest = utf8.makeIterator()
        while let byte = rest.next() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.next(), let low = rest.next(),
                let value = UInt8(String(decoding: [high, low], as: UTF8.self), radix: 16)
            else { return nil }
            bytes.append(value)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
