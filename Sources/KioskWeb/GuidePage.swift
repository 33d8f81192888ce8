internal import HTTPServing
internal import KioskDomain

extension Visit {
    /// One plain question a screen, until it is clear which procedure it is.
    ///
    /// The way so far stands in the address as the answers' numbers: `/guide?at=1.0`.
    func guidePage() throws -> HTTPResponse {
        let path = (request.query["at"] ?? "").split(separator: ".").map { Int($0) ?? -1 }
        guard let question = desk.catalogue.guide?.question(after: path) else { return .redirect(to: "/dossiers/new") }
        let behind = path.isEmpty ? "/dossiers/new" : path.count == 1 ? "/guide" : "/guide?at=\(address(path.dropLast()))"
        let answers = question.answers.enumerated().map { index, answer -> HTML in
            if let code = answer.procedure { return procedureAnswer(answer, code: code) }
            if let slip = answer.slip { return slipAnswer(answer, slip: slip) }
            return """
                <a class="procedure" href="/guide?at=\(address(path + [index]))"><span class="tile-title">\(say(answer.label))</span>\(help(answer))</a>
                """
        }
        return page(
            say(question.question),
            """
            \(back(behind, say("Quay lại", "Back")))<h1>\(say(question.question))</h1><div class="procedures guide">\(answers)</div>
            """)
    }

    private func address(_ path: some Sequence<Int>) -> String { path.map(String.init).joined(separator: ".") }

    private func help(_ answer: GuideQuestion.Answer) -> HTML {
        answer.help.map { "<span class=\"tile-text\">\(say($0))</span>" } ?? ""
    }

    /// What cannot be filed here, or no longer: it leads to what to do instead.
    private func slipAnswer(_ answer: GuideQuestion.Answer, slip: String) -> HTML {
        """
        <a class="procedure" href="/slips/\(slip)"><span class="tile-title">\(say(answer.label))</span>\(help(answer))</a>
        """
    }

    private func procedureAnswer(_ answer: GuideQuestion.Answer, code: String) -> HTML {
        guard desk.catalogue.procedure(code) != nil else {
            return slipAnswer(answer, slip: code)
        }
        return """
            <form method="post" action="/dossiers/new">\(csrf)<button class="procedure" name="procedure" value="\(code)">
            <span class="tile-title">\(say(answer.label))</span>\(help(answer))</button></form>
            """
    }
}
