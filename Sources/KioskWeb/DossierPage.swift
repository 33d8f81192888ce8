internal import FoundationEssentials
internal import HTTPServing
internal import JSONTree
internal import KioskDomain
internal import KioskStore
internal import KioskSync

extension Visit {
    /// One dossier: where it is, what happens next, whose move it is, and all that is known of it.
    func dossierPage() async throws -> HTTPResponse {
        let detail = try await store.dossier(parameter("id"))
        let dossier = detail.summary
        let procedure = try store.procedure(dossier.procedure, version: dossier.catalogueVersion)
        let form = Form(procedure, today: VietnamTime.day(of: now))
        let outlook = try await store.outlook(desk.options.sendPlan, now: now)
        let situation = Situation(try await store.facts(of: detail, now: now), outlook)
        let name = dossier.subject.isEmpty ? say("Hồ sơ chưa có tên", "Dossier without a name") : dossier.subject
        let sections = form.sections(for: detail.answers)
        let code = try await accountCard(detail)
        let content: HTML = """
            \(back("/dossiers", say("Danh sách hồ sơ", "All dossiers")))<p class="over">\(self.name(of: procedure))</p>
            <h1>\(name)</h1><p class="badges">\(badges(dossier))</p>
            <div class="notice \(situation.tone.rawValue) situation"><p class="notice-title">\(say(situation.place))</p>
            <p>\(say("Tiếp theo:", "Next:")) \(say(situation.next))</p><p>\(say("Việc của:", "Whose move:")) <b>\(say(situation.mover.name))</b></p></div>
            <div class="buttons start">\(actions(detail))\(try await printLinks(ofDossier: dossier.id))</div>
            \(dossier.state == .draft ? editionNote(dossier.procedure, version: dossier.catalogueVersion) : "")\(resultCard(dossier))\(parkedCard(dossier))\(try await undoCard(detail))\(try await problem(detail, form: form))\(try await remarks(detail, form: form))\(wrongCode)\(code)\(deadline(dossier))
            <div class="two-columns"><div>\(sections.map { section -> HTML in
                "<section class=\"card read\"><h2>\(say(section.title))</h2>\(answers(of: section, in: form, detail.answers))</section>"
            })\(reasonsCard(detail, form: form))</div><div>\(facts(detail, procedure))
            <section class="card read"><h2>\(say("Giấy tờ", "Papers"))</h2>\(paperGallery(detail.papers, procedure: procedure, dossier: dossier.id))\(try await waysOfFiles(detail, outlook))</section>
            \(withdrawalCard(detail))\(consentFacts(detail))\(history(detail, form: form))</div></div>
            """
        return page(name, content)
    }

    /// Where each file of a sealed dossier is that is not at the portal yet.
    private func waysOfFiles(_ detail: DossierDetail, _ outlook: Outlook) async throws -> HTML {
        guard detail.summary.state != .draft else { return "" }
        let operations = try await store.fileOperations(ofDossier: detail.summary.id, now: now)
        let lines = detail.papers.filter { !$0.isUploaded }.compactMap { paper -> HTML? in
            operations[paper.attachment].map {
                "<li><b>\(paper.fileName)</b>: \(say(Situation($0, outlook).sentence))</li>"
            }
        }
        return lines.isEmpty ? "" : "<ul class=\"ways\">\(HTML.join(lines))</ul>"
    }

    /// Why answers stand that the rules had doubts about; whoever reads the dossier later asks the same.
    private func reasonsCard(_ detail: DossierDetail, form: Form) -> HTML {
        let given = detail.reasons.filter { !$0.value.isEmpty }.compactMap { key, reason in JSONPointer(key).map { ($0, reason) }
        }
        guard !given.isEmpty else { return "" }
        let rows = given.sorted { $0.0.description < $1.0.description }.map { pointer, reason -> HTML in
            "<div><dt>\(name(of: pointer, in: form))</dt><dd>\(HTML.lines(reason))</dd></div>"
        }
        return """
            <section class="card read"><h2>\(say("Lý do đã ghi cho chỗ cần xem lại", "Reasons given"))</h2>
            <dl class="answers">\(rows)</dl></section>
            """
    }

    private func accountCard(_ detail: DossierDetail) async throws -> HTML {
        guard let id = detail.account, detail.summary.code == nil || detail.summary.awaitsAccount,
            let account = try await store.account(id),
            !["new", "rejected", "verified"].contains(account.state)
        else { return "" }
        return """
            <section class="card"><h2>\(say("Mã 6 số", "The six digits"))</h2>\(codeCard(account, next: "/dossiers/\(detail.summary.id)"))\(
                try await differenceNote(detail))</section>
            """
    }

    // MARK: What the portal says

    /// Why it stands still, in plain words, with links to the fields at fault.
    private func problem(_ detail: DossierDetail, form: Form) async throws -> HTML {
        switch detail.problem {
        case nil: ""
        case .rejection(let rejection): try await rejectionCard(rejection, detail: detail, form: form)
        case .conflict(.duplicate(let code, let receivedAt, let kiosk)):
            try await duplicateCard(code: code, receivedAt: receivedAt, kiosk: kiosk, detail: detail)
        case .conflict(.absent(let code, let status)): absenceCard(code: code, status: status)
        case .conflict(.edited(let divergence)): conflictCard(divergence, detail: detail, form: form)
        }
    }

    // MARK: The side

