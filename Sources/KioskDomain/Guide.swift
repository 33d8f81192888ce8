internal import JSONTree

/// Plain questions that lead to the right procedure, for a village head who does not know the names of the law.
public struct GuideQuestion: Codable, Equatable, Sendable {
    /// The question.
    public var question: LocalText
    /// The answers to choose from.
    public var answers: [Answer]

    /// An answer: it leads to a procedure or to another question.
    public struct Answer: Codable, Equatable, Sendable {
        /// As people would say it.
        public var label: LocalText
        /// What helps to choose it.
        public var help: LocalText?
        /// The code of the procedure.
        public var procedure: String?
        /// The next question; in a list of one, because a value cannot hold itself.
        public var next: [GuideQuestion]?
        /// The id of the instruction slip, where it cannot be filed here.
        public var slip: String?
    }

    /// The question that these answers lead to, by their numbers from 0; nil where they lead to none.
    public func question(after path: some Collection<Int>) -> GuideQuestion? {
        guard let first = path.first else { return self }
        guard answers.indices.contains(first) else { return nil }
        return answers[first].next?.first?.question(after: path.dropFirst())
    }

    /// Every answer leads somewhere, and to a procedure that the catalogue knows.
    func check(at path: String, codes: Set<String>, slips: Set<String>) throws(JSONFault) {
        guard !answers.isEmpty else { throw JSONFault("\(path)/answers is empty") }
        for (index, answer) in answers.enumerated() {
            let place = "\(path)/answers/\(index)"
            let ends = [answer.procedure != nil, answer.next != nil, answer.slip != nil].filter(\.self).count
            guard ends == 1 else { throw JSONFault("\(place) leads nowhere, or to several places") }
            if let code = answer.procedure, !codes.contains(code) {
                throw JSONFault("\(place)/procedure: there is no procedure \(code)")
            }
            if let slip = answer.slip, !slips.contains(slip) { throw JSONFault("\(place)/slip: there is no slip \(slip)") }
            for question in answer.next ?? [] { try question.check(at: "\(place)/next/0", codes: codes, slips: slips) }
        }
    }
}
