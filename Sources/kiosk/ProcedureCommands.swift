internal import FoundationEssentials
internal import JSONTree
internal import KioskDomain

extension Command {
    static let procedureList = Command(words: ["procedure", "list"], summary: "lists the procedures of the catalogue") {
        invocation in
        let catalogue = try await Opening.currentCatalogue(invocation)
        struct Row: Encodable {
            let code: String
            let name: LocalText
            let group: LocalText
        }
        let groups = Dictionary(catalogue.groups.map { ($0.id, $0.name) }) { first, _ in first }
        let rows = catalogue.procedures.map { Row(code: $0.code, name: $0.name, group: groups[$0.group] ?? $0.name) }
        try Terminal.print(rows, invocation) {
            rows.map { "\($0.code)\t\($0.name.vi)\t(\($0.group.vi))" }.joined(separator: "\n")
        }
        return ExitStatus.done
    }

    static let procedureShow = Command(
        words: ["procedure", "show"], operands: ["CODE"], summary: "shows a procedure's fields, rules and papers"
    ) { invocation in
        let procedure = try await procedure(invocation)
        try Terminal.print(procedure, invocation) { words(procedure) }
        return ExitStatus.done
    }

    static let procedureSample = Command(
        words: ["procedure", "sample"], operands: ["CODE"],
        summary: "prints the answers of an invented resident and the papers they require, as JSON",
        details: "kiosk dossier new --answers takes the output as it is."
    ) { invocation in
        let procedure = try await procedure(invocation)
        struct Sample: Encodable {
            let procedure: String
            let answers: JSONValue
            let components: [String]
        }
        guard let answers = procedure.sample else {
            throw CommandFailure(spoken: "Thủ tục này không có mẫu.", detail: "the catalogue has no sample for \(procedure.code)")
        }
        let required = Form(procedure, today: VietnamTime.day(of: Date())).components(for: answers).filter(\.isRequired).map(
            \.component.id)
        let sample = Sample(procedure: procedure.code, answers: answers, components: required)
        Terminal.say(String(decoding: try JSONText.encode(sample, pretty: true), as: UTF8.self))
        return ExitStatus.done
    }

    private static func procedure(_ invocation: Invocation) async throws -> Procedure {
        try await procedure(invocation.operands[0], invocation)
    }

    /// A procedure of the catalogue in use.
    static func procedure(_ code: String, _ invocation: Invocation) async throws -> Procedure {
        let catalogue = try await Opening.currentCatalogue(invocation)
        guard let procedure = catalogue.procedure(code) else {
            throw UsageError("no procedure \(code); known: \(catalogue.procedures.map(\.code).joined(separator: ", "))")
        }
        return procedure
    }

    private static func words(_ procedure: Procedure) -> String {
        var lines = ["\(procedure.code): \(procedure.name.vi)", procedure.summary.vi, "Căn cứ: \(procedure.legalSource)", ""]
        for section in procedure.sections {
            lines.append(section.title.vi + (section.repeats.map { " (\($0.minimum)–\($0.maximum))" } ?? ""))
            for field in section.fields {
                let mark = field.required == true ? "*" : field.requiredWhen != nil ? "(*)" : ""
                lines.append(
                    "  \((section.repeats?.pointer.description).map { $0 + "/N" } ?? "")\(field.pointer)\t\(field.label.vi) \(mark)\t[\(field.type.rawValue)]"
                )
            }
        }
        lines += ["", "Giấy tờ:"]
        for component in procedure.components {
            let mark =
                component.required == true ? "bắt buộc" : component.requiredWhen != nil ? "tùy trường hợp" : "không bắt buộc"
            lines.append("  \(component.id)\t\(component.name.vi)\t(\(mark))")
        }
        return lines.joined(separator: "\n")
    }
}
