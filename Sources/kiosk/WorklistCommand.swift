internal import FoundationEssentials
internal import KioskDomain
internal import KioskStore
internal import KioskSync

extension Command {
    static let worklist = Command(
        words: ["worklist"], summary: "lists what needs a person, the nearest deadline first",
        details: """
            One row a case, as under “Cần xử lý”. "kind" is rejected, supplement, refused, conflict, duplicate, mending, code-awaited,
            account-unverified, in-doubt, overdue, result, announcement, catalogue or parked; then whose, what, why, what to do, who must come,
            by when, the telephone and whether the resident agreed to be called. Exit status 3 where there is a row.
            """,
        flags: unlockFlags
    ) { invocation in
        let (opening, store) = try await Opening.unlock(invocation)
        let rows = try await store.worklist(opening.settings.worklistPlan, now: Date())
        try Terminal.print(rows, invocation) {
            rows.map { row in
                let deadline = row.deadline.map { "  \(VietnamTime.spoken($0))" } ?? ""
                return
                    "\(row.kind.name.vi)  \(row.whose)  \(row.what.vi)  \(row.phone ?? "")\(deadline)\n    \(row.why.vi) \(row.todo.vi) \(row.mustCome.vi)  \(row.id)"
            }.joined(separator: "\n")
        }
        return rows.isEmpty ? ExitStatus.done : ExitStatus.needsPerson
    }
}
