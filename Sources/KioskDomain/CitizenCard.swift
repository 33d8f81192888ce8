/// What the QR code of a citizen's card says (CCCD from 2021, căn cước from July 2024; `procedures.md` 2.4).
///
/// The code is not signed: it saves typing and proves nothing. Of a card of 2024 the fields of the family are not even read.
public struct CitizenCard: Equatable, Sendable {
    /// Twelve digits.
    public let citizenId: CitizenID
    /// The nine digits of the identity card before it; nil where the card names none.
    public let oldNumber: String?
    /// As on the card, letter for letter.
    public let fullName: String
    /// Day, month and year of birth as far as the card knows them; nil where it cannot be read.
    public let birthDate: PartialDate?
    /// Nil where it is neither Nam nor Nữ.
    public let sex: Sex?
    /// The address as on the card: never to be trusted unread, because units and homes change.
    public let residence: String
    /// When the card was issued; nil where it cannot be read.
    public let issuedOn: CalendarDate?

    /// Why a text is no card.
    public enum Fault: String, Error, CaseIterable {
        /// Nothing was scanned.
        case empty
        /// No field is parted from another: another code, or a keyboard that has no `|`.
        case noFields
        /// Fields are missing.
        case tooShort
        /// The first field has not twelve digits.
        case number
        /// The letters were changed on their way, by an input method or a code page.
        case spoiled

        /// What is wrong and what to do.
        public var message: LocalText {
            switch self {
            case .empty:
                LocalText(
                    vi: "Chưa nhận được mã nào. Hãy đưa thẻ lại gần máy quét rồi quét lại.",
                    en: "Nothing was scanned. Hold the card nearer to the scanner and scan again.")
            case .noFields:
                LocalText(
                    vi: "Đây không phải mã QR của thẻ căn cước, hoặc máy quét gõ sai dấu “|”. Hãy quét mã QR trên thẻ; nếu "
                        + "vẫn lỗi, tắt bộ gõ của máy (Unikey, IBus), đặt bàn phím tiếng Anh (Mỹ) rồi quét lại.",
                    en: "This is not a citizen card's QR code, or the scanner's “|” went wrong. Scan the code on the "
                        + "card; if it fails again, turn off the computer's input method, set the keyboard to English (US) and scan again."
                )
            case .tooShort:
                LocalText(
                    vi: "Mã quét bị thiếu phần cuối. Hãy giữ yên thẻ và quét lại.",
                    en: "The end of the code is missing. Hold the card still and scan again.")
            case .number:
                LocalText(
                    vi: "Số định danh trong mã không đủ 12 chữ số: máy quét đã gõ sai. Hãy tắt bộ gõ của máy (Unikey, "
                        + "IBus) rồi quét lại, hoặc nhập tay theo thẻ.",
                    en: "The number in the code has not 12 digits: the scanner's typing went wrong. Turn off the "
                        + "computer's input method and scan again, or type from the card.")
            case .spoiled:
                LocalText(
                    vi: "Chữ có dấu trong mã bị hỏng. Hãy tắt bộ gõ của máy và đặt máy quét sang UTF-8 (chế độ USB-COM), hoặc "
                        + "nhập tay theo thẻ.",
                    en: "Letters with diacritics were spoiled. Turn off the computer's input method and set the scanner to UTF-8 "
                        + "(USB-COM mode), or type from the card.")
            }
        }
    }

    /// Reads what a scanner typed.
    ///
    /// - Throws: ``Fault``.
    public init(_ text: String) throws(Fault) {
        // Cleaning takes line ends, the byte order mark and what else cannot be seen, and makes it NFC.
        let clean = StoredText.clean(text)
        guard !clean.isEmpty else { throw .empty }
        let parts = clean.split(separator: "|", omittingEmptySubsequences: false).map(\.trimmed)
        guard parts.count > 1 else { throw .noFields }
        let digits = parts[0]
        guard digits.count == 12, digits.allSatisfy(\.isASCIIDigit), let number = CitizenID(digits) else { throw .number }
        guard parts.count >= 7 else { throw .tooShort }
        let name = parts[2]
        guard name.contains(where: \.isLetter), !Self.isSpoiled(name), !Self.isMisread(parts[5]),
            !name.contains(where: \.isNumber)
        else { throw .spoiled }
        citizenId = number
        oldNumber = parts[1].count == 9 && parts[1].allSatisfy(\.isASCIIDigit) ? parts[1] : nil
        fullName = name
        birthDate = Self.birth(parts[3])
        sex = ["nam": .male, "nữ": .female][parts[4].lowercased()]
        residence = parts[5]
        issuedOn = Self.birth(parts[6]).flatMap { date in
            date.month.flatMap { month in date.day.flatMap { CalendarDate(year: date.year, month: month, day: $0) } }
        }
    }

    /// `ddMMyyyy`, where zeros stand for what is not known; a year alone; or with separators.
    private static func birth(_ text: String) -> PartialDate? {
        guard text.allSatisfy(\.isASCIIDigit), text.count == 8 else {
            return text.count >= 4 ? PartialDate(text) : nil
        }
        let (day, month, year) = (text.prefix(2), text.dropFirst(2).prefix(2), text.suffix(4))
        if month == "00" { return PartialDate(String(year)) }
        return PartialDate(day == "00" ? "\(month)/\(year)" : "\(day)/\(month)/\(year)")
    }

    /// Whether a name has what no name has: question marks for letters that the scanner had no key for, another code page.
    private static func isSpoiled(_ text: String) -> Bool {
        isMisread(text)
            || text.unicodeScalars.contains { scalar in
                switch scalar {
                case "?", "\u{80}"..."\u{BF}", "Æ", "Ä", "Å": true
                default: false
                }
            }
    }

    /// Whether UTF-8 was read as another code page.
    private static func isMisread(_ text: String) -> Bool {
        ["\u{FFFD}", "áº", "á»", "Ã¡", "Ã ", "Æ°", "Ä‘"].contains { text.contains($0) }
    }
}
