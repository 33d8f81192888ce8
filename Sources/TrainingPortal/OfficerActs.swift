internal import FoundationEssentials
internal import JSONTree
internal import PortalWire
internal import SQLiteAccess

extension PortalCore {
    /// Who stands as the author of remarks.
    static let officer = "Cán bộ tiếp nhận"

    /// Does an act.
    ///
    /// - Throws: ``TrainingPortalError/unknownDossier(id:)``, ``TrainingPortalError/actRefused(reason:)``, `SQLiteError`.
    func perform(_ act: OfficerAct, on id: String) async throws {
        let acting = Acting(now: now, population: population)
        try await database.write { db in
            guard var dossier = try Dossiers.find(id, in: db) else { throw TrainingPortalError.unknownDossier(id: id) }
            guard act.from.contains(dossier.status) else {
                throw TrainingPortalError.actRefused(
                    reason: "Không thể «\(act.words)» khi hồ sơ ở trạng thái «\(dossier.status.words)».")
            }
            let what = try acting.apply(act, to: &dossier)
            if act == .restore { try Objections.lift(dossier: id, in: db) }
            if case .markMismatch = act, let remark = dossier.remarks.last {
                var objection = Objection(
                    dossier: id, pointer: remark.pointer ?? "", code: ReturnReason.notInPopulation.faultCode,
                    message: remark.text, reason: remark.reason, expected: remark.expected)
                objection.seen = objection.value(in: DossierContent(dossier))
                try Objections.add(objection, in: db)
            }
            dossier.version += 1
            dossier.editedBy = "officer"
            try Dossiers.save(dossier, who: "officer", what: what, at: acting.at, in: db)
        }
    }
}

/// How an act changes a dossier.
private struct Acting: Sendable {
    let now: Date
    let population: Population

    var at: String { PortalTime.text(now) }

    /// Changes the dossier and returns what to write into its history.
    func apply(_ act: OfficerAct, to dossier: inout DossierRecord) throws(TrainingPortalError) -> String {
        switch act {
        case .accept:
            dossier.move(to: .accepted, at: at)
            dossier.dueAt =
                dossier.procedure == Filing.repeatableProcedure
                ? PortalTime.due(calendarDays: 1, after: now) : PortalTime.due(workingDays: 3, after: now)
        case .process:
            dossier.move(to: .processing, at: at)
        case .remark(let remark, let pointer):
            try add(remark, pointer: pointer, to: &dossier)
            return "\(act.words): \(remark)"
        case .requestSupplement(let remark, let pointer, let dueAt):
            try add(remark, pointer: pointer, to: &dossier)
            dossier.move(to: .supplementRequired, at: at)
            dossier.dueAt = try dueAt.map(instant)
            return "\(act.words): \(remark)"
        case .refuse(let remark, let reason, let pointer, let expected):
            let words = Self.isBlank(remark) ? reason?.words ?? "" : remark
            let place = Self.filled(pointer) ?? reason?.usualPlace
            let told = reason?.isOfPopulation == true ? populationValue(at: place, of: dossier) : nil
            try add(words, pointer: place, reason: reason, expected: expected ?? told, to: &dossier)
            dossier.move(to: .refused, at: at)
            return "\(act.words): \(words)"
        case .markMismatch(let remark, let pointer, let expected):
            let reason = ReturnReason.notInPopulation
            let place = Self.filled(pointer) ?? reason.usualPlace
            try add(
                Self.isBlank(remark) ? reason.words : remark, pointer: place, reason: reason,
                expected: expected ?? populationValue(at: place, of: dossier), to: &dossier)
            dossier.move(to: .supplementRequired, at: at)
            dossier.dueAt = nil
        case .markDuplicate(let remark, let other):
            let what = "Trùng hồ sơ \(other.code), nhận ngày \(PortalTime.forPeople(other.receivedAt)) tại \(other.kiosk)."
            try add(Self.isBlank(remark) ? what : "\(what) \(remark)", pointer: nil, reason: .duplicate, to: &dossier)
            dossier.move(to: .refused, at: at)
            return what
        case .reschedule(let day):
            dossier.dueAt = try instant(day)
            return "\(act.words): \(PortalTime.forPeople(dossier.dueAt ?? day))"
        case .resolve:
            dossier.move(to: .resolved, at: at)
        case .decide(let resultAt, let bring):
            dossier.dueAt = try instant(resultAt)
            dossier.move(to: .resolved, at: at)
            let day = PortalTime.forPeople(dossier.dueAt ?? resultAt)
            let words = "Kết quả trả từ \(day)." + (Self.isBlank(bring) ? "" : " Mang theo: \(bring)")
            try add(words, pointer: nil, to: &dossier)
            return "\(act.words): \(words)"
        case .returnResult:
            dossier.move(to: .returned, at: at)
        case .restore:
            dossier.move(to: .received, at: at)
            dossier.dueAt = nil
        case .editField(let pointer, let value):
            guard let place = JSONPointer(pointer), place.tokens.first == "fields", place.tokens.count > 1 else {
                throw .actRefused(reason: "Vị trí trường phải bắt đầu bằng /fields/, ví dụ /fields/applicant/fullName.")
            }
            guard dossier.fields.set(value, at: JSONPointer(tokens: Array(place.tokens.dropFirst()))) else {
                throw .actRefused(reason: "Không có trường «\(pointer)» trong tờ khai.")
            }
            dossier.applicant = dossier.fields["applicant"]?["citizenId"]?.stringValue ?? dossier.applicant
            return "\(act.words): \(pointer)"
        case .removePaper(let pointer):
            guard let tokens = JSONPointer(pointer)?.tokens, tokens.count == 2, tokens[0] == "attachments",
                let number = Int(tokens[1]), dossier.attachments.indices.contains(number)
            else {
                throw .actRefused(reason: "Hồ sơ không có giấy tờ «\(pointer)». Ví dụ đúng: /attachments/0.")
            }
            return "\(act.words): \(dossier.attachments.remove(at: number).component)"
        }
        return act.words
    }

