internal import FoundationEssentials
internal import JSONTree
internal import KioskDomain
internal import KioskStore

/// The flags by which a command is told of the resident's consent.
enum ConsentFlags {
    static let all = [
        Flag(
            name: "consent", value: "PURPOSE",
            help: "a purpose the resident agreed to: filing and keep-scans (needed to seal), contact, reuse", repeats: true),
        Flag(name: "consent-by", value: "WHO", help: "who consented: applicant (default) or guardian"),
        Flag(name: "consent-page", value: "PATH", help: "the photo or scan of the signed page"),
        Flag(name: "consent-reason", value: "TEXT", help: "why there is neither a signature nor a photo; without names"),
        Flag(
            name: "consent-details", value: "FILE",
            help:
                "what does not belong on a command line, as JSON: guardian, relation (father, mother, guardian, representative), "
                + "witness, signature (an SVG path)"),
    ]

    /// What stands in the file of details.
    private struct Details: Decodable {
        var guardian: String?
        var relation: Consent.Relation?
        var witness: String?
        var signature: String?
    }

    /// What the flags say; whether it suffices is for sealing to tell.
    static func given(_ invocation: Invocation) throws -> ConsentGiven {
        var given = ConsentGiven()
        given.purposes = Set(invocation.all("consent"))
        guard let giver = Consent.Giver(rawValue: invocation["consent-by"] ?? "applicant") else {
            throw UsageError("--consent-by is applicant or guardian")
        }
        given.by = giver
        given.reason = invocation["consent-reason"] ?? ""
        if let path = invocation["consent-details"] {
            let details: Details
            do {
                details = try JSONText.decode(Details.self, from: try Files.read(path, what: "--consent-details"))
            } catch let fault as JSONFault {
                throw CommandFailure(spoken: "Tệp về sự đồng ý không đúng dạng.", detail: "--consent-details: \(fault)")
            }
            given.guardian = details.guardian ?? ""
            given.relation = details.relation
            given.witness = details.witness ?? ""
            given.cannotWrite = details.witness != nil
            given.signature = details.signature ?? ""
        }
        given.evidence =
            invocation.isSet("consent-page") ? .photo : given.signature.isEmpty ? .witnessed : .signature
        return given
    }

    /// Takes the signed page in; nil where none is named.
    static func page(
        _ invocation: Invocation, store: UnlockedStore
    ) async throws -> (file: UnlockedStore.StoredFile, mediaType: String)? {
        guard let path = invocation["consent-page"] else { return nil }
        let page = try await store.takeIn(path, component: "--consent-page")
        return (page.file, page.mediaType)
    }
}
