internal import FoundationEssentials
internal import HTTPServing
internal import JSONTree
internal import Synchronization

/// Tells one story: listens to what kiosks send and has the officers do what the story says.
///
/// It is in memory only: a portal that is started again tells nothing.
final class Storyteller: Sendable {
    private struct State {
        var story: Story?
        /// What became of each step: nil while it waits, empty where it was done, else why it could not be.
        var outcomes: [String?] = []
        /// Dossiers in the order they came, by procedure.
        var dossiers: [String: [String]] = [:]
        var accounts: [String] = []
        var amendments: [String: Int] = [:]
        var attempts: [String: Int] = [:]
    }

    private let state = Mutex(State())

    /// Begins a story; what was told before ends.
    ///
    /// Its steps of the start are done when this returns.
    func begin(_ story: Story, _ core: PortalCore) async {
        state.withLock { $0 = State(story: story, outcomes: Array(repeating: nil, count: story.steps.count)) }
        await tell(core) { when, _ in when.event == .start }
        for minutes in Set(story.steps.compactMap(\.when.minutes)).sorted() {
            Task {
                try await Task.sleep(for: .seconds(60 * minutes))
                await self.tell(core) { when, _ in when.event == .later && when.minutes == minutes }
            }
        }
    }

    /// How far it is: the steps in their order, each waiting, done, or what was in its way.
    var progress: JSONValue {
        state.withLock { state in
            .array(
                (state.story?.steps ?? []).indices.map { index in
                    let step = state.story?.steps[index]
                    let outcome = state.outcomes[index]
                    return [
                        "event": .string(step?.when.event.rawValue ?? ""), "order": .string(step?.order.rawValue ?? ""),
                        "state": .string(outcome == nil ? "waiting" : outcome == "" ? "done" : "failed"),
                        "fault": outcome.flatMap { $0.isEmpty ? nil : .string($0) } ?? .null,
                    ]
                })
        }
    }

    /// A kiosk did something with a dossier.
    func heard(_ event: Story.Trigger.Event, _ id: String, _ procedure: String, _ core: PortalCore) async {
        let isToldOf = state.withLock { state -> Bool in
            guard state.story != nil else { return false }
            switch event {
            case .arrived: state.dossiers[procedure, default: []].append(id)
            case .amending: state.attempts[id, default: 0] += 1
            case .amended: state.amendments[id, default: 0] += 1
            default: break
            }
            return true
        }
        guard isToldOf else { return }
        await tell(core) { when, state in
            guard when.event == event, when.procedure == procedure, let known = state.dossiers[procedure] else { return false }
            let nth = when.nth ?? 1
            return switch event {
            case .arrived: known.indices.contains(nth - 1) && known[nth - 1] == id
            case .amending: known.first == id && state.attempts[id] == nth
            case .amended: known.first == id && state.amendments[id] == nth
            default: known.first == id
            }
        }
    }

    /// An account was registered.
    func heard(registered account: String, _ core: PortalCore) async {
        let isNew = state.withLock { state -> Bool in
            guard state.story != nil, !state.accounts.contains(account) else { return false }
            state.accounts.append(account)
            return true
        }
        guard isNew else { return }
        await tell(core) { when, state in
            when.event == .registered && state.accounts.count == when.nth ?? 1
        }
    }

    /// Does the waiting steps that fit, in their order; one that cannot be done is noted, and the kiosk's request goes on.
    private func tell(_ core: PortalCore, _ fits: (Story.Trigger, State) -> Bool) async {
        let due = state.withLock { state -> [(index: Int, step: Story.Step, body: JSONValue)] in
            guard let steps = state.story?.steps else { return [] }
            let due = steps.indices.filter { state.outcomes[$0] == nil && fits(steps[$0].when, state) }
            // Nobody else does them from here on.
            for index in due { state.outcomes[index] = "" }
            return due.map { ($0, steps[$0], Self.named(steps[$0].body, state)) }
        }
        for (index, step, body) in due {
            do {
                _ = try await TrainingOrder(step.order, Story.dated(body, now: core.now)).perform(core)
            } catch {
                state.withLock { if $0.outcomes.indices.contains(index) { $0.outcomes[index] = "\(error)" } }
            }
        }
    }

    /// `@LUU_TRU` is the id of the first dossier of that procedure, `@LUU_TRU/2` of the second, `@1` of the first account.
    private static func named(_ value: JSONValue, _ state: State) -> JSONValue {
        switch value {
        case .string(let text):
            guard text.hasPrefix("@") else { return value }
            if let number = Int(text.dropFirst()) {
                return state.accounts.indices.contains(number - 1) ? .string(state.accounts[number - 1]) : value
            }
            let parts = text.dropFirst().split(separator: "/", maxSplits: 1).map(String.init)
            let number = parts.count == 2 ? Int(parts[1]) ?? 0 : 1
            guard let known = parts.first.flatMap({ state.dossiers[$0] }), known.indices.contains(number - 1) else {
                return value
            }
            return .string(known[number - 1])
        case .array(let elements): return .array(elements.map { named($0, state) })
        case .object(let members): return .object(members.mapValues { named($0, state) })
        default: return value
        }
    }
}
