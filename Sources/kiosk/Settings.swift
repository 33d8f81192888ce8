internal import FoundationEssentials
internal import Glibc
internal import JSONTree
internal import KioskDomain
internal import KioskStore
internal import KioskSync
internal import KioskTransport
internal import KioskVault

/// The settings of `kiosk.json` (JSON5; see `kiosk-config/kiosk.json`).
///
/// What is left out has its default.
struct Settings: Codable, Equatable, Sendable {
    var port: UInt16?
    var catalogue: String?
    var portal: Portal?
    var sync: Sync?
    var limits: Limits?
    var pin: Vault.PINCost?
    var idleMinutes: Int?
    var quality: QualityThresholds?
    var reserveMegabytes: Int?
    var scanner: Scanner?
    var watch: Watch?
    var village: Village?
    var report: Report?
    var worklist: Worklist?

    struct Village: Codable, Equatable, Sendable {
        /// When somebody is there, line by line.
        var openingHours: [LocalText]?
    }

    struct Report: Codable, Equatable, Sendable {
        var automatic: Bool?
        var cutOffDay: Int?
        var holidays: String?
        var authority: String?
        var place: String?
        var signer: String?
        var recipients: [String]?
    }

    struct Scanner: Codable, Equatable, Sendable {
        var program: String?
        var seconds: Int?
    }

    struct Watch: Codable, Equatable, Sendable {
        var folder: String
        var deleteAfterStoring: Bool?
    }

    struct Worklist: Codable, Equatable, Sendable {
        var inDoubtDays: Int?
        var policePhone: String?
    }

    struct Portal: Codable, Equatable, Sendable {
        var filesURL: String?
        var pinnedPublicKey: String?
    }

    struct Sync: Codable, Equatable, Sendable {
        var parallel: Int?
        var patienceSeconds: Double?
        var everyMinutes: Int?
        var authorities: String?
        var stallSeconds: Int?
        var windows: [String]?
        var kilobytesPerSecond: Int?
        var megabytesPerDay: Int?
        var proxy: String?
        var stopSeconds: Int?
    }

    struct Limits: Codable, Equatable, Sendable {
        var pageMegabytes: Int?
        var fileMegabytes: Int?
        var dossierMegabytes: Int?
        var adviceDossierMegabytes: Int?
        var pageKilobytes: Int?
    }

    /// The settings and where relative paths in them start.
    static func load(_ invocation: Invocation) throws -> Settings {
        let own = dataFolder(invocation) + "/kiosk.json"
        guard let path = invocation["config"] ?? (Files.exists(own) ? own : nil) else { return Settings() }
        return try read(try Files.read(path, what: "--config"), path: path)
    }

    static func read(_ json: Data, path: String) throws -> Settings {
        do {
            let tree = try JSONText.decode(JSONValue.self, from: json, json5: true)
            let settings = try JSONText.decode(Settings.self, from: json, json5: true)
            try refuseUnknown(tree)
            try settings.check()
            return settings
        } catch {
            throw CommandFailure(spoken: "Tệp cấu hình \(path) có lỗi.", detail: "\(path): \(error)")
        }
    }

    /// A mistyped member would silently leave its default in force.
    private static func refuseUnknown(_ tree: JSONValue) throws(JSONFault) {
        let known: [String: Set<String>] = [
            "": [
                "port", "catalogue", "portal", "sync", "limits", "pin", "idleMinutes", "quality", "reserveMegabytes", "scanner",
                "watch", "village", "report", "worklist",
            ],
            "report": ["automatic", "cutOffDay", "holidays", "authority", "place", "signer", "recipients"],
            "portal": ["filesURL", "pinnedPublicKey"],
            "sync": [
                "parallel", "patienceSeconds", "everyMinutes", "authorities", "stallSeconds", "windows", "kilobytesPerSecond",
                "megabytesPerDay", "proxy", "stopSeconds",
            ],
            "limits": ["pageMegabytes", "fileMegabytes", "dossierMegabytes", "adviceDossierMegabytes", "pageKilobytes"],
            "quality": [
                "page", "card", "tolerance", "dark", "blank", "blurred", "glare", "sideways", "upsideDown", "cutOff", "twice",
            ],
            "pin": ["logN", "r", "p"], "scanner": ["program", "seconds"], "watch": ["folder", "deleteAfterStoring"],
            "village": ["openingHours"],
            "worklist": ["inDoubtDays", "policePhone"],
        ]
        for (group, names) in known {
            let members = group.isEmpty ? tree.objectValue : tree[group]?.objectValue
            if let stranger = members?.keys.sorted().first(where: { !names.contains($0) }) {
                throw JSONFault(
                    "\(group.isEmpty ? "" : "/\(group)")/\(stranger) is no setting; known here: \(names.sorted().joined(separator: ", "))"
                )
            }
        }
    }

