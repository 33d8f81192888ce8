import KioskTestSupport
import KioskVault
import Testing

/// The lowest cost that the vault takes: the tests are of the locks, not of the time they take.
private let cheap = Vault.PINCost(logN: 14, r: 8, p: 1)
private let pin = "Hồ sơ 27"

@Suite struct VaultTests {
    @Test func `a right PIN opens the same vault`() throws {
        let vault = try Vault()
        let wrapped = try vault.wrap(pin: pin, for: "op-1", cost: cheap)
        #expect(wrapped.salt.count == 16 && wrapped.cost == cheap)
        let opened = try #require(try Vault.open(wrapped, pin: pin, for: "op-1"))
        #expect(try opened.records.open(vault.records.seal([1, 2, 3], as: "r/1"), as: "r/1") == [1, 2, 3])
        #expect(try opened.attachments.open(vault.attachments.seal([4], as: "a/1"), as: "a/1") == [4])
        #expect(opened.lookup.hash([5], kind: "citizen") == vault.lookup.hash([5], kind: "citizen"))
    }

    @Test func `a wrong PIN, another operator, another salt or a changed key opens nothing`() throws {
        let wrapped = try Vault().wrap(pin: pin, for: "op-1", cost: cheap)
        #expect(try Vault.open(wrapped, pin: "Hồ sơ 28", for: "op-1") == nil)
        #expect(try Vault.open(wrapped, pin: pin + " ", for: "op-1") == nil)
        #expect(try Vault.open(wrapped, pin: "", for: "op-1") == nil)
        #expect(try Vault.open(wrapped, pin: pin, for: "op-2") == nil)
        var changed = wrapped
        changed.salt[3] ^= 1
        #expect(try Vault.open(changed, pin: pin, for: "op-1") == nil)
        changed = wrapped
        changed.sealed[20] ^= 1
        #expect(try Vault.open(changed, pin: pin, for: "op-1") == nil)
        changed = wrapped
        changed.sealed = []
        #expect(try Vault.open(changed, pin: pin, for: "op-1") == nil)
    }

    @Test func `each wrapping has a salt and a nonce of its own`() throws {
        let vault = try Vault()
        let (first, second) = (
            try vault.wrap(pin: pin, for: "op-1", cost: cheap), try vault.wrap(pin: pin, for: "op-1", cost: cheap)
        )
        #expect(first.salt != second.salt)
        #expect(first.sealed != second.sealed)
    }

    @Test(arguments: [
        Vault.PINCost(logN: 13, r: 8, p: 1), Vault.PINCost(logN: 21, r: 8, p: 1), Vault.PINCost(logN: -1, r: 8, p: 1),
        Vault.PINCost(logN: 14, r: 0, p: 1), Vault.PINCost(logN: 14, r: 1 << 20, p: 1), Vault.PINCost(logN: 14, r: 8, p: 0),
        Vault.PINCost(logN: 14, r: 8, p: Int.max),
    ]) func `a cost that is too low to protect or too high to bear is refused`(cost: Vault.PINCost) throws {
        let vault = try Vault()
        #expect(throws: VaultError.self) { try vault.wrap(pin: pin, for: "op-1", cost: cost) }
        var wrapped = try vault.wrap(pin: pin, for: "op-1", cost: cheap)
        wrapped.cost = cost
        #expect(throws: VaultError.self) { try Vault.open(wrapped, pin: pin, for: "op-1") }
    }

    @Test func `the usual cost is one that is accepted`() { #expect(Vault.PINCost.standard.isAcceptable) }

    @Test(arguments: [
        "", "12345", "a1b2c", "000000", "123456", "654321", "234567", "1234567890", "0123456789", "0987654321", "9876543210",
        "abcdef",
        "121212", "112112", "123123", "112233", "123321", "147258", "789456", "159753", "aaaaaab", "010101", "abcabcab",
        "20202020",
        String(repeating: "ab3", count: 43),
    ]) func `a PIN that is guessed first is refused, in Vietnamese`(pin: String) throws {
        #expect { try Vault.check(pin: pin) } throws: { error in
            guard case .weakPIN(let reason) = error as? VaultError else { return false }
            return reason.hasPrefix("Mã PIN quá") && (pin.isEmpty || !reason.contains(pin))
        }
        #expect(throws: VaultError.self) { try Vault().wrap(pin: pin, for: "op-1", cost: cheap) }
    }

