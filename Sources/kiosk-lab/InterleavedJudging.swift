internal import FoundationEssentials
internal import Glibc
internal import JSONTree
internal import KioskDomain
internal import KioskSimulation
internal import KioskStore
internal import KioskSync
internal import KioskTransport
internal import KioskVault
internal import TrainingPortal

// What has to hold of a world, while it is played and at its end.

extension InterleavedWorld {
    /// Looks at what a machine shows of a dossier: every clash for the first time, or still.
    func look(_ index: Int, _ id: String, after cause: String) async throws {
        let machine = machines[index]
        let place = "\(machine.name) \(id)"
        let detail = try await machine.store.dossier(id)
        var now: Set<String> = []
        if case .conflict(.edited(let divergence)) = detail.problem {
            for clash in divergence.clashes {
                // A guest who was taken out carries no word: both machines may have done so, each on its own account.
                let sides = [clash.ours, clash.theirs].map { $0.map(\.text) ?? "out, at \(machine.name)" }.sorted()
                now.insert("\(clash.pointer): \(sides.joined(separator: " | "))")
            }
            guard !divergence.clashes.isEmpty || !divergence.broken.isEmpty else {
                throw Broken(dossier: id, what: "\(machine.name) shows a conflict without anything to decide")
            }
        }
        for clash in now.subtracting(open[place] ?? []) {
            note(id, "\(machine.name) shows after \(cause): \(clash)")
            tally.clashes += 1
            guard shown[id, default: []].insert(clash).inserted else {
                throw Broken(dossier: id, what: "\(machine.name) shows a clash that was settled: \(clash)")
            }
        }
        open[place] = now
    }

    func judge(_ id: String) async throws {
        guard let held = try await officer.dossier(id) else { throw Broken(dossier: id, what: "the portal lost it") }
        var kept: Set<String> = []
        for machine in machines {
            let detail = try await machine.store.dossier(id)
            guard detail.summary.state == .delivered, detail.answers == held.answers else {
                throw Broken(
                    dossier: id,
                    what:
                        "\(machine.name) (\(detail.summary.state.rawValue)) holds \(detail.answers.text), the portal \(held.answers.text)"
                )
            }
            let revisions = try await machine.store.revisions(of: id)
            tally.merges += revisions.count { $0.author == .merge && $0.operatorName == nil }
            for revision in revisions { kept.formUnion(words(in: revision.answers)) }
        }
        let final = Set(words(in: held.answers))
        for (word, person) in typed[id] ?? [:] {
            // What somebody typed over before it was sealed, or the officer before it was fetched, is their own affair.
            guard kept.contains(word) || given[id]?.contains(word) != true && takenAway[id]?.contains(word) == true else {
                throw Broken(dossier: id, what: "«\(word)» of \(person) is in no revision")
            }
            // What was not sent in time stays a revision, and the history says so.
            guard final.contains(word) || takenAway[id]?.contains(word) == true || closed.contains(id) else {
                throw Broken(dossier: id, what: "«\(word)» of \(person) went without anybody's decision")
            }
        }
    }
}
