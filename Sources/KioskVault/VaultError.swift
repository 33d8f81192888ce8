/// What can go wrong with keys and sealed data.
///
/// No case carries data, keys or PINs.
public enum VaultError: Error, Equatable, CustomStringConvertible {
    /// libcrypto refused an operation: `operation` names it.
    case library(operation: String)
    /// Sealed bytes do not open: wrong key, other identity, or damaged.
    case doesNotOpen(object: String)
    /// A PIN that is too easy or too short; `reason` says what to do, in Vietnamese.
    case weakPIN(reason: String)
    /// The text is no recovery key: mistyped.
    case malformedRecoveryKey

    /// A sentence for the log.
    public var description: String {
        switch self {
        case .library(let operation): "libcrypto failed at \(operation)"
        case .doesNotOpen(let object): "the sealed \(object) does not open: wrong key or damaged data"
        case .weakPIN(let reason): reason
        case .malformedRecoveryKey: "the recovery key is mistyped: its check does not agree"
        }
    }
}
