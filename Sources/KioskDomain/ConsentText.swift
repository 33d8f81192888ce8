internal import JSONTree

/// The catalogue's consent texts, each for its time.
///
/// On every day exactly one holds (`/consent/editions`).
public struct ConsentTexts: Codable, Equatable, Sendable {
    /// The texts; one in the catalogue of a day.
    public var editions: [ConsentText]

    private enum Keys: String, CodingKey {
        case editions
    }

    /// Reads the texts, or the one text without purposes of catalogues that dossiers were begun with before purposes were asked apart.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Keys.self)
        if !container.contains(.editions), let old = try? ConsentText(from: decoder), old.purposes == nil {
            editions = [old]
        } else {
            editions = try container.decode([ConsentText].self, forKey: .editions)
        }
    }
}

/// What is read to a resident and agreed to, purpose by purpose (`procedures.md` 6.6: voluntary, informed, specific, never
/// ticked beforehand).
public struct ConsentText: Codable, Equatable, Sendable, Dated {
    /// Its version; a sealed consent names it.
    public var version: String
    /// The first day on which it is read (`YYYY-MM-DD`).
    public var from: String?
    /// The last day on which it is read.
    public var until: String?
    /// What comes before the purposes: whose data, by whom, with which rights.
    public var text: LocalText
    /// The age in years below which a parent or guardian consents.
    public var guardianUnder: Int?
    /// What is agreed to, one by one; nil only in editions from before purposes were asked apart.
    public var purposes: [Purpose]?

    /// One purpose.
    public struct Purpose: Codable, Equatable, Sendable {
        /// Filing on the resident's behalf; needed to seal.
        public static let filing = "filing"
        /// Keeping the scans until they are at the portal; needed to seal.
        public static let keepScans = "keep-scans"
        /// Contact by SMS or phone.
        public static let contact = "contact"
        /// Offering earlier answers and papers again later.
        public static let reuse = "reuse"

        /// Its id, such as `filing`.
        public var id: String
        /// A few words for lists.
        public var name: LocalText
        /// What is agreed to.
        public var text: LocalText
        /// Whether a dossier cannot be sealed without it.
        public var required: Bool
    }

    /// The purpose of an id.
    public func purpose(_ id: String) -> Purpose? { purposes?.first { $0.id == id } }

    /// Whether someone born then is surely below ``guardianUnder``; false where the date cannot be read.
    public func isMinor(birthDate: String, on day: CalendarDate) -> Bool {
        guard let guardianUnder, let born = PartialDate(birthDate) else { return false }
        return born.earliest.years(on: day) < guardianUnder
    }

    /// What a consent lacks; empty where the dossier can be sealed with it.
    ///
    /// - Parameters:
    ///   - isMinor: whether the applicant is under age.
    ///   - hasPage: whether a photo of the signed page is there.
    public func issues(in given: ConsentGiven, isMinor: Bool, hasPage: Bool) -> [ConsentIssue] {
        func issue(_ field: String, _ code: String, _ message: LocalText) -> ConsentIssue {
            ConsentIssue(field: "consent.\(field)", code: code, message: message)
        }
        let known = purposes ?? []
        var found = known.filter { $0.required && !given.purposes.contains($0.id) }
            .map { issue($0.id, "required", ConsentMessages.missing($0)) }
        found += given.purposes.subtracting(known.map(\.id)).sorted()
            .map { issue($0, "unknown-purpose", ConsentMessages.unknownPurpose(known)) }
        switch given.by {
        case nil: found.append(issue("by", "required", ConsentMessages.by))
        case .applicant where isMinor: found.append(issue("by", "guardian-needed", ConsentMessages.minor(guardianUnder ?? 0)))
        case .applicant: break
        case .guardian:
            if let message = Self.fault(ofName: given.guardian, absent: ConsentMessages.guardian) {
                found.append(issue("guardian", message.code, message.text))
            }
            if given.relation == nil { found.append(issue("relation", "required", ConsentMessages.relation)) }
        }
        if given.cannotWrite, let message = Self.fault(ofName: given.witness, absent: ConsentMessages.witness) {
            found.append(issue("witness", message.code, message.text))
        }
        switch given.evidence {
        case nil: found.append(issue("evidence", "required", ConsentMessages.evidence))
        case .signature where given.cannotWrite:
            found.append(issue("evidence", "cannot-write", ConsentMessages.cannotSign))
        case .signature where Signature(path: given.signature) == nil:
            found.append(issue("signature", given.signature.isEmpty ? "required" : "not-a-signature", ConsentMessages.signature))
        case .photo where !hasPage: found.append(issue("photo", "required", ConsentMessages.photo))
        case .witnessed:
            let reason = StoredText.clean(given.reason)
            if reason.isEmpty { found.append(issue("reason", "required", ConsentMessages.reason)) }
            if reason.count > 500 { found.append(issue("reason", "too-long", Messages.tooLong(500))) }
        case .signature, .photo: break
        }
        return found
    }

    private static func fault(ofName text: String, absent: LocalText) -> (code: String, text: LocalText)? {
        let name = StoredText.clean(text)
        if name.isEmpty { return ("required", absent) }
        if name.count > 100 { return ("too-long", Messages.tooLong(100)) }
        if name.contains(where: \.isNumber) { return ("name-has-digits", Messages.nameHasDigits) }
        return name.contains(where: \.isLetter) ? nil : ("not-a-name", Messages.notAName)
    }

