internal import KioskWeb

/// What `scanimage` prints, in the C locale, and what it is told.
enum SANEText {
    /// An option of a scanner, with the values that it takes.
    struct Option: Equatable {
        var name: String
        /// The words of a choice; empty of a number.
        var choices: [String]
        /// The largest number, of a range.
        var maximum: Double?
        /// The numbers of a list.
        var numbers: [Int]
        var isActive: Bool
    }

    /// The scanners of a device list.
    static func devices(in text: String) -> [ScannerDevice] {
        text.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: "\t", maxSplits: 1)
            // A name that began with a dash would be taken for an option.
            guard parts.count == 2, parts[0].first != "-", parts[0].count <= 200 else { return nil }
            return ScannerDevice(name: String(parts[0]), title: String(parts[1].prefix(100)))
        }
    }

    /// The options of `--all-options`, by name.
    ///
    /// Lines look like `    --mode Gray|Color [Gray]`, `    --resolution 75|150|300dpi [75]`, `    -x 0..215.9mm (in steps of 1) [215.9]`.
    static func options(in text: String) -> [String: Option] {
        var options: [String: Option] = [:]
        for line in text.split(separator: "\n") where line.drop(while: { $0 == " " }).first == "-" {
            let body = line.drop { $0 == " " }
            guard let space = body.firstIndex(of: " ") else { continue }
            let name = String(body[..<space].drop { $0 == "-" })
            var values = String(body[body.index(after: space)...])
            let isActive = !values.contains("[inactive]")
            if let bracket = values.firstRange(of: " [") { values = String(values[..<bracket.lowerBound]) }
            if let steps = values.firstRange(of: " (in steps") { values = String(values[..<steps.lowerBound]) }
            var option = Option(name: name, choices: [], maximum: nil, numbers: [], isActive: isActive)
            if let dots = values.firstRange(of: "..") {
                option.maximum = Double(values[dots.upperBound...].prefix { $0.isNumber || $0 == "." })
            } else {
                option.choices = values.split(separator: "|").map(String.init)
                option.numbers = option.choices.compactMap { choice in Int(choice.prefix { $0.isNumber }) }
            }
            options[name] = option
        }
        return options
    }

    /// What a scanner with these options is told for an order; what it cannot be told is left to it.
    ///
    /// - Throws: ``ScannerFault/noPages`` where it has no feeder.
    static func arguments(for order: ScanOrder, options: [String: Option]) throws(ScannerFault) -> [String] {
        var arguments: [String] = []
        func choice(_ option: String, _ words: [String]) -> String? {
            guard let found = options[option], found.isActive else { return nil }
            return words.lazy.compactMap { word in found.choices.first { $0.lowercased().contains(word) } }.first
        }
        if let mode = choice("mode", order.isColour ? ["color", "colour", "24bit"] : ["gray", "grey"]) {
            arguments.append("--mode=\(mode)")
        }
        if let option = options["resolution"], option.isActive {
            // The lowest that is enough, else the highest there is.
            let enough = option.numbers.sorted().first { $0 >= order.resolution } ?? option.numbers.max()
            let most = option.maximum.map { min(Int($0), order.resolution) }
            arguments.append("--resolution=\(enough ?? most ?? order.resolution)")
        }
        if order.usesFeeder {
            guard let feeder = choice("source", ["feeder", "adf"]) else { throw .noPages }
            arguments.append("--source=\(feeder)")
        } else if let glass = choice("source", ["flatbed", "platen", "glass", "normal"]) {
            arguments.append("--source=\(glass)")
        }
        let (width, height) = order.size.millimetres
        for (name, length) in [("x", width), ("y", height)] {
            guard let option = options[name], option.isActive else { continue }
            arguments += ["-\(name)", String(option.maximum.map { min(Int($0), length) } ?? length)]
        }
        return arguments
    }

    /// What went wrong; nil where nothing did.
    ///
    /// The exit status is SANE's own where the scan began; before that it is 1 and the words tell.
    static func fault(status: Int32, errors: String) -> ScannerFault? {
        switch status {
        // Some backends end scanimage by SIGPIPE while it ends after a fault; its handler makes that 0, and the words tell.
        case 0: return errors.contains("scanimage: aborting") ? told(errors) : nil
        case 2: return .cancelled
        case 3: return .busy
        case 6: return .jammed
        case 7: return .noPages
        case 8: return .coverOpen
        case 11: return .denied
        default: return told(errors) ?? .failed
        }
    }

    /// Whether scanimage has said that no page comes any more.
    static func isOver(errors: String) -> Bool {
        ["scanimage: sane_read:", "scanimage: sane_start:", "Batch terminated"].contains { errors.contains($0) }
    }

    private static func told(_ errors: String) -> ScannerFault? {
        let words: [(String, ScannerFault)] = [
            ("no SANE devices found", .noDevice), ("Device busy", .busy), ("feeder jammed", .jammed),
            ("out of documents", .noPages), ("cover is open", .coverOpen), ("has been denied", .denied),
            ("Operation was cancel", .cancelled), ("open of device", .noDevice),
            // Any other fault of SANE's own, a device's input or output first of all.
            ("scanimage: sane_read:", .failed), ("scanimage: sane_start:", .failed),
        ]
        return words.first { errors.contains($0.0) }?.1
    }
}
