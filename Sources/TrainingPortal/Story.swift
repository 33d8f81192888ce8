public import FoundationEssentials
public import JSONTree

/// A scripted story for tests and training: what the kiosk holds at its beginning, what the learner is to do, and what the portal's
/// officers do meanwhile (`sync-fixtures/stories/README.md`).
///
/// In any text `today`, `today+3`, `today-3` and `today+3T19:30` stand for a day (or an instant) in Viet Nam, so that a story can be
/// told on any day.
public struct Story: Sendable {
    /// A text in both languages.
    public struct Words: Codable, Equatable, Sendable {
        /// In Vietnamese.
        public let vi: String
        /// In English.
        public let en: String
    }

    /// A dossier that the kiosk holds before the learner sits down: the procedure's sample with other answers.
    public struct Dossier: Codable, Equatable, Sendable {
        /// The procedure's code.
        public let procedure: String
        /// Answers by JSON Pointer, such as `/guests/0/fullName`.
        public var answers: [String: JSONValue]?
        /// The components that have a paper.
        public var papers: [String]?
        /// Whether it is left unfinished.
        public var draft: Bool?
    }

    /// When the portal does something.
    struct Trigger: Codable, Equatable, Sendable {
        enum Event: String, Codable, CaseIterable, Sendable {
            /// Before the kiosk has sent anything.
            case start
            /// A dossier of the procedure came, the `nth` of this story.
            case arrived
            /// An amendment of the procedure's first dossier is about to be looked at, for the `nth` time.
            case amending
            /// The procedure's first dossier was amended, for the `nth` time.
            case amended
            /// The procedure's first dossier is about to be withdrawn.
            case withdrawing
            /// The procedure's first dossier was withdrawn.
            case withdrawn
            /// An account was registered, the `nth` of this story.
            case registered
            /// So many `minutes` after the start.
            case later
        }

        let event: Event
        var procedure: String?
        var nth: Int?
        var minutes: Double?
    }

    /// What the portal does, and when.
    struct Step: Sendable {
        let when: Trigger
        let order: TrainingOrder.Kind
        let body: JSONValue
    }

    /// What it is about.
    public let title: Words
    /// What the learner does, step by step.
    public let task: [Words]
    /// What the kiosk holds.
    public let dossiers: [Dossier]
    /// Whether the kiosk has sent that before the learner sits down.
    public let isSent: Bool
    let steps: [Step]

    /// Reads a story.
    ///
    /// - Parameter json: its text in UTF-8.
    /// - Throws: `JSONFault` that names the place; ``TrainingPortalError/actRefused(reason:)`` for an act that lacks something.
    public init(json: Data) throws { try self.init(tree: try JSONText.decode(JSONValue.self, from: json)) }

    init(tree: JSONValue) throws {
        func read<T: Decodable>(_ type: T.Type, _ name: String) throws -> T? {
            guard let value = tree[name] else { return nil }
            do throws(JSONFault) {
                return try JSONText.decode(type, from: try JSONText.encode(value))
            } catch {
                throw JSONFault("/\(name): \(error.description)")
            }
        }
        try Self.refuse(strangers: tree, known: ["title", "task", "dossiers", "sent", "steps"], at: "")
        guard let title = try read(Words.self, "title") else { throw JSONFault("/title is missing") }
        guard let task = try read([Words].self, "task"), !task.isEmpty else { throw JSONFault("/task is missing or empty") }
        for (index, dossier) in (tree["dossiers"]?.arrayValue ?? []).enumerated() {
            try Self.refuse(strangers: dossier, known: ["procedure", "answers", "papers", "draft"], at: "/dossiers/\(index)")
        }
        (self.title, self.task) = (title, task)
        dossiers = try read([Dossier].self, "dossiers") ?? []
        for (index, dossier) in dossiers.enumerated() {
            if let wrong = dossier.answers?.keys.sorted().first(where: { JSONPointer($0) == nil }) {
                throw JSONFault("/dossiers/\(index)/answers: «\(wrong)» is no JSON Pointer (it starts with /)")
            }
        }
        isSent = try read(Bool.self, "sent") ?? true
        steps = try (try read([JSONValue].self, "steps") ?? []).enumerated().map { index, step in
            do {
                return try Step(tree: step)
            } catch let fault as JSONFault {
                throw JSONFault("/steps/\(index): \(fault.description)")
            }
        }
    }

    static func refuse(strangers tree: JSONValue, known: Set<String>, at place: String) throws(JSONFault) {
        guard let members = tree.objectValue else {
            throw JSONFault("\(place.isEmpty ? "the top level" : place) is not an object")
        }
        if let stranger = members.keys.sorted().first(where: { !known.contains($0) }) {
            throw JSONFault("\(place)/\(stranger) is not known; known are \(known.sorted().joined(separator: ", "))")
        }
    }

    /// A value in which days are named as they are on a day of telling it.
    public static func dated(_ value: JSONValue, now: Date) -> JSONValue {
        switch value {
        case .string(let text):
            guard let match = text.wholeMatch(of: #/today([+-][0-9]{1,4})?(T[0-2][0-9]:[0-5][0-9])?/#) else { return value }
            let day = PortalTime.text(now.addingTimeInterval(86_400 * (match.output.1.flatMap { Double($0) } ?? 0))).prefix(10)
            return .string("\(day)\(match.output.2 ?? "")")
        case .array(let elements): return .array(elements.map { dated($0, now: now) })
        case .object(let members): return .object(members.mapValues { dated($0, now: now) })
        default: return value
        }
    }
}

extension Story.Step {
    fileprivate init(tree: JSONValue) throws {
        try Story.refuse(strangers: tree, known: ["when", "order", "with"], at: "")
        let when = tree["when"] ?? .emptyObject
        try Story.refuse(strangers: when, known: ["event", "procedure", "nth", "minutes"], at: "/when")
        let trigger = try JSONText.decode(Story.Trigger.self, from: try JSONText.encode(when))
        let needsProcedure = [.arrived, .amending, .amended, .withdrawing, .withdrawn].contains(trigger.event)
        guard needsProcedure == (trigger.procedure != nil) else {
            throw JSONFault("/when/procedure is \(needsProcedure ? "missing" : "of no use for \(trigger.event.rawValue)")")
        }
        guard (trigger.event == .later) == (trigger.minutes != nil), (trigger.minutes ?? 0) >= 0 else {
            throw JSONFault("/when/minutes goes with the event later, and is 0 or more")
        }
        guard (trigger.nth ?? 1) >= 1 else { throw JSONFault("/when/nth is 1 or more") }
        guard let name = tree["order"]?.stringValue, let order = TrainingOrder.Kind(rawValue: name) else {
            throw JSONFault("/order is none of \(TrainingOrder.Kind.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        let body = tree["with"] ?? .emptyObject
        // What refers to dossiers that are not there yet reads as any other text.
        do {
            _ = try TrainingOrder(order, Story.dated(body, now: Date()))
        } catch let fault as JSONFault {
            throw JSONFault("/with: \(fault.description)")
        } catch TrainingPortalError.actRefused(let reason) {
            throw JSONFault("/with: \(reason)")
        }
        self.init(when: trigger, order: order, body: body)
    }
}
