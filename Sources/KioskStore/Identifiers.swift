internal import FoundationEssentials
internal import KioskVault

/// Ids made at the kiosk: lower-case UUIDs of version 7 (RFC 9562, 5.7), so that later ones sort later.
enum Identifier {
    /// A new id.
    static func new(now: Date) throws(VaultError) -> String {
        var bytes = try Secret.random(count: 16)
        let milliseconds = UInt64(max(0, now.milliseconds))
        for index in 0..<6 { bytes[index] = UInt8(truncatingIfNeeded: milliseconds >> UInt64(8 * (5 - index))) }
        bytes[6] = bytes[6] & 0x0F | 0x70
        bytes[8] = bytes[8] & 0x3F | 0x80
        let hex = Array(Hex.encode(bytes))
        return [hex[0..<8], hex[8..<12], hex[12..<16], hex[16..<20], hex[20..<32]].map { String($0) }.joined(separator: "-")
    }
}

extension Date {
    /// Milliseconds since 1970, as the tables keep times.
    var milliseconds: Int { Int((timeIntervalSince1970 * 1000).rounded()) }

    /// The instant of a table's time.
    init(milliseconds: Int) {
        self.init(timeIntervalSince1970: Double(milliseconds) / 1000)
    }
}
