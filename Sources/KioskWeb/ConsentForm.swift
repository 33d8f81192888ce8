internal import HTTPServing
internal import KioskDomain
internal import KioskStore

extension ConsentGiven {
    /// What the fields of the review say of the consent: `consent.<purpose>` ticks, `consent.by`, `consent.evidence` and what they lead to.
    init(_ fields: [String: String], asked text: ConsentText) {
        self.init()
        func field(_ name: String) -> String { fields["consent.\(name)"] ?? "" }
        purposes = Set((text.purposes ?? []).map(\.id).filter { field($0) == "yes" })
        by = Consent.Giver(rawValue: field("by"))
        guardian = field("guardian")
        relation = Consent.Relation(rawValue: field("relation"))
        cannotWrite = field("cannotWrite") == "yes"
        witness = field("witness")
        evidence = Consent.Evidence(rawValue: field("evidence"))
        reason = field("reason")
        signature = field("signature")
    }
}

/// The part of the review where a resident's consent is recorded: nothing of it is ticked beforehand.
///
/// What a choice leads to is hidden by the style sheet alone, so that without the script, or without `:has()`, everything is there.
struct ConsentForm {
    let dossier: String
    let text: ConsentText
    /// What was told before and did not suffice; empty at first.
    let given: ConsentGiven
    let issues: [ConsentIssue]
    let isMinor: Bool
    /// The signed page that is there already, as a list to look at.
    let page: HTML
    let maximumFileBytes: Int
    let canSeal: Bool
    let say: Tongue

    private func anchor(_ name: String) -> String { "consent-\(name)" }

    private func error(_ name: String) -> HTML {
        let own = issues.filter { $0.field == "consent.\(name)" }
        return
            "<p class=\"error\" id=\"e-\(anchor(name))\"\(" hidden", when: own.isEmpty)>\(own.map { say($0.message) }.joined(separator: " "))</p>"
    }

    private func isWrong(_ name: String) -> Bool { issues.contains { $0.field == "consent.\(name)" } }

    /// All that the consent lacks, with links to the places.
    var summary: HTML {
        guard !issues.isEmpty else { return "" }
        let items = issues.map { issue -> HTML in
            "<li><a href=\"#\(anchor(String(issue.field.dropFirst("consent.".count))))\">\(say(issue.message))</a></li>"
        }
        return """
            <div class="notice bad" role="alert"\(" id=\"summary\" tabindex=\"-1\"", when: canSeal)><p class="notice-title">\(
                say("Sự đồng ý còn thiếu", "The consent lacks something"))</p><ul>\(items)</ul></div>
            """
    }

    var card: HTML {
        """
        <section class="card consent" id="consent"><h2>\(say("Lời đồng ý của người dân", "The resident's consent"))</h2>
        <blockquote>\(say(text.text))</blockquote>
        <p class="help">\(say("Đọc từng mục cho người dân nghe. Chỉ đánh dấu mục mà họ đồng ý.",
            "Read each item to the resident. Tick only what they agree to."))</p>
        \((text.purposes ?? []).map(tick))\(giver)\(evidence)
        <div class="buttons"><button class="button primary"\(" disabled", when: !canSeal)>\(
            say("Ghi nhận và in phiếu", "Seal and print the receipt"))</button></div></section>
        """
    }

    private func tick(_ purpose: ConsentText.Purpose) -> HTML {
        let need = purpose.required ? say("cần để ghi nhận", "needed to seal") : say("không bắt buộc", "optional")
        return """
            <div class="field\(" wrong", when: isWrong(purpose.id))">\(error(purpose.id))<label class="choice tick"><input type="checkbox" id="\(
                anchor(purpose.id))" name="consent.\(purpose.id)" value="yes" autocomplete="off" aria-describedby="e-\(anchor(purpose.id))"\(
                " checked", when: given.purposes.contains(purpose.id))>
            <span><b>\(say(purpose.name))</b> <small>(\(need))</small><br>\(say(purpose.text))</span></label></div>
            """
    }

    private func radio(_ name: String, _ value: String, _ label: String, isChosen: Bool, more: HTML = "") -> HTML {
        """
        <label class="choice"\(more)><input type="radio" name="consent.\(name)" value="\(value)" autocomplete="off"\(
            " checked", when: isChosen)><span>\(label)</span></label>
        """
    }

    private func name(_ field: String, _ label: String, _ value: String) -> HTML {
        """
        <div class="field\(" wrong", when: isWrong(field))"><label for="\(anchor(field))">\(label)</label>\(error(field))
        <div class="control"><input type="text" id="\(anchor(field))" name="consent.\(field)" value="\(value)" maxlength="100" autocomplete="off"
        autocapitalize="words" spellcheck="false" data-viet aria-describedby="e-\(anchor(field))"></div></div>
        """
    }

    // MARK: Who