    /// The consent to be sealed; ``issues(in:isMinor:hasPage:)`` has to be empty.
    ///
    /// - Parameter at: when it was given (RFC 3339).
    public func consent(_ given: ConsentGiven, at: String, operatorName: String) -> Consent {
        let agreed = (purposes ?? []).filter { given.purposes.contains($0.id) }
        let guardian = given.relation.map { Consent.Guardian(name: StoredText.clean(given.guardian), relation: $0) }
        return Consent(
            at: at, by: given.by ?? .applicant, version: version, text: words(agreed), purposes: agreed.map(\.id),
            guardian: given.by == .guardian ? guardian : nil,
            witness: given.cannotWrite ? StoredText.clean(given.witness) : nil, operatorName: operatorName,
            evidence: given.evidence, reason: given.evidence == .witnessed ? StoredText.clean(given.reason) : nil)
    }

    /// What was agreed to as one text, with its version: it goes to the portal, which has no other place for them.
    private func words(_ agreed: [Purpose]) -> String {
        ([text.vi] + agreed.map { "[\($0.id)] \($0.text.vi)" } + ["(Lời đồng ý, phiên bản \(version))"]).joined(separator: "\n")
    }

    /// Refuses what could be read but would leave a resident unasked.
    func check(at path: String) throws(JSONFault) {
        guard !version.isEmpty else { throw JSONFault("\(path)/version is empty") }
        guard let guardianUnder, (1...100).contains(guardianUnder) else {
            throw JSONFault("\(path)/guardianUnder is not an age from 1 to 100")
        }
        let purposes = purposes ?? []
        let idCharacters = Set("abcdefghijklmnopqrstuvwxyz0123456789-")
        let taken: Set<String> = ["by", "guardian", "relation", "witness", "evidence", "reason", "signature", "photo", "page"]
        for (index, purpose) in purposes.enumerated() {
            guard !purpose.id.isEmpty, purpose.id.allSatisfy(idCharacters.contains), !taken.contains(purpose.id) else {
                throw JSONFault("\(path)/purposes/\(index)/id is not a-z, 0-9 or -, or is the name of another field")
            }
            guard ![purpose.text.vi, purpose.text.en, purpose.name.vi, purpose.name.en].contains(where: \.isEmpty) else {
                throw JSONFault("\(path)/purposes/\(index) has an empty text")
            }
        }
        guard Set(purposes.map(\.id)).count == purposes.count else { throw JSONFault("\(path)/purposes has an id twice") }
        for id in [Purpose.filing, Purpose.keepScans] where purpose(id)?.required != true {
            throw JSONFault("\(path)/purposes has no required purpose \(id)")
        }
        for id in [Purpose.contact, Purpose.reuse] where purpose(id)?.required == true {
            throw JSONFault("\(path)/purposes requires \(id), which a resident may refuse")
        }
    }
}

/// What a consent lacks, in words.
private enum ConsentMessages {
    static let by = LocalText(
        vi: "Hãy chọn ai đồng ý: người kê khai, hay cha, mẹ hoặc người giám hộ.",
        en: "Choose who consents: the applicant, or a parent or guardian.")
    static let guardian = LocalText(
        vi: "Hãy ghi họ tên cha, mẹ hoặc người giám hộ đã đồng ý.", en: "Write the name of the parent or guardian who consented.")
    static let relation = LocalText(
        vi: "Hãy chọn quan hệ với người kê khai.", en: "Choose what they are to the applicant.")
    static let witness = LocalText(
        vi: "Người đồng ý không viết được thì cần họ tên người làm chứng.",
        en: "Where the one who consents cannot write, the name of a witness is needed.")
    static let evidence = LocalText(
        vi: "Hãy chọn một cách ghi lại sự đồng ý: ký trên màn hình, ảnh trang đã ký, hoặc người trực xác nhận.",
        en: "Choose how the consent is recorded: signed on the screen, a photo of the signed page, or the operator's word.")
    static let cannotSign = LocalText(
        vi: "Người không viết được thì không ký trên màn hình: hãy chụp trang đã điểm chỉ, hoặc người trực xác nhận.",
        en: "Who cannot write does not sign on the screen: photograph the page with the thumb mark, or give the operator's word.")
    static let signature = LocalText(
        vi: "Chưa có chữ ký. Hãy ký vào khung; nếu không ký được thì chọn cách khác.",
        en: "There is no signature yet. Sign in the frame, or choose another way.")
    static let photo = LocalText(
        vi: "Chưa có ảnh trang đã ký. Hãy chụp hoặc quét rồi chọn tệp.",
        en: "There is no photo of the signed page yet. Take or scan it and choose the file.")
    static let reason = LocalText(
        vi: "Hãy ghi vì sao không có chữ ký và không có ảnh.", en: "Write why there is neither a signature nor a photo.")

    static func missing(_ purpose: ConsentText.Purpose) -> LocalText {
        LocalText(
            vi: "Chưa đồng ý: \(purpose.name.vi). Không có sự đồng ý này thì không ghi nhận hồ sơ được.",
            en: "Not agreed to: \(purpose.name.en). The dossier cannot be sealed without it.")
    }

    static func unknownPurpose(_ known: [ConsentText.Purpose]) -> LocalText {
        let ids = known.map(\.id).joined(separator: ", ")
        return LocalText(vi: "Không có mục đích này. Chỉ có: \(ids).", en: "There is no such purpose. Known: \(ids).")
    }

    static func minor(_ years: Int) -> LocalText {
        LocalText(
            vi: "Người kê khai chưa đủ \(years) tuổi: cha, mẹ hoặc người giám hộ phải đồng ý.",
            en: "The applicant is under \(years): a parent or guardian has to consent.")
    }
}
