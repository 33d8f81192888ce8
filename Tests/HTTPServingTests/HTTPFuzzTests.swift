import KioskTestSupport
import Testing

@testable import HTTPServing

@Suite(.heavy) struct HTTPFuzzTests {
    @Test(arguments: [0x5EED_0001, 0x5EED_0002] as [UInt64])
    func `a mutated head is parsed or refused, and what is parsed keeps the promises of the parser`(seed: UInt64) async {
        let valid = [
            "GET /a/%C4%91?b=c%20d&e HTTP/1.1\r\nHost: kiosk\r\nCookie: s=1; t=2\r\n\r\n",
            "POST /x HTTP/1.1\r\nHost: a:1\r\nContent-Length: 5\r\nExpect: 100-continue\r\nX: \"é\"\r\n\r\n",
            "PUT /f/1 HTTP/1.1\r\nhost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n",
            "HEAD / HTTP/1.0\r\n\r\n",
        ].map { Array($0.utf8) }
        var generator = SeededGenerator(seed: seed)
        var parsed = 0
        for round in 0..<12_000 {
            // Other tests' servers run on the same few threads.
            if round % 50 == 0 { await Task.yield() }
            let bytes = generator.mutate(generator.pick(valid))
            guard let head = try? parseHead(bytes) else { continue }
            parsed += 1
            let context: Comment = "seed \(seed), round \(round): \(String(decoding: bytes, as: UTF8.self).debugDescription)"
            let segments = head.path.map { Array($0.utf8) }
            #expect(!segments.contains { $0.contains(0) || $0.contains(0x2F) || $0 == [0x2E] || $0 == [0x2E, 0x2E] }, context)
            #expect(
                head.headers.fields.allSatisfy { !$0.name.isEmpty && !$0.value.utf8.contains { $0 < 0x20 && $0 != 0x09 } },
                context)
            #expect(head.headers["Content-Length"] == nil || head.headers["Transfer-Encoding"] == nil, context)
            if head.headers["Transfer-Encoding"] != nil { #expect(head.framing == .chunked, context) }
            #expect(bytes.contains { $0 == 0x0D }, context)
        }
        // A generator that only made refused heads would test nothing.
        #expect(parsed > 500, "seed \(seed)")
    }

    @Test(arguments: [0x5EED_0003, 0x5EED_0004] as [UInt64])
    func `a mutated chunked body is read alike in one piece and in many`(seed: UInt64) async {
        let valid = ["5\r\nhello\r\n0\r\n\r\nGET", "a;x=1\r\n0123456789\r\n3\r\nabc\r\n0\r\nT: 1\r\n\r\n", "0\r\n\r\n"].map {
            Array($0.utf8)
        }
        var generator = SeededGenerator(seed: seed)
        var done = 0
        for round in 0..<12_000 {
            // Other tests' servers run on the same few threads.
            if round % 50 == 0 { await Task.yield() }
            let bytes = generator.mutate(generator.pick(valid))
            let whole = Decoded(bytes)
            let pieces = Decoded(bytes, pieces: (0..<20).map { _ in generator.int(1...5) })
            #expect(whole == pieces, "seed \(seed), round \(round): \(String(decoding: bytes, as: UTF8.self).debugDescription)")
            #expect(whole.content.count <= bytes.count)
            if whole.isDone { done += 1 }
        }
        #expect(done > 500, "seed \(seed)")
    }

    @Test func `mutated forms and targets are decoded or refused`() async {
        let seed: UInt64 = 0x5EED_0005
        var generator = SeededGenerator(seed: seed)
        let valid = ["name=H%C3%A0+Th%E1%BB%8B&x=1&x=2&empty=&=v", "/a%20b/%C4%91/..%2e/c?x=%"].map { Array($0.utf8) }
        for round in 0..<10_000 {
            // Other tests' servers run on the same few threads.
            if round % 50 == 0 { await Task.yield() }
            let text = String(decoding: generator.mutate(generator.pick(valid)), as: UTF8.self)
            let form = try? RequestTarget.parse(form: text)
            #expect(form.map { $0.count <= text.utf8.count } ?? true)
            guard let target = try? RequestTarget.parse(text) else { continue }
            #expect(
                !target.path.contains { $0 == ".." || $0.utf8.contains(0x2F) },
                "seed \(seed), round \(round): \(text.debugDescription)")
        }
    }
}
