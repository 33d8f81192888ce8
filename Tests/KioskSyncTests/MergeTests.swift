import Foundation
import JSONTree
import KioskDomain
import KioskSync
import Testing

@Suite struct MergeTests {
    private func at(_ text: String) -> JSONPointer { JSONPointer(text) ?? JSONPointer(tokens: []) }

    private func merge(_ base: JSONValue?, _ ours: JSONValue?, _ theirs: JSONValue?, _ policy: MergePolicy = .resident)
        -> MergeResult
    {
        Merge.merge(base: base, ours: ours, theirs: theirs, policy: policy)
    }

    private func member(_ id: String, _ name: String = "Mai", job: String? = nil) -> JSONValue {
        var fields: [String: JSONValue] = ["id": .string(id), "fullName": .string(name)]
        if let job { fields["job"] = .string(job) }
        return .object(fields)
    }

    @Test func `fields changed apart are merged, and it is told which side each came from`() {
        let result = merge(
            ["a": "1", "b": ["c": "2", "d": "3"]], ["a": "9", "b": ["c": "2", "d": "3"]],
            ["a": "1", "b": ["c": "2", "e": "5"]])
        #expect(result.value == ["a": "9", "b": ["c": "2", "e": "5"]])
        #expect(
            result.changes == [
                MergedChange(pointer: at("/a"), from: .ours), MergedChange(pointer: at("/b/d"), from: .theirs),
                MergedChange(pointer: at("/b/e"), from: .theirs),
            ])
        #expect(result.clashes.isEmpty)
    }

    @Test func `a field changed on both sides clashes, unless both say the same`() {
        let result = merge(["a": "1", "b": "1"], ["a": "2", "b": "3"], ["a": "2", "b": "4"])
        #expect(result.value == ["a": "2", "b": "3"])
        #expect(result.changes == [MergedChange(pointer: at("/a"), from: .both)])
        #expect(result.clashes == [Clash(pointer: at("/b"), base: "1", ours: "3", theirs: "4")])
    }

    @Test func `deleting against editing clashes, whoever deletes`() {
        #expect(merge(["a": "1"], [:], ["a": "2"]).clashes == [Clash(pointer: at("/a"), base: "1", ours: nil, theirs: "2")])
        #expect(merge(["a": "1"], ["a": "2"], [:]).clashes == [Clash(pointer: at("/a"), base: "1", ours: "2", theirs: nil)])
        let block = merge(["a": ["x": "1", "y": "1"]], [:], ["a": ["x": "2", "y": "1"]])
        #expect(block.clashes.map(\.pointer) == [at("/a/x")], "the field nobody edited is gone, the edited one is asked about")
        #expect(block.value == [:])
    }

    @Test func `a field of the national database follows the portal, and ours is kept beside it`() {
        let policy = MergePolicy(owned: [at("/name"), at("/members/@/fullName")])
        let result = merge(["name": "A"], ["name": "B"], ["name": "C"], policy)
        #expect(result.value == ["name": "C"] && result.clashes.isEmpty)
        #expect(result.changes == [MergedChange(pointer: at("/name"), from: .theirs, overruled: "B")])
        #expect(merge(["name": "A"], ["name": "B"], ["name": "A"], policy).value == ["name": "B"], "nobody else changed it")
        #expect(merge(["name": "A"], ["name": "B"], [:], policy).clashes.count == 1, "no value is no answer of the database")
        let members = merge(
            ["members": [member("1", "A")]], ["members": [member("1", "B")]], ["members": [member("1", "C")]], policy)
        #expect(members.value == ["members": [member("1", "C")]] && members.clashes.isEmpty)
    }

    @Test func `where one side put another person there, the portal's name does not go with our number`() {
        let policy = MergePolicy(owned: [at("/head/fullName"), at("/head/citizenId")])
        func head(_ name: String, _ number: String) -> JSONValue {
            ["head": ["fullName": .string(name), "citizenId": .string(number)]]
        }
        let other = merge(head("Thăng", "1"), head("Mai", "2"), head("Thắng", "1"), policy)
        #expect(other.clashes.map(\.pointer) == [at("/head/fullName")])
        #expect(merge(head("Thăng", "1"), head("Thâng", "1"), head("Thắng", "1"), policy).value == head("Thắng", "1"))
        #expect(merge(head("Thắng", "1"), head("Thắng", "2"), head("Thắng", "3"), policy).value == head("Thắng", "3"))
        let both = merge(head("Thắng", "1"), head("Mai", "2"), head("Páo", "3"), policy)
        #expect(both.clashes.map(\.pointer) == [at("/head/citizenId"), at("/head/fullName")])
    }

    @Test func `the policy is the catalogue's`() throws {
        let text = #"""
            {"code": "P", "name": {"vi": "P", "en": "P"}, "group": "g", "summary": {"vi": "", "en": ""}, "editions": [],
             "applicant": "/a", "subject": "/a/fullName", "rules": [], "components": [], "sections": [
              {"id": "s", "title": {"vi": "", "en": ""}, "fields": [
                {"pointer": "/a/fullName", "type": "personName", "label": {"vi": "", "en": ""}, "authority": "portal"},
                {"pointer": "/a/phone", "type": "phone", "label": {"vi": "", "en": ""}}]},
              {"id": "m", "title": {"vi": "", "en": ""}, "repeats": {"pointer": "/m", "minimum": 0, "maximum": 9,
                "member": {"vi": "", "en": ""}}, "fields": [
                {"pointer": "/sex", "type": "choice", "label": {"vi": "", "en": ""}, "authority": "portal"}]}]}
            """#
        let policy = MergePolicy(try JSONText.decode(Procedure.self, from: .init(text.utf8)))
        let base: JSONValue = ["a": ["fullName": "1", "phone": "1"], "m": [["id": "x", "sex": "1"]]]
        let ours: JSONValue = ["a": ["fullName": "2", "phone": "2"], "m": [["id": "x", "sex": "2"]]]
        let theirs: JSONValue = ["a": ["fullName": "3", "phone": "3"], "m": [["id": "x", "sex": "3"]]]
        let result = merge(base, ours, theirs, policy)
        #expect(result.value == ["a": ["fullName": "3", "phone": "2"], "m": [["id": "x", "sex": "3"]]])
        #expect(result.clashes.map(\.pointer) == [at("/a/phone")])
    }

    @Test func `members are merged by their ids, not by their places`() {
        let base: JSONValue = ["m": [member("1"), member("2"), member("3")]]
        let ours: JSONValue = ["m": [member("2"), member("3", "Ours")]]
        let theirs: JSONValue = ["m": [member("1"), member("2", job: "x"), member("3"), member("4")]]
        let result = merge(base, ours, theirs)
        #expect(result.value == ["m": [member("2", job: "x"), member("3", "Ours"), member("4")]])
        #expect(
            Set(result.changes.map { "\($0.pointer) \($0.from)" }) == [
                "/m/@1 ours", "/m/@2/job theirs", "/m/@3/fullName ours", "/m/@4 theirs",
            ])
    }

    @Test func `a member removed there and edited here is a clash as a whole`() {
        let base: JSONValue = ["m": [member("1"), member("2")]]
        let result = merge(base, ["m": [member("1", "Edited"), member("2")]], ["m": [member("2")]])
        #expect(
            result.clashes == [Clash(pointer: at("/m/@1"), base: member("1"), ours: member("1", "Edited"), theirs: nil)])
        #expect(result.value == ["m": [member("1", "Edited"), member("2")]], "ours until a person decides")
        let turned = merge(base, ["m": [member("2")]], ["m": [member("1", "Edited"), member("2")]])
        #expect(turned.clashes.map(\.pointer) == [at("/m/@1")] && turned.value == ["m": [member("2")]])
    }

    @Test func `order: who moved gives it, who added stays behind the same member, new runs stand alike on both sides`() {
        func ids(_ base: String, _ ours: String, _ theirs: String) -> String {
            func list(_ text: String) -> JSONValue { .array(text.map { member(String($0)) }) }
            let merged = merge(list(base), list(ours), list(theirs)).value?.arrayValue ?? []
            return merged.compactMap { $0["id"]?.stringValue }.joined()
        }
        #expect(ids("abc", "cab", "abcx") == "cxab")
        #expect(ids("abc", "axbc", "abcy") == "axbcy")
        #expect(ids("a", "az", "ay") == "ayz")
        #expect(ids("a", "ay", "az") == "ayz")
        #expect(ids("abc", "bc", "acb") == "cb")
        #expect(ids("abc", "cba", "bca") == "bca", "both moved members: the portal's order stands")
    }

    @Test func `a list without ids is one value`() {
        #expect(merge(["t": ["a"]], ["t": ["a", "b"]], ["t": ["a", "c"]]).clashes.map(\.pointer) == [at("/t")])
        #expect(merge(["t": ["a"]], ["t": ["a"]], ["t": ["a", "c"]]).value == ["t": ["a", "c"]])
        let twins: JSONValue = ["t": [member("1"), member("1", "Other")]]
        #expect(merge(["t": [member("1")]], twins, ["t": []]).clashes.map(\.pointer) == [at("/t")], "an id that stands twice")
    }

    @Test func `nothing known of the base: every difference is a clash, nothing is dropped`() {
        let result = merge(nil, ["a": "1", "b": "2", "c": "3"], ["a": "1", "b": "4"])
        #expect(result.value == ["a": "1", "b": "2", "c": "3"])
        #expect(result.clashes.map(\.pointer) == [at("/b")])
    }

    @Test func `papers by component and digest`() {
        typealias Held = PortalDossier.HeldPaper
        func papers(_ text: String) -> Set<Held> {
            Set(text.split(separator: " ").map { Held(component: String($0.prefix(1)), sha256: String($0.dropFirst())) })
        }
        let added = Merge.papers(base: papers("A1 B1"), ours: papers("A1 A2 B1"), theirs: papers("A1"))
        #expect(added.papers == papers("A1 A2") && added.clashes.isEmpty)
        #expect(added.changes.map { "\($0.pointer) \($0.from)" } == ["/attachments/A ours", "/attachments/B theirs"])
        let replaced = Merge.papers(base: papers("A1"), ours: papers("A2"), theirs: papers("A3"))
        #expect(
            replaced.clashes == [Clash(pointer: at("/attachments/A"), base: ["1"], ours: ["2"], theirs: ["3"])]
                && replaced.papers == papers("A2"))
        #expect(Merge.papers(base: papers("A1"), ours: papers("A2"), theirs: papers("")).papers == papers("A2"))
        #expect(Merge.papers(base: papers("A1"), ours: papers("A2"), theirs: papers("A1 A3")).papers == papers("A2 A3"))
    }

    @Test func `a person's choices end every clash, and nothing else is touched by them`() throws {
        let base = side(["a": "1", "m": [member("1"), member("2")], "n": "1"], ["A1"])
        let ours = side(["a": "2", "m": [member("1", "O"), member("2")], "n": "1"], ["A2"])
        let theirs = side(["a": "3", "m": [member("2")], "n": "2"], ["A3"])
        let merge = Reconciliation(base: base, ours: ours, theirs: theirs, policy: .resident)
        let places = [at("/a"), at("/m/@1"), at("/attachments/A")]
        #expect(merge.clashes.map(\.pointer) == places)
        func settle(_ choices: [Reconciliation.Choice]) throws -> Reconciliation.Side {
            try merge.settled(by: Dictionary(uniqueKeysWithValues: zip(places, choices)))
        }
        #expect(try settle([.ours, .ours, .ours]) == side(["a": "2", "m": [member("1", "O"), member("2")], "n": "2"], ["A2"]))
        #expect(try settle([.theirs, .theirs, .theirs]) == theirs)
        #expect(
            try settle([.value("9"), .value(member("1", "P")), .value(["2", "3"])])
                == side(["a": "9", "m": [member("1", "P"), member("2")], "n": "2"], ["A2", "A3"]))
        #expect(throws: Reconciliation.ChoiceFault.undecided([at("/m/@1"), at("/attachments/A")])) {
            try merge.settled(by: [at("/a"): .ours])
        }
        let all: [JSONPointer: Reconciliation.Choice] = [places[0]: .ours, places[1]: .ours, places[2]: .ours]
        #expect(throws: Reconciliation.ChoiceFault.noPlace(at("/n"))) {
            try merge.settled(by: all.merging([at("/n"): .theirs]) { $1 })
        }
        #expect(throws: Reconciliation.ChoiceFault.noPlace(at("/attachments/A"))) {
            try settle([.ours, .ours, .value(["unknown"])])
        }
        #expect(try merge.settled(by: all.merging([at("/n"): .value("7")]) { $1 }).answers["n"] == "7")
        let turned = Reconciliation(base: base, ours: theirs, theirs: ours, policy: .resident)
        let back = try turned.settled(by: [places[0]: .theirs, places[1]: .theirs, places[2]: .theirs])
        #expect(back.answers["m"] == [member("2"), member("1", "O")], "a member taken back goes to the list's end")
    }

    private func side(_ answers: JSONValue, _ papers: [String]) -> Reconciliation.Side {
        Reconciliation.Side(
            answers: answers,
            papers: Set(papers.map { .init(component: String($0.prefix(1)), sha256: String($0.dropFirst())) }))
    }
}
