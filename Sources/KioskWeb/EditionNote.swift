internal import FoundationEssentials
internal import HTTPServing
internal import KioskDomain
internal import KioskStore

extension Visit {
    /// How a procedure as a draft was begun with it differs from the catalogue in use; nil where nothing that matters does.
    ///
    /// - Parameter version: the edition of the catalogue that the draft was begun with.
    func changeWords(_ code: String, version: String) -> String? {
        let current = store.catalogue
        guard current.version != version, let old = try? store.procedure(code, version: version) else { return nil }
        guard let new = current.procedure(code) else {
            let closed = current.closed?.first { $0.code == code }.map(closedWords) ?? ""
            return say(
                "Thủ tục đã đổi: danh mục mới không còn thủ tục này, cổng sẽ trả lại hồ sơ. \(closed)",
                "The procedure has changed: the new catalogue has it no longer, and the portal will return the dossier. \(closed)"
            )
        }
        guard let change = ProcedureChange(from: old, to: new) else { return nil }
        let parts: [(LocalText, [LocalText])] = [
            (LocalText(vi: "thêm mục", en: "new questions:"), change.newFields),
            (LocalText(vi: "bỏ mục", en: "no longer asked:"), change.goneFields),
            (LocalText(vi: "thêm giấy tờ", en: "new papers:"), change.newPapers),
            (LocalText(vi: "bỏ giấy tờ", en: "papers no longer asked for:"), change.gonePapers),
        ]
        let told = parts.filter { !$0.1.isEmpty }.map { name, items in
            "\(say(name)) \(items.map { "«\(say($0))»" }.joined(separator: ", "))"
        }
        let what =
            told.isEmpty
            ? say("quy định hoặc cách kiểm tra khác trước", "its rules or its law differ") : told.joined(separator: "; ")
        return say(
            "Thủ tục đã đổi: \(what). Hồ sơ này vẫn theo bản cũ; nếu cổng trả lại thì làm hồ sơ mới.",
            "The procedure has changed: \(what). This dossier follows the old edition; if the portal returns it, begin a new one."
        )
    }

    /// Which edition a draft follows, where it is not the one in use.
    func editionNote(_ code: String, version: String) -> HTML {
        let current = store.catalogue.version
        guard current != version else { return "" }
        if let words = changeWords(code, version: version) { return notice(.warn, words) }
        let words = say(
            "Hồ sơ này theo danh mục thủ tục bản \(version); bản máy đang dùng (\(current)) không đổi gì ở thủ tục này.",
            "This dossier follows the catalogue \(version); the one in use (\(current)) changes nothing of this procedure.")
        return "<p class=\"help\">\(words)</p>"
    }

    /// Drafts whose procedure has changed since they were begun, each with what changed.
    func changedDrafts() async throws -> [(row: DossierSummary, words: String)] {
        try await store.draftsOfOtherEditions().compactMap { row in
            changeWords(row.procedure, version: row.catalogueVersion).map { (row, $0) }
        }
    }

    /// That the portal's new catalogue is not used, what that means, and the fault for whoever can mend it.
    func refusedCatalogueNotice(_ standing: CatalogueStanding) -> HTML {
        guard let refused = standing.refused else { return "" }
        return notice(
            .warn,
            say("Danh mục thủ tục mới từ cổng có lỗi, máy không dùng", "The portal's new catalogue is broken and is not used"),
            """
            <p>\(say("Máy vẫn dùng danh mục đang có (bản \(standing.version)); hồ sơ vẫn làm và gửi như thường.",
                "The kiosk goes on with the one it has (\(standing.version)); dossiers are made and sent as ever."))
            \(say("Hãy đọc dòng dưới đây cho người hỗ trợ hoặc Công an xã.",
                "Read this line to whoever looks after the machine, or to the commune police."))</p>
            <p class="help"><code>\(refused.version.map { "\($0): " } ?? "")\(refused.fault)</code> (\(VietnamTime.spoken(refused.at)))</p>
            """)
    }
}