    private func add(
        _ remark: String, pointer: String?, reason: ReturnReason? = nil, expected: JSONValue? = nil,
        to dossier: inout DossierRecord
    ) throws(TrainingPortalError) {
        guard !Self.isBlank(remark) else {
            throw .actRefused(reason: "Cần ghi rõ lý do để công dân biết.")
        }
        let place = Self.filled(pointer)
        if let place, JSONPointer(place) == nil {
            throw .actRefused(reason: "Vị trí «\(place)» không đúng dạng, ví dụ đúng: /fields/applicant/fullName.")
        }
        dossier.remarks.append(
            DossierRepresentation.Remark(
                at: at, by: PortalCore.officer, text: remark, pointer: place, reason: reason?.rawValue, expected: expected))
    }

    /// What the population database has for a member of a person in the dossier; nil where it knows nobody of that number, or
    /// the values agree.
    private func populationValue(at place: String?, of dossier: DossierRecord) -> JSONValue? {
        guard let tokens = place.flatMap({ JSONPointer($0) })?.tokens, tokens.first == "fields", let member = tokens.last else {
            return nil
        }
        let person = dossier.fields[JSONPointer(tokens: Array(tokens.dropFirst().dropLast()))]
        guard let resident = person?["citizenId"]?.stringValue.flatMap({ population[$0] }) else { return nil }
        let value: String? =
            switch member {
            case "fullName": resident.fullName
            case "birthDate": resident.birthDate
            case "sex": resident.sex
            default: nil
            }
        return value.flatMap { person?[member]?.stringValue == $0 ? nil : .string($0) }
    }

    /// - Throws: ``TrainingPortalError/actRefused(reason:)`` for what is neither a day nor an instant.
    private func instant(_ text: String) throws(TrainingPortalError) -> String {
        guard let instant = PortalTime.instant(text) else {
            throw .actRefused(reason: "Ngày «\(text)» không đúng dạng, ví dụ đúng: 2026-11-30.")
        }
        return instant
    }

    private static func isBlank(_ text: String) -> Bool { !text.contains { !$0.isWhitespace } }

    private static func filled(_ text: String?) -> String? { text.flatMap { $0.isEmpty ? nil : $0 } }
}
