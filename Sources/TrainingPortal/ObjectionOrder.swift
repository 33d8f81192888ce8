internal import JSONTree

/// An objection as the desk's form, the control API and stories write it: by its reason, or with place, code and words.
struct ObjectionOrder: Codable, Equatable, Sendable {
    /// The dossier's id; nil: the next new one.
    var dossier: String?
    /// `R01` to `R15`; its usual place, code and words stand in for what is left out.
    var reason: String?
    var pointer: String?
    var code: String?
    var message: String?
    var expected: JSONValue?
    var other: OtherDossier?

    /// The objection.
    ///
    /// - Throws: ``TrainingPortalError/actRefused(reason:)`` for a reason that is none, or neither a reason nor a code.
    func objection() throws(TrainingPortalError) -> Objection {
        let reason = try ActOrder.reason(reason)
        func filled(_ text: String?) -> String? { text.flatMap { $0.isEmpty ? nil : $0 } }
        guard let code = filled(code) ?? reason?.faultCode else { throw .actRefused(reason: "Cần lý do R01 đến R15.") }
        return Objection(
            dossier: dossier, pointer: filled(pointer) ?? reason?.usualPlace ?? "", code: code,
            message: filled(message) ?? reason?.words ?? ReturnReason.unstated.words, reason: reason?.rawValue,
            expected: expected, other: other)
    }
}