    private func check() throws(JSONFault) {
        func within(_ value: Int?, _ range: ClosedRange<Int>, _ name: String) throws(JSONFault) {
            if let value, !range.contains(value) {
                throw JSONFault("\(name) is \(value), not \(range.lowerBound) to \(range.upperBound)")
            }
        }
        try within(sync?.parallel, 1...32, "/sync/parallel")
        try within(sync?.patienceSeconds.map { Int($0) }, 0...3600, "/sync/patienceSeconds")
        try within(sync?.stallSeconds, 2...300, "/sync/stallSeconds")
        try within(sync?.stopSeconds, 0...300, "/sync/stopSeconds")
        try within(sync?.everyMinutes, 0...1440, "/sync/everyMinutes")
        try within(report?.cutOffDay, 1...28, "/report/cutOffDay")
        try within(sync?.kilobytesPerSecond, 4...1_000_000, "/sync/kilobytesPerSecond")
        try within(sync?.megabytesPerDay, 1...1_000_000, "/sync/megabytesPerDay")
        for (index, window) in (sync?.windows ?? []).enumerated() where SyncWindow(window) == nil {
            throw JSONFault("/sync/windows/\(index) is «\(window)», no time of the day from when until when such as 22:00–05:00")
        }
        try within(limits?.pageMegabytes, 1...2048, "/limits/pageMegabytes")
        try within(limits?.fileMegabytes, 1...2048, "/limits/fileMegabytes")
        try within(limits?.dossierMegabytes, 1...4096, "/limits/dossierMegabytes")
        try within(limits?.adviceDossierMegabytes, 1...4096, "/limits/adviceDossierMegabytes")
        try within(limits?.pageKilobytes, 100...20_000, "/limits/pageKilobytes")
        if let name = quality?.senseless { throw JSONFault("/quality/\(name) is out of its range (see kiosk-config/kiosk.json)") }
        try within(idleMinutes, 1...1440, "/idleMinutes")
        try within(reserveMegabytes, 0...65_536, "/reserveMegabytes")
        try within(scanner?.seconds, 10...3600, "/scanner/seconds")
        try within(worklist?.inDoubtDays, 1...60, "/worklist/inDoubtDays")
        if let phone = worklist?.policePhone,
            !(3...20).contains(phone.count) || !phone.allSatisfy({ $0.isASCII && ($0.isNumber || " +.-".contains($0)) })
        {
            throw JSONFault("/worklist/policePhone is no telephone number of digits, spaces, + . -")
        }
        if let watch, !watch.folder.hasPrefix("/") { throw JSONFault("/watch/folder is no whole path, such as /media/usb") }
        if let url = portal?.filesURL, (try? PortalAddress(url)) == nil {
            throw JSONFault("/portal/filesURL is no https address (http only to this machine) without name, password and query")
        }
        if let key = portal?.pinnedPublicKey, PinnedPublicKey(key) == nil {
            throw JSONFault(
                "/portal/pinnedPublicKey is no sha256// with the Base64 of a key's SHA-256 (several: joined by semicolons); see kiosk-config/kiosk.json"
            )
        }
        if let proxy = sync?.proxy, ProxyAddress(proxy) == nil {
            // Not the text itself: somebody may have written a password into it.
            throw JSONFault(
                "/sync/proxy is no http, https or socks5h address with a port, such as http://proxy.example:3128; a name and a password are kept by kiosk sync proxy-login"
            )
        }
        if let pin, !pin.isAcceptable { throw JSONFault("/pin wants logN 14 to 20, r 8, p 1 to 16") }
    }

