/// What can go wrong in a simulated world.
public enum FaultKind: String, CaseIterable, Sendable {
    /// The request is lost before the portal acts.
    case lostRequest = "lost-request"
    /// The portal acts, and its answer is lost.
    case lostAnswer = "lost-answer"
    /// A body is cut: the portal keeps a part of a file.
    case cutBody = "cut-body"
    /// 429 or 503, with or without `Retry-After`.
    case busy
    /// 5xx, before or after the portal acted.
    case failing
    /// An answer that is not the contract's.
    case garbage
    /// The token is refused for a while.
    case unauthenticated
    /// The portal loses an upload, or holds it for a connection that broke.
    case uploads
    /// The line is down for the whole run.
    case outage
    /// The kiosk's clock jumps by hours or years.
    case clock
    /// The process dies before or after a transaction.
    case crash
    /// Officers edit, refuse, ask for supplements while the kiosk knows nothing of it.
    case officers
    /// The portal is restored from a backup that lacks some dossiers, and no longer knows the places in its feed.
    case restored
    /// The portal refuses a first creation as a duplicate.
    case duplicate
}

/// What is broken on purpose, to see that the simulation notices.
public enum Sabotage: String, CaseIterable, Sendable {
    /// The kiosk amends under the portal's newest ETag, whatever it has seen.
    case forcedETag = "forced-etag"
    /// A dossier whose answer was lost is taken for delivered.
    case boldInDoubt = "bold-in-doubt"
    /// A file's last bytes are changed on their way.
    case changedFile = "changed-file"
}

/// One world: everything that happens in it follows from this.
public struct Scenario: Sendable, Equatable {
    /// What all chances follow from.
    public var seed: UInt64
    /// Nights with faults.
    public var nights: Int
    /// Kiosks at one portal.
    public var kiosks: Int
    /// What can go wrong.
    public var faults: Set<FaultKind>
    /// What is broken on purpose.
    public var sabotage: Sabotage?

    /// A world.
    public init(
        seed: UInt64, nights: Int, kiosks: Int, faults: Set<FaultKind> = Set(FaultKind.allCases), sabotage: Sabotage? = nil
    ) {
        self.seed = seed
        self.nights = nights
        self.kiosks = kiosks
        self.faults = faults
        self.sabotage = sabotage
    }

    /// The command that plays it again.
    public var command: String {
        let kinds =
            faults.count == FaultKind.allCases.count
            ? "" : " --faults " + (faults.isEmpty ? "none" : faults.map(\.rawValue).sorted().joined(separator: ","))
        return "kiosk-lab simulate --seed \(seed) --nights \(nights) --kiosks \(kiosks)\(kinds)"
            + (sabotage.map { " --sabotage \($0.rawValue)" } ?? "")
    }
}
