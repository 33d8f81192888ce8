internal import FoundationEssentials
internal import KioskDomain
internal import KioskStore
internal import KioskSync
internal import KioskTransport

extension Command {
    static let syncRuns = Command(
        words: ["sync", "runs"], summary: "tells what the last runs did, the newest first (90 are kept)",
        details: """
            For each run: when it began and ended, why it was begun (request, timer, window, missed, deadline, line), dossiers and
            files confirmed, bytes of request bodies sent and of answers received, bytes of files sent that the portal did not
            count, bytes a second while it was sending (left out: too little to tell), attempts by outcome, passing faults by class,
            why it ended early (left out: all was done that could be; broken-off: also while it is under way), and what was wrong with
            the line where that is why ("trouble"). Nothing in it is about a person.
            """,
        flags: unlockFlags
    ) { invocation in
        let (_, store) = try await Opening.unlock(invocation)
        let runs = try await store.syncRuns(limit: UnlockedStore.runsKept).map(SyncRunView.init)
        try Terminal.print(runs, invocation) {
            runs.isEmpty ? "Máy chưa gửi lần nào." : runs.map(\.words).joined(separator: "\n")
        }
        return ExitStatus.done
    }

    static let syncMetered = Command(
        words: ["sync", "metered"], operands: ["on|off|show"],
        summary: "says whether the line is paid by the byte: then files of more than 64 KiB wait, dossiers go",
        details: """
            It holds from the next run on, in every process, until it is switched back; the page "Send to the portal" has the
            same switch. Files of a dossier that the law wants today go all the same. Prints {"metered"}.
            """,
        flags: unlockFlags
    ) { invocation in
        let choice = invocation.operands[0]
        guard ["on", "off", "show"].contains(choice) else { throw UsageError("«\(choice)» is none of on, off and show") }
        let (_, store) = try await Opening.unlock(invocation)
        if choice != "show" { try await store.setMetered(choice == "on") }
        let isMetered = try await store.isMetered()
        try Terminal.print(["metered": isMetered], invocation) {
            isMetered ? "Mạng tính tiền: chỉ gửi hồ sơ, chưa gửi giấy tờ lớn." : "Mạng không tính tiền: gửi cả giấy tờ."
        }
        return ExitStatus.done
    }
}

extension Command {
    static let syncProxyLogin = Command(
        words: ["sync", "proxy-login"], operands: ["set|forget|show"],
        summary: "keeps name and password for the proxy that sync.proxy names, sealed like the portal's secret",
        details: """
            set reads them from --login-file: its first line is name:password. They are kept encrypted and are never printed; remove the
            file afterwards. Without sync.proxy they are not used. Prints {"stored"}.
            """,
        flags: [Flag(name: "login-file", value: "FILE", help: "a file with name:password (- is standard input)")] + unlockFlags
    ) { invocation in
        let choice = invocation.operands[0]
        guard ["set", "forget", "show"].contains(choice) else { throw UsageError("«\(choice)» is none of set, forget and show") }
        let login = choice == "set" ? try Files.secret(try invocation.needed("login-file"), what: "--login-file") : nil
        if let login, Proxy.Login(login) == nil {
            throw CommandFailure(
                spoken: "Tệp phải có một dòng dạng tên:mật-khẩu.", detail: "the first line of --login-file is no name:password")
        }
        let (_, store) = try await Opening.unlock(invocation)
        if choice != "show" { try await store.setProxyLogin(login) }
        let isStored = try await store.proxyLogin() != nil
        try Terminal.print(["stored": isStored], invocation) {
            isStored ? "Máy có lưu tên và mật khẩu proxy." : "Máy không lưu tên và mật khẩu proxy."
        }
        return ExitStatus.done
    }
}

/// A run as `kiosk sync runs` prints it; times are RFC 3339.
struct SyncRunView: Encodable {
    let beganAt: String
    let endedAt: String
    let seconds: Double
    let occasion: SyncOccasion?
    let delivered: Int
    let uploaded: Int
    let bytesSent: Int
    let bytesReceived: Int
    let bytesSentTwice: Int
    let bytesPerSecond: Int?
    let changesApplied: Int
    let outcomes: [Outcome.Kind: Int]
    let faults: [RetryReason: Int]
    let stop: SyncReport.Stop?
    let trouble: LineTrouble?

    init(_ run: SyncRunRow) {
        beganAt = VietnamTime.rfc3339(run.beganAt)
        endedAt = VietnamTime.rfc3339(run.endedAt)
        seconds = run.seconds
        occasion = run.occasion
        delivered = run.delivered
        uploaded = run.uploaded
        bytesSent = run.bytesSent
        bytesReceived = run.bytesReceived
        bytesSentTwice = run.bytesSentTwice
        bytesPerSecond = run.bytesPerSecond
        changesApplied = run.changesApplied
        outcomes = run.outcomes
        faults = run.faults
        stop = run.stop
        trouble = run.trouble
    }

    var words: String {
        let met = faults.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.key.name.vi) \($0.value)×" }
        return
            "\(beganAt)  \(Int(seconds)) s  \(delivered) hồ sơ, \(uploaded) tệp, \(bytesSent / 1024) kB  \(stop?.words(trouble).vi ?? "Xong.")"
            + (met.isEmpty ? "" : " Trục trặc: \(met.joined(separator: ", ")).")
    }
}
