internal import HTTPServing
internal import KioskDomain
internal import KioskStore

extension Visit {
    /// What to tell someone whose matter cannot be filed here, to take along; also of a procedure that has ended, by its code.
    func slipPage() throws -> HTTPResponse {
        let id = parameter("id")
        if let slip = store.catalogue.slip(id) { return slipPage(slip) }
        guard let closed = store.catalogue.closed?.first(where: { $0.code == id }) else {
            throw HTTPFault(404, "no such slip")
        }
        return slipPage(
            say(closed.name).capitalizedFirst,
            "<p>\(say("Thủ tục này không áp dụng.", "This procedure does not apply.")) \(closedWords(closed))</p>")
    }

    private func slipPage(_ slip: InstructionSlip) -> HTTPResponse {
        let time: HTML = slip.time.map { "<h2>\(say("Khi nào", "When"))</h2><p>\(say($0))</p>" } ?? ""
        let doubt: HTML =
            slip.unverified == nil
            ? ""
            : " \(say("(chưa đối chiếu với văn bản; hỏi lại Công an xã)", "(not compared with the text of the law; ask the police))"))"
        return slipPage(
            say(slip.name),
            """
            <p>\(say(slip.about))</p><h2>\(say("Đến đâu", "Where to go"))</h2><p>\(say(slip.place))</p>\(time)
            <h2>\(say("Mang theo", "Bring along"))</h2><ul>\(slip.bring.map { "<li>\(say($0))</li>" as HTML })</ul>
            <p class="receipt-note">\(say("Căn cứ", "Law")): \(slip.legalSource)\(doubt)</p>
            """)
    }

    private func slipPage(_ name: String, _ content: HTML) -> HTTPResponse {
        page(
            name,
            """
            \(back("/dossiers/new", say("Chọn thủ tục", "Procedures")))\(printBar(say("In phiếu", "Print")))
            <article class="receipt slip"><header><p>\(store.identity.village)</p>
            <h1>\(say("PHIẾU HƯỚNG DẪN", "INSTRUCTIONS"))</h1></header><h2 class="slip-name">\(name)</h2>\(content)
            <p class="receipt-note">\(say("Việc này không làm ở máy của thôn; máy không ghi lại điều gì về người hỏi.",
                "This is not done at the village's machine, which records nothing about who asked."))</p></article>
            """)
    }

    /// What cannot be filed here, with a slip for each.
    var slipsCard: HTML {
        guard let slips = store.catalogue.slips, !slips.isEmpty else { return "" }
        let rows = slips.map { "<li><a href=\"/slips/\($0.id)\">\(say($0.name))</a></li>" as HTML }
        return """
            <section class="card slips"><h2>\(say("Việc phải làm tại Công an xã", "What is done at the commune police"))</h2>
            <p class="help">\(say("Không làm được ở máy này. In phiếu hướng dẫn cho người dân.", "Not done here. Print instructions for the resident."))</p>
            <ul>\(rows)</ul></section>
            """
    }
}
