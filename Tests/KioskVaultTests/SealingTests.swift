import KioskTestSupport
import KioskVault
import Testing

@Suite struct SealingTests {
    private let key = SealingKey([UInt8](0..<32))

    @Test(arguments: [0, 1, 15, 16, 17, 1000, 70_000]) func `what is sealed opens under its identity and no other`(count: Int)
        throws
    {
        let seed: UInt64 = 0x5EA1
        var generator = SeededGenerator(seed: seed)
        let plain = generator.bytes(count)
        let sealed = try key.seal(plain, as: "revision/1/content")
        #expect(sealed.count == count + SealingKey.overhead)
        #expect(try key.open(sealed, as: "revision/1/content") == plain)
        for identity in ["revision/2/content", "revision/1/conten", "revision/1/content ", ""] {
            #expect(throws: VaultError.self) { try key.open(sealed, as: identity) }
        }
        #expect(throws: VaultError.doesNotOpen(object: "revision")) {
            try SealingKey([UInt8](1..<33)).open(sealed, as: "revision/1/content")
        }
    }

    @Test func `a record with any bit turned over does not open`() throws {
        let sealed = try key.seal(Array("Hà Thị Mẫu".utf8), as: "name/1")
        for bit in 0..<sealed.count * 8 {
            var changed = sealed
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: VaultError.doesNotOpen(object: "name"), "bit \(bit)") { try key.open(changed, as: "name/1") }
        }
    }

    @Test func `a record cut short or made longer does not open`() throws {
        let sealed = try key.seal([1, 2, 3, 4, 5], as: "x")
        for count in 0..<sealed.count { #expect(throws: VaultError.self) { try key.open(Array(sealed[..<count]), as: "x") } }
        #expect(throws: VaultError.self) { try key.open(sealed + [0], as: "x") }
    }

    @Test func `random bytes never open and never crash`() {
        let seed: UInt64 = 0xBAD
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<2000 {
            let bytes = [1] + generator.bytes(generator.int(0...80))
            #expect(throws: VaultError.self, "seed \(seed)") { try key.open(bytes, as: "x") }
        }
    }

    @Test func `no two sealings share a nonce or show the plain text`() throws {
        let plain = Array("0912345678".utf8)
        let sealed = try (0..<500).map { _ in try key.seal(plain, as: "x") }
        #expect(Set(sealed.map { Array($0[1..<13]) }).count == 500)
        #expect(sealed.allSatisfy { $0.firstRange(of: plain) == nil } == true)
    }

    /// McGrew and Viega, "The Galois/Counter Mode of Operation", test cases 13 and 14 (AES-256, no associated data).
    @Test func `known answers of AES-256-GCM`() throws {
        let zero = SealingKey([UInt8](repeating: 0, count: 32))
        let head = [1] + [UInt8](repeating: 0, count: 12)
        let empty = try #require(Hex.decode("530f8afbc74536b9a963b4f1c4cb738b"))
        #expect(try zero.open(head + empty, as: "") == [])
        let block = try #require(Hex.decode("cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"))
        #expect(try zero.open(head + block, as: "") == [UInt8](repeating: 0, count: 16))
    }
}

@Suite struct DigestTests {
    /// FIPS 180-4 examples, and a million times "a".
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (String(repeating: "a", count: 1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ]) func `known answers of SHA-256, in one piece and in many`(text: String, expected: String) throws {
        let bytes = Array(text.utf8)
        #expect(Hex.encode(try SHA256Digest.of(bytes)) == expected)
        var digest = try SHA256Digest()
        var rest = bytes[...]
        while !rest.isEmpty {
            digest.update(rest.prefix(rest.count / 3 + 1))
            rest = rest.dropFirst(rest.count / 3 + 1)
        }
        #expect(Hex.encode(digest.finish()) == expected)
        // A collection without contiguous storage takes the other way.
        #expect(Hex.encode(try SHA256Digest.of(Array(bytes.reversed()).reversed())) == expected)
    }

    /// HMAC-SHA-256 of the key 00…1f over kind, NUL and value, computed by Python's `hmac`.
    @Test(arguments: [
        ("citizen", "099185012345", "3f81b4fa165f04b4ad643dd65d95cdeac46c76f62bdad0749e92aecf9c4f7fb7"),
        ("", "", "e711546e3faad4c7c4aa756bc26cad6abea8241984a0f6b0839c70ca61c4ef88"),
    ]) func `known answers of the keyed hash`(kind: String, value: String, expected: String) {
        #expect(Hex.encode(LookupKey([UInt8](0..<32)).hash(Array(value.utf8), kind: kind)) == expected)
    }

    @Test func `equal values of other kinds do not meet`() {
        let key = LookupKey([UInt8](0..<32))
        #expect(key.hash([1], kind: "citizen") != key.hash([1], kind: "attachment"))
        #expect(key.hash(Array("b".utf8), kind: "a") != key.hash([], kind: "ab"))
    }

    @Test func `hexadecimal text`() {
        #expect(Hex.encode([0, 15, 16, 255]) == "000f10ff")
        #expect(Hex.decode("000f10fF") == [0, 15, 16, 255])
        #expect(Hex.decode("") == [])
        for text in ["0", "0g", "+1", " 1", "0x", "٠٠", "é"] { #expect(Hex.decode(text) == nil) }
    }

    @Test func `secrets are compared whole, and chance does not repeat`() throws {
        #expect(Secret.equal([1, 2], [1, 2]) && Secret.equal([], []))
        #expect(!Secret.equal([1, 2], [1, 3]) && !Secret.equal([1], [1, 2]) && !Secret.equal([], [0]))
        let seen = Set(try (0..<200).map { _ in try Secret.random(count: 16) })
        #expect(seen.count == 200 && seen.allSatisfy { $0.count == 16 } == true)
    }
}
