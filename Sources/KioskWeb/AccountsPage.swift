internal import FoundationEssentials
internal import HTTPServing
internal import KioskDomain
internal import KioskStore
internal import KioskSync

extension Visit {
    /// The residents whose accounts wait for a code, with their telephones.
    func accountsPage() async throws -> HTTPResponse {
        let accounts = try await store.accountsAwaitingPerson(limit: 1000)
        let rows = accounts.map { account -> HTML in
            """
            <a class="row" href="/accounts/\(account.id)"><span class="row-main"><b>\(account.fullName)</b><span>\(
                account.words(at: now).map { say($0) }.joined(separator: " "))</span></span>
            <span class="row-side"><b>\(account.phone)</b>\(contactNote(account.agreesToContact))</span></a>
            """
        }
        let list: HTML =
            rows.isEmpty
            ? notice(.good, say("Không ai phải nhập mã.", "Nobody waits for a code.")) : "<div class=\"rows\">\(rows)</div>"
        let content: HTML = """
            \(back("/attention", say("Cần xử lý", "Needs you")))<h1>\(say("Người dân chờ mã 6 số", "Residents who wait for a code"))</h1>
            <p class="help">\(say("Gọi người dân, hỏi mã 6 số trong tin nhắn rồi nhập ở đây.",
                "Call the resident, ask for the six digits of the SMS and enter them here."))</p>\(list)
            """
        return page(say("Người dân chờ mã 6 số", "Residents who wait for a code"), content)
    }

    /// One account: how it stands, and large keys for its six digits.
    func accountPage() async throws -> HTTPResponse {
        guard let account = try await store.account(parameter("account")) else { return .redirect(to: "/accounts") }
        let standing = account.codeStanding(at: now)
        let place = "/accounts/\(account.id)"
        let police: HTML = standing == .locked ? "<p><b>\(say(desk.options.worklist.policeWords))</b></p>" : ""
        let card: HTML =
            standing == .verified
            ? notice(.good, say("Tài khoản đã xác minh.", "The account is verified."))
            : "<div class=\"card\">\(codeCard(account, next: place, keypad: true))\(police)</div>"
        let content: HTML = """
            \(back("/accounts", say("Người dân chờ mã 6 số", "Residents who wait for a code")))<h1>\(say("Mã 6 số", "Six digits")): \(account.fullName)</h1>
            <p>\(say("Điện thoại:", "Telephone:")) <b>\(account.phone)</b></p>\(wrongCode)\(card)
            """
        return page(say("Mã 6 số", "Six digits"), content)
    }

    /// What is known of a dossier whose answer was lost, and whom to ask; nobody has to guess.
    func doubtPage() async throws -> HTTPResponse {
        let detail = try await store.dossier(parameter("id"))
        let row = detail.summary
        guard row.state == .inDoubt else { return .redirect(to: "/dossiers/\(row.id)") }
        let facts = try await store.facts(of: detail, now: now)
        let sent = detail.events.last { $0.kind == .inDoubt }?.at ?? row.updatedAt
        let plan = desk.options.worklist
        let known: [(String, String)] = [
            (say("Của ai", "Whose"), row.subject.isEmpty ? row.applicant : row.subject),
            (say("Số phiếu ghi nhận", "Receipt number"), row.receipt ?? ""),
            (say("Mã hồ sơ trên cổng", "Code at the portal"), row.code ?? say("chưa biết", "not known")),
            (say("Mã của máy", "The machine's id"), row.id),
            (say("Ghi nhận lúc", "Sealed"), row.sealedAt.map(VietnamTime.spoken) ?? ""),
            (say("Gửi mà mất câu trả lời lúc", "Answer lost"), VietnamTime.spoken(sent)),
            (
                say("Máy hỏi lại cổng", "Asked again"),
                facts.operation.map {
                    $0.notBefore <= now ? say("lần có mạng tới", "with the next line") : VietnamTime.spoken($0.notBefore)
                } ?? ""
            ),
        ]
        let content: HTML = """
            \(back("/dossiers/\(row.id)", say("Hồ sơ", "The dossier")))\(printBar(say("In", "Print")))
            <article class="receipt script"><h1>\(say("Chưa rõ cổng đã nhận hay chưa", "Whether the portal has it is not known"))</h1>
            <p>\(say("Bác không phải đoán. Máy tự hỏi cổng mỗi lần có mạng; nếu cổng đã nhận thì không gửi trùng.",
                "You need not guess. The machine asks the portal whenever there is a line; what the portal has is never filed twice."))</p>
            <dl>\(known.filter { !$0.1.isEmpty }.map { name, value -> HTML in "<dt>\(name)</dt><dd><b>\(value)</b></dd>" })</dl>
            <h2>\(say("Sau \(plan.inDoubtDays) ngày vẫn chưa rõ thì gọi", "If it is still not known after \(plan.inDoubtDays) days, call"))</h2>
            <p>\(say(plan.policeWords)) \(say("Đọc cho họ số phiếu, mã của máy và tên người nộp ở trên, hỏi hồ sơ đã lên cổng chưa.",
                "Read them the receipt number, the machine's id and the name above, and ask whether the dossier is there."))</p></article>
            """
        return page(say("Chưa rõ kết quả", "In doubt"), content)
    }

    /// An announcement, to be read out.
    func announcementPage() async throws -> HTTPResponse {
        guard let one = try await store.announcements(now: now).first(where: { $0.id == parameter("id") }) else {
            return .redirect(to: "/attention")
        }
        let until: HTML =
            one.validUntil.map { "<p>\(say("Có hiệu lực đến", "Holds until")) \(say.time($0))</p>" } ?? ""
        let content: HTML = """
            \(back("/attention", say("Cần xử lý", "Needs you")))<article class="card announcement"><h1>\(one.title)</h1>\(HTML.lines(one.body))\(until)</article>
            <form method="post" action="/announcements/\(one.id.escapedForQuery)/read">\(csrf)<input type="hidden" name="next" value="/attention"><button class="button primary">\(
                say("Đã đọc cho bà con", "It was read out"))</button></form>
            """
        return page(one.title, content)
    }
}
