public import FoundationEssentials
public import JSONTree

/// The procedures that a kiosk offers, as dated data.
public struct Catalogue: Codable, Equatable, Sendable {
    /// Names this edition; a dossier keeps the version it was begun with.
    public var version: String
    /// The day whose law it follows (`YYYY-MM-DD`), or `today`.
    public var asOf: String
    /// The groups of the letter, in its order.
    public var groups: [Group]
    /// The consent asked of every resident.
    public var consent: ConsentTexts
    /// The procedures, in the letter's order.
    public var procedures: [Procedure]
    /// How heavy papers may be at the portal; nil where it says nothing.
    public var limits: PaperLimits?
    /// Questions that lead to the right one; nil where there are few.
    public var guide: GuideQuestion?
    /// The forms of the law as they are printed; nil where there are none.
    public var printedForms: [PrintedForm]?
    /// What to tell people whose matter cannot be filed here; nil where there are none.
    public var slips: [InstructionSlip]?
    /// What to tell people whose result is there; nil where the catalogue says nothing of it.
    public var results: [ResultAdvice]?
    /// Why dossiers come back, with what to do about each; nil where the catalogue says nothing of it.
    public var reasons: [RejectionReason]?
    /// Procedures that do not exist on this day, with what to do instead; nil in the dated catalogue itself.
    public var closed: [ClosedProcedure]?
    /// The day for which this catalogue was made of the dated one (`YYYY-MM-DD`).
    public var day: String?

    /// A group of procedures.
    public struct Group: Codable, Equatable, Sendable {
        /// Its id.
        public var id: String
        /// Its name.
        public var name: LocalText
    }

    /// The consent text of this catalogue's day.
    public var consentText: ConsentText { consent.editions[0] }

    /// The procedure of a code.
    public func procedure(_ code: String) -> Procedure? {
        procedures.first { $0.code == code }
    }

    /// The instruction slip of an id.
    public func slip(_ id: String) -> InstructionSlip? {
        slips?.first { $0.id == id }
    }

    /// The catalogue as a kiosk keeps it: without the invented residents, who would look like residents' data on its disk.
    public var withoutSamples: Catalogue {
        var copy = self
        for index in copy.procedures.indices { copy.procedures[index].sample = nil }
        return copy
    }

    /// Reads a dated catalogue, expands its blocks, and makes the catalogue of the day it follows.
    ///
    /// - Parameter today: the day that `"asOf": "today"` means.
    /// - Throws: ``JSONFault`` that names the path and the fault; a catalogue is taken whole or not at all.
    public init(json: Data, today: CalendarDate) throws(JSONFault) {
        let tree = try JSONText.decode(JSONValue.self, from: json)
        let expanded = try CatalogueBlocks.expand(tree)
        let dated = try JSONText.decode(Catalogue.self, from: try JSONText.encode(expanded))
        self = try dated.made(today: today)
    }

    /// The catalogue of one day: what does not hold on it is left out.
    ///
    /// Between two days on which something changes the result is the same, its version too.
    private func made(today: CalendarDate) throws(JSONFault) -> Catalogue {
        guard !version.isEmpty else { throw JSONFault("/version is empty") }
        guard asOf == "today" || CalendarDate(asOf) != nil else { throw JSONFault("/asOf is neither a date nor \"today\"") }
        guard !procedures.isEmpty else { throw JSONFault("/procedures is empty") }
        try checkDays()
        let date = day.flatMap { CalendarDate($0) } ?? CalendarDate(asOf) ?? today
        var made = self
        let laidOut = Set((printedForms ?? []).map(\.form))
        if day == nil {
            let turned = turningDays.filter { $0 <= date }.max()
            if let turned { made.version = "\(version)@\(turned)" }
            made.day = date.description
            made.closed = procedures.filter { !$0.holds(on: date) }.map {
                ClosedProcedure(
                    code: $0.code, name: $0.name, group: $0.group, from: $0.from, until: $0.until, replacement: $0.replacement)
            }
            made.consent.editions = consent.editions.filter { $0.holds(on: date) }
            made.procedures = procedures.filter { $0.holds(on: date) }.map { $0.made(on: date) }
            made.printedForms = printedForms?.filter { $0.holds(on: date) }
            made.slips = slips?.filter { $0.holds(on: date) }
            if asOf == "today" { made.fitSamples(on: date) }
        }
        try made.check(on: date)
        try made.checkPaper(laidOut: laidOut)
        return made
    }

    private func check(on date: CalendarDate) throws(JSONFault) {
        guard consent.editions.count == 1 else { throw JSONFault("/consent/editions has none, or several, for \(date)") }
        try consentText.check(at: "/consent/editions/\(consentText.version)")
        var codes: Set<String> = []
        for procedure in procedures {
            let path = "/procedures/\(procedure.code)"
            guard codes.insert(procedure.code).inserted else { throw JSONFault("\(path) is there twice") }
            guard groups.contains(where: { $0.id == procedure.group }) else { throw JSONFault("\(path)/group is not in /groups") }
            try procedure.check(at: path, on: date)
        }
        try limits?.check(at: "/limits")
        try checkReasons()
        try guide?.check(at: "/guide", codes: codes.union(closed?.map(\.code) ?? []), slips: Set((slips ?? []).map(\.id)))
    }

    /// A procedure that does not exist on the catalogue's day.
    public struct ClosedProcedure: Codable, Equatable, Sendable {
        /// Its code.
        public var code: String
        /// Its name.
        public var name: LocalText
        /// The id of its group.
        public var group: String
        /// Since when it exists.
        public var from: String?
        /// Until when it existed.
        public var until: String?
        /// What to do instead.
        public var replacement: LocalText?
    }
}