    private var giver: HTML {
        let relations = Consent.Relation.allCases.map {
            radio("relation", $0.rawValue, say($0.words), isChosen: given.relation == $0)
        }
        let minor: HTML =
            isMinor
            ? "<p class=\"help\">\(say("Người kê khai chưa đủ \(text.guardianUnder ?? 0) tuổi.", "The applicant is under \(text.guardianUnder ?? 0)."))</p>"
            : ""
        return """
            <fieldset class="field\(" wrong", when: isWrong("by"))" id="\(anchor("by"))" aria-describedby="e-\(anchor("by"))"><legend>\(
                say("Ai đồng ý?", "Who agrees?"))</legend>\(minor)\(error("by"))<div class="choices few">
            \(radio("by", "applicant", say("Người kê khai", "The applicant"), isChosen: given.by == .applicant))
            \(radio("by", "guardian", say("Cha, mẹ hoặc người giám hộ", "A parent or guardian"), isChosen: given.by == .guardian))</div></fieldset>
            <div class="when-guardian">\(name("guardian", say("Họ tên cha, mẹ hoặc người giám hộ", "Name of the parent or guardian"), given.guardian))
            <fieldset class="field\(" wrong", when: isWrong("relation"))" id="\(anchor("relation"))" aria-describedby="e-\(anchor("relation"))">
            <legend>\(say("Quan hệ với người kê khai", "What they are to the applicant"))</legend>\(error("relation"))
            <div class="choices few">\(relations)</div></fieldset></div>
            <label class="choice tick"><input type="checkbox" name="consent.cannotWrite" value="yes" autocomplete="off"\(
                " checked", when: given.cannotWrite)><span>\(say("Người đồng ý không viết được (điểm chỉ)",
                    "The one who agrees cannot write (thumb mark)"))</span></label>
            <div class="when-witness">\(name("witness", say("Họ tên người làm chứng", "Name of the witness"), given.witness))</div>
            """
    }

    // MARK: How it is proved

    private var evidence: HTML {
        """
        <fieldset class="field\(" wrong", when: isWrong("evidence"))" id="\(anchor("evidence"))" aria-describedby="e-\(anchor("evidence"))"><legend>\(
            say("Ghi lại sự đồng ý bằng cách nào?", "How is the consent recorded?"))</legend>\(error("evidence"))<div class="choices">
        \(radio("evidence", "signature", say("Ký trên màn hình", "Signed on the screen"), isChosen: given.evidence == .signature,
            more: " data-scripted hidden"))
        \(radio("evidence", "photo", say("Ảnh hoặc bản quét trang đã ký, đã điểm chỉ", "A photo or scan of the page, signed or with a thumb mark"),
            isChosen: given.evidence == .photo))
        \(radio("evidence", "witnessed", say("Không ký, không chụp được: người trực xác nhận",
            "Neither is possible: the operator's word"), isChosen: given.evidence == .witnessed))</div></fieldset>
        <div class="when-signature" data-scripted hidden>\(pad)</div><div class="when-photo">\(photo)</div>
        <div class="when-witnessed"><div class="field\(" wrong", when: isWrong("reason"))"><label for="\(anchor("reason"))">\(
            say("Vì sao không có chữ ký và không có ảnh?", "Why is there neither a signature nor a photo?"))</label>\(error("reason"))
        <textarea id="\(anchor("reason"))" name="consent.reason" rows="2" maxlength="500" autocomplete="off" data-viet
        aria-describedby="e-\(anchor("reason"))">\n\(given.reason)</textarea></div></div>
        """
    }

    private var pad: HTML {
        """
        <div class="field\(" wrong", when: isWrong("signature"))" id="\(anchor("signature"))">\(error("signature"))
        <p class="help">\(say("Ký vào khung bằng ngón tay, bút hoặc chuột. Không dùng được thì chọn cách khác ở trên.",
            "Sign in the frame with a finger, a pen or the mouse. Where that cannot be done, choose another way above."))</p>
        <canvas class="pad" width="\(Signature.width)" height="\(Signature.height)" role="img" data-points="\(Signature.maximumPoints)"
        aria-label="\(say("Khung ký tên", "Frame for the signature"))"></canvas>
        <input type="hidden" name="consent.signature" value="\(given.signature)" autocomplete="off">
        <div class="buttons start"><button type="button" class="button small" data-undo>\(say("Bỏ nét cuối", "Undo the last stroke"))</button>
        <button type="button" class="button small" data-clear>\(say("Ký lại", "Clear"))</button></div></div>
        """
    }

    private var photo: HTML {
        """
        <div class="field component\(" wrong", when: isWrong("photo"))" id="\(anchor("photo"))">\(error("photo"))<span class="state"></span>
        <ul class="files">\(page)</ul>
        <noscript><p>\(say("Cần bật JavaScript để thêm ảnh.", "Adding a photo needs JavaScript."))</p></noscript>
        <div class="drop" \(DropZone(upload: "/dossiers/\(dossier)/consent/page", limit: maximumFileBytes, say: say).attributes)>
        <label class="button add">+ \(say("Chụp hoặc chọn ảnh trang đã ký", "Take or choose the photo of the signed page"))<input type="file"
        class="unseen" capture="environment" accept=".jpg,.jpeg,.png,.tif,.tiff,.pdf,image/*,application/pdf"></label>
        <div class="progress" role="status" aria-live="polite"></div></div></div>
        """
    }
}

extension Consent.Relation {
    /// What they are, in words.
    var words: LocalText {
        switch self {
        case .father: LocalText(vi: "Cha", en: "Father")
        case .mother: LocalText(vi: "Mẹ", en: "Mother")
        case .guardian: LocalText(vi: "Người giám hộ", en: "Guardian")
        case .representative: LocalText(vi: "Người đại diện theo pháp luật khác", en: "Another legal representative")
        }
    }
}

extension Consent.Evidence {
    /// How it is proved, in words.
    var words: LocalText {
        switch self {
        case .signature: LocalText(vi: "Ký trên màn hình", en: "Signed on the screen")
        case .photo: LocalText(vi: "Ảnh trang đã ký hoặc điểm chỉ", en: "Photo of the page, signed or with a thumb mark")
        case .witnessed: LocalText(vi: "Người trực xác nhận", en: "The operator's word")
        }
    }
}
