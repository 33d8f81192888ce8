internal import FoundationEssentials
internal import JSONTree
internal import PortalWire

/// An invented resident of the invented commune, as the "national population database" of this portal knows them.
struct Resident: Codable, Sendable {
    /// Twelve digits beginning with 099, a province code that was never assigned.
    let citizenId: String
    let fullName: String
    /// `YYYY`, `YYYY-MM` or `YYYY-MM-DD`: of some elders no more is known.
    let birthDate: String
    /// `male` or `female`.
    let sex: String
    let phone: String
    /// Whether this resident had an account before any kiosk asked for one.
    let hasAccount: Bool
}

/// The population database that declarations are compared with.
struct Population: Sendable {
    /// All residents, in the file's order.
    let residents: [Resident]
    private let byNumber: [String: Resident]

    /// The embedded residents.
    init() throws(TrainingPortalError) {
        guard let text = EmbeddedAssets.files["residents.json"],
            let residents = try? JSONText.decode([Resident].self, from: Data(text.utf8))
        else { throw .residentsUnreadable }
        self.residents = residents
        byNumber = Dictionary(residents.map { ($0.citizenId, $0) }) { first, _ in first }
    }

    /// The resident with a number.
    subscript(citizenId: String) -> Resident? { byNumber[citizenId] }

    /// What of a declared person differs from the database; nothing where the number is not in it.
    ///
    /// - Parameter place: where the person's object stands in the request's body.
    func faults(of person: JSONValue, at place: JSONPointer) -> [Problem.FieldFault] {
        guard let number = person["citizenId"]?.stringValue, let resident = byNumber[number] else { return [] }
        let birthDate = person["birthDate"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
        let nameFits = person["fullName"]?.stringValue.map { Self.isSameName($0, resident.fullName) } ?? true
        let birthFits = birthDate.map { Self.isSameBirth($0, resident.birthDate) } ?? true
        var faults: [Problem.FieldFault] = []
        func add(_ member: String, _ message: String, expected: String?) {
            faults.append(
                Problem.FieldFault(
                    pointer: place.appending(member).description, code: "population-mismatch", message: message,
                    expected: expected.map { .string($0) }))
        }
        // The right name is told only to one who knows the number and does not err about the birth: a slip of diacritics or
        // word order can be mended, but a number alone does not open the register.
        if !nameFits {
            add("fullName", "Họ tên không khớp Cơ sở dữ liệu quốc gia về dân cư.", expected: birthFits ? resident.fullName : nil)
        }
        if !birthFits { add("birthDate", "Ngày sinh không khớp Cơ sở dữ liệu quốc gia về dân cư.", expected: nil) }
        if let sex = person["sex"]?.stringValue, sex != resident.sex {
            add("sex", "Giới tính không khớp Cơ sở dữ liệu quốc gia về dân cư.", expected: nil)
        }
        return faults
    }

    /// The faults of every person inside a dossier's answers, however deep: an object with the texts `citizenId` and `fullName`.
    func faultsOfPersons(in value: JSONValue, at place: JSONPointer) -> [Problem.FieldFault] {
        switch value {
        case .object(let members):
            var found: [Problem.FieldFault] = []
            if members["citizenId"]?.stringValue != nil, members["fullName"]?.stringValue != nil {
                found += faults(of: value, at: place)
            }
            for (name, member) in members.sorted(by: { $0.key < $1.key }) {
                found += faultsOfPersons(in: member, at: place.appending(name))
            }
            return found
        case .array(let elements):
            return elements.enumerated().flatMap { faultsOfPersons(in: $0.element, at: place.appending(String($0.offset))) }
        default:
            return []
        }
    }

    /// Whether two names are one but for letter case, spaces and Unicode form: Swift's `==` compares canonical equivalents.
    static func isSameName(_ a: String, _ b: String) -> Bool { plain(a) == plain(b) }

    private static func plain(_ name: String) -> String {
        name.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// Whether two birth dates agree as far as both are known.
    static func isSameBirth(_ a: String, _ b: String) -> Bool { a.hasPrefix(b) || (b.hasPrefix(a) && a.utf8.count >= 4) }
}
