/// What is wrong between the kiosk and the portal, told apart so that a person knows what to do (``LineTroubleWords``).
///
/// None of it says anything about a dossier.
public enum LineTrouble: String, Codable, Hashable, Sendable, CaseIterable {
    /// This machine has no way to the portal at all: no cable, no Wi-Fi, no mobile signal.
    case noNetwork = "no-network"
    /// The portal's name has no address: most often there is no line either.
    case nameUnknown = "name-unknown"
    /// The portal's machine is there and takes no connection.
    case refused = "connection-refused"
    /// The connection broke.
    case broken = "line"
    /// Nothing came for a long time.
    case silent = "timeout"
    /// The certificate is of another name than the portal's.
    case wrongHost = "certificate-wrong-host"
    /// By this machine's clock the certificate has ended.
    case expired = "certificate-expired"
    /// By this machine's clock the certificate has not begun.
    case notYetValid = "certificate-not-yet-valid"
    /// The certificate comes from no authority that this machine trusts, or is otherwise bad.
    case untrusted = "certificate-untrusted"
    /// The certificate is in order and has another key than the one that `portal.pinnedPublicKey` names.
    case wrongKey = "certificate-wrong-key"
    /// Both sides found no way to speak TLS: an alert, or something that speaks no TLS.
    case noTLS = "tls-refused"
    /// The bundle that `sync.authorities` names cannot be read.
    case noAuthorities = "authorities-unreadable"
    /// A page for people came in the portal's place: a network's sign-in page, a proxy's error.
    case page = "sign-in-page"
    /// The answer sends elsewhere, which the portal never does.
    case redirect
    /// The proxy wants a name and a password, or other ones.
    case proxyLogin = "proxy-login"
    /// The proxy does not answer.
    case noProxy = "proxy-unreachable"
    /// The proxy does not let the kiosk through to the portal.
    case proxyRefused = "proxy-refused"
    /// An answer that is not the contract's in another way: a proxy's error, a cut or an oversized text.
    case notThePortal = "not-the-portal"

    /// Whether it may pass within the minute in which a run waits for the line; the rest passes when somebody does something.
    var mayPassSoon: Bool {
        switch self {
        case .noNetwork, .nameUnknown, .refused, .broken, .silent, .page, .redirect, .noProxy, .proxyRefused, .notThePortal: true
        case .wrongHost, .expired, .notYetValid, .untrusted, .wrongKey, .noTLS, .noAuthorities, .proxyLogin: false
        }
    }

    /// Whether a clock of this machine that is wrong explains it.
    var isOfDates: Bool { self == .expired || self == .notYetValid }
}
