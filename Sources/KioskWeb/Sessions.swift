internal import KioskStore
internal import Synchronization

/// Someone who unlocked the kiosk and is still there.
final class Session: Sendable {
    let token: String
    let csrf: String
    let store: UnlockedStore
    private let seen: Mutex<Double>
    private let searches = Mutex<[(token: String, text: String)]>([])
    private let pressed = Mutex<(account: String, digits: String)?>(nil)
    private let choice: Mutex<TypingChoice>

    init(token: String, csrf: String, store: UnlockedStore, typing: TypingChoice, uptime: Double) {
        self.token = token
        self.csrf = csrf
        self.store = store
        seen = Mutex(uptime)
        choice = Mutex(typing)
    }

    /// How the operator types; kept in the store too.
    var typing: TypingChoice {
        get { choice.withLock { $0 } }
        set { choice.withLock { $0 = newValue } }
    }

    /// Names and numbers that were kept for searching go with the session.
    deinit { store.forgetIndex() }

    /// Keeps what was searched for, for as long as the session lasts.
    func keepSearch(_ text: String, as token: String) {
        searches.withLock { $0 = $0.suffix(19) + [(token, text)] }
    }

    func search(_ token: String) -> String? { searches.withLock { $0.last { $0.token == token }?.text } }

    /// When it was used last.
    var lastSeen: Double { seen.withLock { $0 } }
    func touch(_ uptime: Double) { seen.withLock { $0 = uptime } }

    /// Keeps the digits of a code that were pressed so far on the large keys.
    func keepDigits(_ digits: String, of account: String) {
        pressed.withLock { $0 = digits.isEmpty ? nil : (account, digits) }
    }

    func digits(of account: String) -> String { pressed.withLock { $0?.account == account ? $0?.digits ?? "" : "" } }
}

/// The sessions, in memory only: a restart locks the kiosk.
///
/// Their times are those of a clock that never jumps: the wall clock set back would keep a session alive for years, set forward it
/// would lock everybody out.
final class SessionBook: Sendable {
    static let cookie = "kiosk_session"
    private let sessions = Mutex<[String: Session]>([:])
    private let idleSeconds: Double

    init(idleSeconds: Double) { self.idleSeconds = idleSeconds }

    /// The session of a token, unless it was idle too long.
    ///
    /// - Parameter uptime: seconds.
    func session(_ token: String?, uptime: Double, touching: Bool) -> Session? {
        sessions.withLock { sessions in
            sessions = sessions.filter { uptime - $0.value.lastSeen <= idleSeconds }
            guard let token, let session = sessions[token] else { return nil }
            if touching { session.touch(uptime) }
            return session
        }
    }

    func add(_ session: Session) { sessions.withLock { $0[session.token] = session } }

    func end(_ token: String) { _ = sessions.withLock { $0.removeValue(forKey: token) } }
}
