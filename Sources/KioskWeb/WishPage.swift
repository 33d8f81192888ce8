internal import FoundationEssentials
internal import HTTPServing
internal import JSONTree
internal import KioskDomain
internal import KioskStore
internal import KioskSync

/// What the portal answered to the wishes for a day.
struct WishAnswer {
    let remark: PortalDossier.Remark
    /// Whether it gives an appointment: said with or after the portal's taking the dossier on.
    let isAppointment: Bool

    /// The last that an officer said about the wishes; nil where nobody has.
    ///
    /// What was said before the dossier was taken on, such as "that day is full", gives no appointment afterwards either. Once work
    /// has begun the portal no longer tells since when it has had it; then what was said after the last sealing counts.
    init?(_ detail: DossierDetail, about place: JSONPointer) {
        let remarks = detail.portal?.remarks.filter { $0.pointer.flatMap { JSONPointer($0) }?.isInside(place) ?? false } ?? []
        guard let portal = detail.portal, let last = remarks.last else { return nil }
        remark = last
        let since: Date? =
            switch portal.status.rawValue {
            case "accepted": VietnamTime.instant(rfc3339: portal.statusAt)
            case "processing", "resolved", "returned": detail.summary.sealedAt
            default: nil
            }
        if let said = VietnamTime.instant(rfc3339: last.at), let since {
            isAppointment = said >= since
        } else {
            isAppointment = false
        }
    }
}

extension Visit {
    /// The days a resident would like, to take home; the portal's word once it has given one.
    ///
    /// No day can be reserved without a line: until the portal answers, nothing here says appointment.
    func wishPage() async throws -> HTTPResponse {
        let id = parameter("id")
        let detail = try await store.dossier(id)
        let procedure = try store.procedure(detail.summary.procedure, version: detail.summary.catalogueVersion)
        guard let wish = procedure.wish else { return .redirect(to: "/dossiers/\(id)") }
        let form = Form(procedure, today: today)
        let answer = WishAnswer(detail, about: wish.about)
        let isAppointment = answer?.isAppointment ?? false
        let title =
            isAppointment
            ? say("Lịch hẹn do cổng xác nhận", "Appointment confirmed by the portal") : say("Phiếu nguyện vọng", "Wished days")
        func spoken(_ place: JSONPointer) -> String { form.field(at: place)?.spoken(detail.answers[place], say) ?? "" }
        let choices = wish.choices.enumerated().compactMap { index, choice -> HTML? in
            guard let day = detail.answers[choice.date]?.stringValue.flatMap({ CalendarDate($0) }) else { return nil }
            return "<li><b>\(say(day.weekday)), \(day.spoken)</b> – \(spoken(choice.session))</li>"
        }
        let receipt: HTML = detail.summary.receipt.map { "<p class=\"receipt-number\">\($0)</p>" } ?? ""
        let facts: [(String, String?)] = [
            (say("Thủ tục", "Procedure"), name(of: procedure)), (say("Họ tên", "Name"), detail.summary.subject),
            (say("Nơi làm", "Where"), spoken(wish.place)), (say("Mã hồ sơ trên cổng", "Portal code"), detail.summary.code),
        ]
        let lines = facts.compactMap { name, value in
            value.flatMap { $0.isEmpty ? nil : "<div><dt>\(name)</dt><dd>\($0)</dd></div>" as HTML }
        }
        let content: HTML = """
            \(back("/dossiers/\(id)", say("Hồ sơ", "The dossier")))\(printBar(say("In phiếu", "Print")))
            <article class="receipt"><header><p>\(store.identity.village)</p><h1>\(title.uppercased())</h1>\(receipt)</header>
            <dl>\(lines)</dl>\(portalWords(answer))
            <h2>\(say("Những ngày mong muốn", "The days wished for"))</h2><ol>\(choices)</ol>
            <h2>\(say("Mang theo", "Bring along"))</h2><ul>\(wish.bring.map { "<li>\(say($0))</li>" as HTML })</ul>\(standing(answer))</article>
            """
        return page(title, content)
    }

    private func portalWords(_ answer: WishAnswer?) -> HTML {
        guard let answer else { return "" }
        return """
            <h2>\(say("Cổng trả lời", "The portal's answer"))</h2><blockquote>\(HTML.lines(answer.remark.text))</blockquote>
            <p>\(answer.remark.by), \(say.time(answer.remark.at))</p>
            """
    }

    private func standing(_ answer: WishAnswer?) -> HTML {
        guard answer?.isAppointment != true else { return "" }
        return """
            <p class="receipt-note"><b>\(say("Đây mới là nguyện vọng: chưa ngày nào được giữ chỗ.", "These are wishes: no day is reserved yet."))</b>
            \(say("Chỉ đi khi cổng dịch vụ công đã trả lời; đem phiếu này đến hỏi trưởng thôn.",
                "Go only when the portal has answered; bring this paper to the village head to ask."))</p>
            """
    }
}

extension CalendarDate {
    /// The day of the week as people call it.
    var weekday: LocalText {
        let names = [
            LocalText(vi: "Thứ Năm", en: "Thursday"), LocalText(vi: "Thứ Sáu", en: "Friday"),
            LocalText(vi: "Thứ Bảy", en: "Saturday"), LocalText(vi: "Chủ Nhật", en: "Sunday"),
            LocalText(vi: "Thứ Hai", en: "Monday"), LocalText(vi: "Thứ Ba", en: "Tuesday"),
            LocalText(vi: "Thứ Tư", en: "Wednesday"),
        ]
        return names[((dayNumber % 7) + 7) % 7]
    }
}