    static func dataFolder(_ invocation: Invocation) -> String {
        if let folder = invocation["data"] ?? environment("KIOSK_DATA") { return absolute(folder) }
        let base = environment("XDG_DATA_HOME") ?? (environment("HOME") ?? ".") + "/.local/share"
        return absolute(base + "/village-kiosk")
    }

    static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let here = getcwd(nil, 0) else { return path }
        defer { free(here) }
        return String(cString: here) + "/" + path
    }

    static func environment(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// What the store is told of these.
    var configuration: KioskStore.Configuration {
        var configuration = KioskStore.Configuration()
        configuration.limits = PaperLimits(
            page: limits?.pageMegabytes, file: limits?.fileMegabytes, dossier: limits?.dossierMegabytes)
        configuration.reserveMegabytes = reserveMegabytes ?? 64
        return configuration
    }

    /// Who is believed to be the portal.
    var trust: PortalTrust {
        PortalTrust(authorities: sync?.authorities, pinnedPublicKey: portal?.pinnedPublicKey.flatMap(PinnedPublicKey.init))
    }

    /// When and how the kiosk sends.
    var sendPlan: SendPlan {
        var plan = SendPlan()
        plan.windows = (sync?.windows ?? []).compactMap { SyncWindow($0) }
        plan.everyMinutes = sync?.everyMinutes ?? plan.everyMinutes
        plan.bytesPerDay = sync?.megabytesPerDay.map { $0 * 1_000_000 }
        plan.bytesPerSecond = sync?.kilobytesPerSecond.map { $0 * 1000 }
        return plan
    }

    /// What reports are made with.
    func reportHeading() throws -> ReportHeading {
        var heading = ReportHeading()
        heading.cutOff = report?.cutOffDay ?? heading.cutOff
        heading.isAutomatic = report?.automatic ?? heading.isAutomatic
        heading.authority = report?.authority ?? heading.authority
        heading.place = report?.place ?? heading.place
        heading.signer = report?.signer ?? heading.signer
        heading.recipients = report?.recipients ?? heading.recipients
        let table =
            try report?.holidays.map { try Files.read($0, what: "table of holidays") }
            ?? Data((EmbeddedAssets.files["holidays.json"] ?? "").utf8)
        do {
            heading.workingDays = try WorkingDays(json: table)
        } catch {
            throw CommandFailure(spoken: "Bảng ngày nghỉ có lỗi, không dùng được.", detail: "table of holidays: \(error)")
        }
        return heading
    }

    /// When a dossier in doubt is told, and whom to call.
    var worklistPlan: WorklistPlan {
        var plan = WorklistPlan()
        plan.inDoubtDays = worklist?.inDoubtDays ?? plan.inDoubtDays
        plan.policePhone = worklist?.policePhone
        return plan
    }

    /// The catalogue in use: the named one, else the built-in one.
    ///
    /// - Parameter day: the day it follows; nil: today.
    func loadCatalogue(of day: CalendarDate? = nil) throws -> Catalogue {
        do {
            return try Catalogue(json: Data(try catalogueText()), today: day ?? VietnamTime.day(of: Date()))
        } catch let fault as JSONFault {
            throw CommandFailure(
                spoken: "Danh mục thủ tục có lỗi, không dùng được.", detail: "\(catalogueName): \(fault)")
        }
    }

    /// The catalogue of today as the training portal takes it.
    func catalogueForPortal() throws -> [UInt8] { Array(try JSONText.encode(try loadCatalogue())) }

    /// Where the catalogue in use stands, for messages.
    var catalogueName: String { catalogue ?? "the built-in catalogue" }

    /// The catalogue's text, unchecked.
    func catalogueText() throws -> [UInt8] {
        if let catalogue { return Array(try Files.read(catalogue, what: "catalogue")) }
        return Array((EmbeddedAssets.files["catalogue/catalogue.json"] ?? "").utf8)
    }
}