    @Test(arguments: ["271845", "thôn Mẫu", "918273", "1a2b3c", "890217", "Bé An 2019", "mậtkhẩu"])
    func `a PIN that is not trivial is taken`(pin: String) throws { try Vault.check(pin: pin) }

    @Test func `vaults and purposes do not open each other's records`() throws {
        let (mine, other) = (try Vault(), try Vault())
        let sealed = try mine.records.seal([1], as: "r/1")
        #expect(throws: VaultError.doesNotOpen(object: "r")) { try other.records.open(sealed, as: "r/1") }
        #expect(throws: VaultError.doesNotOpen(object: "r")) { try mine.attachments.open(sealed, as: "r/1") }
        #expect(mine.lookup.hash([1], kind: "citizen") != other.lookup.hash([1], kind: "citizen"))
    }
}

@Suite struct RecoveryKeyTests {
    /// The secret bytes 0…19 with their check, in groups, as computed by other means.
    private static let known = "000G-40R4-0M30-E209-185G-R38E-1W81-24GK-WYQ0"

    @Test func `a printed key opens the vault again`() throws {
        let vault = try Vault()
        let key = try RecoveryKey()
        let wrapped = try vault.wrap(for: key)
        let printed = try key.printed()
        #expect(printed.split(separator: "-").map(\.count) == [Int](repeating: 4, count: 9))
        let opened = try #require(try Vault.open(wrapped, recovery: RecoveryKey(typed: printed)))
        #expect(try opened.records.open(vault.records.seal([7], as: "x"), as: "x") == [7])
        #expect(try Vault.open(wrapped, recovery: RecoveryKey()) == nil)
        #expect(try Vault.open(Array(wrapped.dropLast()), recovery: key) == nil)
    }

    @Test func `many keys survive being printed and typed`() throws {
        for _ in 0..<300 {
            let printed = try RecoveryKey().printed()
            #expect(try RecoveryKey(typed: printed).printed() == printed)
        }
    }

    @Test(arguments: [
        "000g-40r4-0m30-e209-185g-r38e-1w81-24gk-wyq0", "OooG40R4OM3OE2O9I85GR38ElW8i24GKWYQo",
        " 000G 40R4 0M30 E209 185G\nR38E\t1W81 24GK WYQ0 ", known,
    ]) func `handwriting does not matter`(text: String) throws { #expect(try RecoveryKey(typed: text).printed() == Self.known) }

    @Test func `every single typing error and every swap of neighbours is noticed`() throws {
        let symbols = Array(Self.known.filter { $0 != "-" })
        for index in symbols.indices {
            for symbol in "0123456789ABCDEFGHJKMNPQRSTVWXYZ" where symbol != symbols[index] {
                var typed = symbols
                typed[index] = symbol
                #expect(throws: VaultError.malformedRecoveryKey, "\(String(typed))") { try RecoveryKey(typed: String(typed)) }
            }
            guard index > 0, symbols[index] != symbols[index - 1] else { continue }
            var typed = symbols
            typed.swapAt(index, index - 1)
            #expect(throws: VaultError.malformedRecoveryKey, "\(String(typed))") { try RecoveryKey(typed: String(typed)) }
        }
    }

    @Test(arguments: [
        "", "000G", known + "0", String(known.dropLast()), known.replacing("G", with: "U"), known.replacing("4", with: "٤"), "🔑",
    ])
    func `what is no key is refused`(text: String) {
        #expect(throws: VaultError.malformedRecoveryKey) { try RecoveryKey(typed: text) }
    }
}