    private func facts(_ detail: DossierDetail, _ procedure: Procedure) -> HTML {
        let dossier = detail.summary
        let rows: [(String, String?)] = [
            (say("Số phiếu", "Receipt"), dossier.receipt), (say("Mã hồ sơ trên cổng", "Portal code"), dossier.code),
            (say("Trạng thái trên cổng", "Status at the portal"), dossier.status.map { say($0.name) }),
            (say("Hẹn trả kết quả", "Result due"), dossier.dueAt.map(say.time)),
            (say("Người kê khai", "Applicant"), dossier.applicant.isEmpty ? nil : dossier.applicant),
            (say("Bắt đầu soạn", "Begun"), VietnamTime.spoken(dossier.capturedAt)),
            (say("Ghi nhận", "Sealed"), dossier.sealedAt.map(VietnamTime.spoken)),
        ]
        let phone = detail.answers[procedure.applicant.appending("phone")]?.stringValue ?? ""
        let phoneLine: HTML =
            phone.isEmpty
            ? ""
            : "<div><dt>\(say("Điện thoại", "Phone"))</dt><dd>\(phone) \(contactNote(detail.agrees(to: ConsentText.Purpose.contact)))</dd></div>"
        let lines = rows.compactMap { name, value -> HTML? in value.map { "<div><dt>\(name)</dt><dd>\($0)</dd></div>" } }
        return
            "<section class=\"card read\"><h2>\(say("Thông tin chung", "In short"))</h2><dl class=\"answers stacked\">\(lines)\(phoneLine)</dl></section>"
    }

    private func history(_ detail: DossierDetail, form: Form) -> HTML {
        // Each seal made one revision, the first one number 1; merges say which they made.
        var revision = 0
        let items = detail.events.map { event -> HTML in
            let person: HTML = event.operatorName.map { " – \($0)" } ?? ""
            var more: HTML = event.purpose.map { ": \(consentName(of: $0, in: detail))" } ?? ""
            if event.kind == .sealed {
                revision += 1
                more =
                    ". <a href=\"/dossiers/\(detail.summary.id)/consents/\(revision)\">\(say("Xem sự đồng ý", "See the consent"))</a>"
            }
            if let made = event.revision { revision = made }
            if let other = event.other { more = ". <a href=\"/dossiers/\(other)\">\(say("Mở hồ sơ kia", "Open the other"))</a>" }
            let merged =
                event.kind == .resolved
                ? decidedWords(event.changes ?? [], detail: detail, form: form)
                : mergedWords(event.changes ?? [], detail: detail, form: form)
            return
                "<li><span>\(say(event.words))\(more)</span>\(merged)<small>\(VietnamTime.spoken(event.at))\(person)</small></li>"
        }
        return
            "<section class=\"card read\"><h2>\(say("Đã diễn ra", "History"))</h2><ol class=\"history\">\(HTML.join(items.reversed()))</ol></section>"
    }

    private func actions(_ detail: DossierDetail) -> HTML {
        let dossier = detail.summary
        let path = "/dossiers/\(dossier.id)"
        func post(_ action: String, _ words: String, isFirst: Bool) -> HTML {
            """
            <form method="post" action="\(path)/\(action)">\(csrf)<button class="button\(" primary", when: isFirst)">\(words)</button></form>
            """
        }
        var items: [HTML] = []
        let isClash = if case .conflict(.edited) = detail.problem { true } else { false }
        switch dossier.state {
        case .draft where dossier.status?.isOver == true:
            items.append(post("stop-mending", say("Thôi sửa", "Stop mending"), isFirst: true))
        case .draft: items.append("<a class=\"button primary\" href=\"\(path)/form\">\(say("Soạn tiếp", "Go on"))</a>")
        case .conflict where isClash:
            items.append(
                "<a class=\"button primary\" href=\"\(path)/conflict\">\(say("Đối chiếu và chọn", "Compare and decide"))</a>")
        case .rejected where detail.isOfRetiredProcedure:
            items.append(
                "<a class=\"button primary\" href=\"/dossiers/new\">\(say("Chọn thủ tục thay", "Choose what replaces it"))</a>")
        case .rejected, .conflict:
            let isLost = if case .conflict(.absent) = detail.problem { true } else { false }
            if isLost { items.append(post("send-again", say("Gửi lại", "Send it again"), isFirst: true)) }
            // What to do about a duplicate stands in its card.
            items.append(
                post(
                    "reopen", isLost ? say("Sửa trước khi gửi", "Mend it first") : say("Sửa và gửi lại", "Mend and send again"),
                    isFirst: dossier.state == .rejected))
        case .delivered where dossier.status == .supplementRequired && detail.openWithdrawal == nil:
            items.append(post("reopen", say("Sửa và gửi lại", "Mend and send again"), isFirst: true))
        case .delivered where dossier.status == .refused:
            items.append(post("file-anew", say("Làm hồ sơ mới từ hồ sơ này", "File anew from this one"), isFirst: true))
        default: break
        }
        if dossier.isToBeTold {
            items.append(post("told", say("Đã báo cho người dân", "The resident was told"), isFirst: dossier.status == .resolved))
        }
        if dossier.receipt != nil {
            items.append("<a class=\"button\" href=\"\(path)/receipt\">\(say("In lại phiếu", "Print the receipt"))</a>")
        }
        if offersWithdrawal(detail) {
            items.append("<a class=\"button danger\" href=\"\(path)/withdraw\">\(say("Rút hồ sơ", "Withdraw"))</a>")
        }
        if dossier.state == .draft, dossier.revision == 0 {
            items.append("<a class=\"button danger\" href=\"\(path)/discard\">\(say("Bỏ hồ sơ này", "Throw it away"))</a>")
        }
        return HTML.join(items)
    }
}

extension DossierDetail {
    /// Whether the portal takes its procedure no more: mending cannot help.
    var isOfRetiredProcedure: Bool {
        if case .rejection(let rejection) = problem { rejection.code == "procedure-retired" } else { false }
    }
}
