internal import FoundationEssentials
internal import HTTPServing
internal import KioskDomain
internal import KioskStore

extension Visit {
    /// A draft in a list: also what it lacks, who began it and who worked on it last.
    func draftRow(_ row: DossierSummary) async throws -> HTML {
        let standing: DraftStanding
        do {
            standing = try await store.draftStanding(of: row.id)
        } catch StoreError.notADraft, StoreError.noDossier {
            // It was sealed or thrown away since the list was read.
            return rowLink(row)
        }
        let view = DraftView(
            id: row.id, draft: standing.draft, procedure: try store.procedure(row.procedure, version: row.catalogueVersion),
            papers: standing.papers, limits: store.paperLimits, today: today)
        return rowLink(row, note: "<small class=\"lacks\">\(lacks(view))</small><small>\(hands(standing))</small>")
    }

    /// What keeps a draft from being sealed, in numbers.
    private func lacks(_ view: DraftView) -> String {
        let blocking = view.issues.filter(view.blocks)
        let missing = blocking.count(where: \.isAbsence)
        let papers = view.paperIssues.count
        let wrong = blocking.count - missing
        var parts: [String] = []
        if missing > 0 { parts.append(say("\(missing) mục", missing == 1 ? "1 answer" : "\(missing) answers")) }
        if papers > 0 { parts.append(say("\(papers) giấy tờ", papers == 1 ? "1 paper" : "\(papers) papers")) }
        var words: [String] = parts.isEmpty ? [] : [say("còn thiếu ", "lacks ") + parts.joined(separator: ", ")]
        if wrong > 0 { words.append(say("\(wrong) chỗ cần xem lại", "\(wrong) to look at again")) }
        return words.isEmpty ? say("đã đủ, chờ ghi nhận", "complete, to be sealed") : words.joined(separator: "; ")
    }

    private func hands(_ standing: DraftStanding) -> String {
        let begun = standing.begunBy.map { say("\($0) bắt đầu", "begun by \($0)") }
        let other = standing.touchedBy == standing.begunBy ? nil : standing.touchedBy
        let time = VietnamTime.spoken(standing.savedAt)
        let touched =
            other.map { say("\($0) làm tiếp, \(time)", "\($0) went on, \(time)") }
            ?? say("sửa lần cuối \(time)", "last saved \(time)")
        return [begun, touched].compactMap(\.self).joined(separator: " · ")
    }
}
