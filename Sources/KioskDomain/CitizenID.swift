/// Sex as registered.
public enum Sex: String, Codable, Sendable, CaseIterable {
    /// Nam.
    case male
    /// Nữ.
    case female
}

/// A citizen's twelve-digit number (số định danh cá nhân, số CCCD): `PPP G YY NNNNNN` (Nghị định 137/2015/NĐ-CP, article 13).
///
/// It has no check digit. Where the number disagrees with sex or birth it is a warning, never an error: numbers stay when civil
/// status is corrected.
public struct CitizenID: Hashable, Sendable, CustomStringConvertible {
    /// Twelve digits.
    public let description: String
    private let digits: [Int]

    /// Reads twelve digits; spaces and dots between them are dropped.
    public init?(_ text: String) {
        let plain = text.filter { !$0.isWhitespace && $0 != "." }
        let digits = plain.compactMap { $0.isASCIIDigit ? $0.wholeNumberValue : nil }
        guard digits.count == 12, plain.count == 12 else { return nil }
        self.digits = digits
        description = String(plain)
    }

    /// Where the birth was registered: 001 to 096 for a province, other numbers for births abroad.
    public var provinceCode: String { String(description.prefix(3)) }

    /// The sex that the fourth digit tells.
    public var sex: Sex { digits[3] % 2 == 0 ? .male : .female }

    /// The birth year that the fourth to sixth digits tell, 1900 to 2399.
    public var birthYear: Int { 1900 + digits[3] / 2 * 100 + digits[4] * 10 + digits[5] }

    /// Whether the province code is one of the 63 that were in force from 2021 to June 2025; numbers keep them for life.
    public var hasKnownProvince: Bool { Self.provinces.contains(Int(provinceCode) ?? 0) }

    /// Whether the code can be that of a country: people whose birth was registered abroad have 1xx to 2xx.
    public var hasCountryCode: Bool { (100...299).contains(Int(provinceCode) ?? 0) }

    private static let provinces: Set<Int> = [
        1, 2, 4, 6, 8, 10, 11, 12, 14, 15, 17, 19, 20, 22, 24, 25, 26, 27, 30, 31, 33, 34, 35, 36, 37, 38, 40, 42, 44, 45, 46, 48,
        49,
        51, 52, 54, 56, 58, 60, 62, 64, 66, 67, 68, 70, 72, 74, 75, 77, 79, 80, 82, 83, 84, 86, 87, 89, 91, 92, 93, 94, 95, 96,
    ]
}

/// A Vietnamese mobile number.
public struct PhoneNumber: Hashable, Sendable, CustomStringConvertible {
    /// Ten digits from `0`.
    public let description: String

    /// Reads a number as typed: spaces, dots and hyphens dropped, `+84` and `84` turned into `0`.
    ///
    /// An eleven-digit number from before September 2018 is read as the ten digits that took its place.
    public init?(_ text: String) {
        guard let number = Self.read(text) else { return nil }
        description = number.digits
    }

    /// The number of today for an eleven-digit one from before September 2018; nil where the text is another number or none.
    public static func renewed(_ text: String) -> PhoneNumber? {
        read(text)?.isRenewed == true ? PhoneNumber(text) : nil
    }

    private static func read(_ text: String) -> (digits: String, isRenewed: Bool)? {
        var isRenewed = false
        var digits = text.filter { !$0.isWhitespace && !".-()".contains($0) }
        if digits.hasPrefix("+84") { digits = "0" + digits.dropFirst(3) }
        if digits.hasPrefix("84"), digits.count == 11 { digits = "0" + digits.dropFirst(2) }
        if digits.hasPrefix("00") { digits.removeFirst() }
        guard digits.allSatisfy(\.isASCIIDigit) else { return nil }
        if digits.count == 11, let new = renumbered[String(digits.prefix(4))] {
            digits = new + digits.dropFirst(4)
            isRenewed = true
        }
        guard digits.count == 10, digits.first == "0", let second = digits.dropFirst().first, "35789".contains(second) else {
            return nil
        }
        return (digits, isRenewed)
    }

    /// Old prefixes and what took their place in 2018.
    private static let renumbered = [
        "0162": "032", "0163": "033", "0164": "034", "0165": "035", "0166": "036", "0167": "037", "0168": "038", "0169": "039",
        "0120": "070", "0121": "079", "0122": "077", "0126": "076", "0128": "078", "0123": "083", "0124": "084", "0125": "085",
        "0127": "081", "0129": "082", "0186": "056", "0188": "058", "0199": "059",
    ]
}
