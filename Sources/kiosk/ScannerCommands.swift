internal import FoundationEssentials
internal import KioskDomain
internal import KioskStore
internal import KioskWeb

extension Command {
    static let scannerList = Command(
        words: ["scanner", "list"], summary: "lists the scanners that are plugged in",
        details: "Needs scanimage of SANE (Debian: sane-utils), or the program that the settings name as scanner.program."
    ) { invocation in
        let scanner = SANEScanner(try Settings.load(invocation))
        let devices = try await plainly { try await scanner.devices(refreshing: true) }
        try Terminal.print(devices, invocation) { devices.map { "\($0.name)\n    \($0.title)" }.joined(separator: "\n") }
        return ExitStatus.done
    }

    static let dossierScan = Command(
        words: ["dossier", "scan"], operands: ["ID"], summary: "scans papers into a dossier that is being filled in",
        details: "Ctrl-C stops the scan; pages that were whole by then stay.",
        flags: [
            Flag(name: "component", value: "C", help: "what the paper proves; kiosk procedure show lists them"),
            Flag(name: "device", value: "NAME", help: "the scanner; kiosk scanner list tells (default: the first)"),
            Flag(
                name: "dpi", value: "N",
                help: "dots an inch: \(ScanOrder.resolutions.map(String.init).joined(separator: " or ")) (default 200)"),
            Flag(name: "grey", value: nil, help: "in grey instead of colour"),
            Flag(name: "size", value: "SIZE", help: "a4 (default), a5 or card"),
            Flag(name: "feeder", value: nil, help: "all pages in the feeder instead of one from the glass"),
        ] + unlockFlags
    ) { invocation in
        let component = try invocation.needed("component")
        var order = ScanOrder()
        order.device = invocation["device"]
        order.isColour = !invocation.isSet("grey")
        order.usesFeeder = invocation.isSet("feeder")
        guard let dpi = Int(invocation["dpi"] ?? "200"), ScanOrder.resolutions.contains(dpi) else {
            throw UsageError("--dpi is one of: \(ScanOrder.resolutions.map(String.init).joined(separator: ", "))")
        }
        order.resolution = dpi
        guard let size = ScanOrder.Size(rawValue: invocation["size"] ?? "a4") else {
            throw UsageError("--size is one of: \(ScanOrder.Size.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        order.size = size
        let (opening, store) = try await Opening.unlock(invocation)
        let id = try await store.dossier(invocation.operands[0]).summary.id
        let procedure = try await store.procedure(ofDossier: id)
        guard procedure.component(component) != nil else {
            throw UsageError(
                "\(procedure.code) has no component \(component); known: \(procedure.components.map(\.id).joined(separator: ", "))"
            )
        }
        _ = try await store.draft(of: id)
        let scanner = SANEScanner(opening.settings)
        let settled = order
        let pages = try await Interruption.cancelling {
            try await plainly { try await store.scan(settled, with: scanner, into: component, of: id) { Date() } }
        }
        let papers = try await store.papers(of: id).filter { $0.component == component }
        struct Scanned: Encodable {
            let pages: Int
            let papers: [PaperRow]
        }
        try Terminal.print(Scanned(pages: pages, papers: papers), invocation) { "Đã quét \(pages) trang." }
        return ExitStatus.done
    }

    /// Puts a scanner's fault into words.
    private static func plainly<Result>(_ work: () async throws -> Result) async throws -> Result {
        do {
            return try await work()
        } catch let fault as ScannerFault {
            throw CommandFailure(spoken: fault.advice.vi, detail: "\(fault.rawValue): \(fault.advice.en)")
        }
    }
}

extension SANEScanner {
    convenience init(_ settings: Settings) {
        self.init(
            program: settings.scanner?.program ?? "scanimage", patience: Double(settings.scanner?.seconds ?? 120))
    }
}
