internal import FoundationEssentials
internal import JSONTree
internal import KioskDomain

extension Command {
    static let procedureCheck = Command(
        words: ["procedure", "check"],
        summary: "checks a catalogue: its form, its samples, and every day on which something of it changes",
        details: "Without --catalogue it is the one that the settings name, or the built-in one.",
        flags: [Flag(name: "catalogue", value: "FILE", help: "the catalogue to check")]
    ) { invocation in
        let settings = try Settings.load(invocation)
        let path = invocation["catalogue"]
        let text = try path.map { try Files.read($0, what: "--catalogue") } ?? Data(try settings.catalogueText())
        let name = path ?? settings.catalogueName
        let faults = Catalogue.faults(json: text, today: VietnamTime.day(of: Date()))
        struct Outcome: Encodable {
            let file: String
            let faults: [String]
        }
        try Terminal.print(Outcome(file: name, faults: faults), invocation) {
            faults.isEmpty ? "\(name): không có lỗi" : faults.map { "\(name): \($0)" }.joined(separator: "\n")
        }
        guard !faults.isEmpty else { return ExitStatus.done }
        Terminal.complain("Danh mục thủ tục có lỗi.\n" + faults.map { "\(name): \($0)" }.joined(separator: "\n"))
        return ExitStatus.failed
    }

    static let procedureSchema = Command(
        words: ["procedure", "schema"], operands: ["CODE"], summary: "prints the JSON Schema of a procedure's answers",
        details: "It refuses nothing that the kiosk takes; rules between fields are checked by kiosk dossier check."
    ) { invocation in
        let schema = FormSchema.document(of: try await procedure(invocation.operands[0], invocation))
        Terminal.say(String(decoding: try JSONText.encode(schema, pretty: true), as: UTF8.self))
        return ExitStatus.done
    }

    static let dossierCheck = Command(
        words: ["dossier", "check"], operands: ["FILE"],
        summary: "checks a file of answers as sealing would, without papers and without a kiosk's data",
        details: """
            FILE is what kiosk dossier new --answers takes; - reads standard input. The issues are printed as JSON.
            Exit status 0: no errors (there may be warnings); 1: errors.
            """,
        flags: [
            Flag(name: "procedure", value: "CODE", help: "the procedure, such as TT_NHAP_SINH"),
            Flag(name: "day", value: "YYYY-MM-DD", help: "the day of filing, from which ages are counted (default: today)"),
        ]
    ) { invocation in
        let code = try invocation.needed("procedure")
        let named = invocation["day"].map { CalendarDate($0) }
        if let named, named == nil { throw UsageError("--day looks like 2022-04-08") }
        let day = (named ?? nil) ?? VietnamTime.day(of: Date())
        let procedure = try await procedure(code, invocation)
        let answers = try answers(in: try Files.read(invocation.operands[0], what: "FILE"), procedure: code)
        let issues = Form(procedure, today: day).issues(in: answers)
        Terminal.say(String(decoding: try JSONText.encode(issues, pretty: true), as: UTF8.self))
        return issues.contains { $0.severity == .error } ? ExitStatus.failed : ExitStatus.done
    }
}
