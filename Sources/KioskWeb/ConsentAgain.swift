internal import FoundationEssentials
internal import HTTPServing
internal import KioskDomain
internal import KioskStore

// A dossier that came back is sealed again for the same purposes. Where the text of the consent is still the one that the resident agreed to,
// one tick suffices: that they heard what was changed and still agree. It is never ticked beforehand, and it is kept as what it is, the
// operator's word with the day of the first consent.

extension ConsentGiven {
    /// An earlier consent that its giver still stands by, on the operator's word.
    ///
    /// - Parameter purposes: what is still agreed to of it.
    init(renewing consent: Consent, purposes: Set<String>) {
        self.init()
        self.purposes = purposes
        by = consent.by
        guardian = consent.guardian?.name ?? ""
        relation = consent.guardian?.relation
        cannotWrite = consent.witness != nil
        witness = consent.witness ?? ""
        evidence = .witnessed
        reason = "Đã nghe đọc lại chỗ sửa, vẫn đồng ý như đã ghi ngày \(Self.day(consent.at))"
    }

    static func day(_ rfc3339: String) -> String {
        VietnamTime.instant(rfc3339: rfc3339).map { VietnamTime.spoken($0) } ?? rfc3339
    }
}

extension Visit {
    /// The consent of the last time, where it can be stood by: of the same text.
    func renewableConsent(of id: String) async throws -> (consent: Consent, purposes: Set<String>)? {
        let detail = try await store.dossier(id)
        let text = try await store.begun(id).edition.consentText
        guard detail.summary.revision > 0, let consent = detail.consent, consent.version == text.version, consent.purposes != nil
        else { return nil }
        return (consent, Set((consent.purposes ?? []).filter { detail.agrees(to: $0) == true }))
    }

    /// The one tick, and sealing and sending at once.
    func consentAgainCard(of id: String, canSeal: Bool, isMissed: Bool) async throws -> HTML {
        guard let (consent, _) = try await renewableConsent(of: id) else { return "" }
        let missed: HTML =
            isMissed
            ? "<p class=\"error\" id=\"e-consent-again\">\(say("Hãy hỏi người dân và đánh dấu.", "Ask the resident, and tick."))</p>"
            : ""
        let day = ConsentGiven.day(consent.at)
        return """
            <section class="card" id="again"><h2>\(say("Gửi lại", "Send it again"))</h2>\(missed)
            <label class="choice tick"><input type="checkbox" name="consent.again" value="yes" autocomplete="off"\(
                " aria-describedby=\"e-consent-again\"", when: isMissed)><span>\(
                say("Người dân đã nghe đọc lại chỗ sửa và vẫn đồng ý như đã ghi ngày \(day)",
                    "The resident heard what was changed and still agrees as recorded on \(day)"))</span></label>
            <div class="buttons"><button class="button primary" name="do" value="send"\(" disabled", when: !canSeal)>\(
                say("Ghi nhận và gửi lại ngay", "Seal and send again now"))</button></div></section>
            """
    }
}
