import KioskTestSupport
import Testing

@testable import HTTPServing

/// What decoding a body gave: its content and the bytes after it, or a fault; nil where it is not over.
struct Decoded: Equatable {
    var content: [UInt8] = []
    var rest: [UInt8] = []
    var isDone = false
    var fault: Int?

    /// Feeds bytes in pieces of the sizes given, the last of them as often as needed.
    init(_ bytes: [UInt8], framing: RequestHead.Framing = .chunked, pieces: [Int] = [Int.max]) {
        var decoder = BodyDecoder(framing)
        var left = bytes[...]
        var sizes = pieces
        do throws(HTTPFault) {
            while !left.isEmpty {
                let size = sizes.count > 1 ? sizes.removeFirst() : sizes[0]
                rest += left.prefix(size)
                left = left.dropFirst(size)
                content += try decoder.take(from: &rest)
            }
            isDone = decoder.isDone
        } catch {
            (content, rest, fault) = ([], [], error.status)
        }
    }
}

@Suite struct BodyDecoderTests {
    @Test func `chunks, extensions and trailers are read, and what follows is left`() {
        let body = "5\r\nhello\r\n006;name=\"v\"\r\n, worl\r\n1\r\nd\r\n0\r\nX-Trailer: 1\r\nX-More: 2\r\n\r\nGET /"
        let whole = Decoded(Array(body.utf8))
        #expect(String(decoding: whole.content, as: UTF8.self) == "hello, world")
        #expect(String(decoding: whole.rest, as: UTF8.self) == "GET /")
        #expect(whole.isDone)
        #expect(Decoded(Array(body.utf8), pieces: [1]) == whole)
    }

    @Test func `a counted body ends where it said`() {
        let whole = Decoded(Array("abcdefGET".utf8), framing: .length(6))
        #expect(String(decoding: whole.content, as: UTF8.self) == "abcdef")
        #expect(String(decoding: whole.rest, as: UTF8.self) == "GET")
        #expect(whole.isDone)
        #expect(!Decoded(Array("abcde".utf8), framing: .length(6)).isDone)
        #expect(Decoded([], framing: .none).fault == nil)
    }

    @Test(arguments: [
        "g\r\n", "\r\n", ";x\r\n", " 5\r\nhello\r\n", "5 \r\nhello\r\n", "+5\r\nhello\r\n", "-0\r\n\r\n", "-5\r\nhello\r\n",
        "0x5\r\nhello\r\n", "5,5\r\nhello\r\n", "1000000000000000\r\n", "ffffffffffffffff\r\n", "٥\r\n", "5\nhello\r\n",
        "5;a\nhello\r\n",
        "5;a\rb\r\nhello\r\n", "5\r\nhello\n", "5\r\nhelloX\r\n", "5\r\nhello0\r\n\r\n", "5\r\nhell\r\n0\r\n\r\n", "0\r\n\n",
        "5\r\r\nhello\r\n",
        "0\r\nX: 1\n\r\n",
    ]) func `a chunk that can be read in two ways is refused`(body: String) {
        #expect(Decoded(Array(body.utf8)).fault == 400)
        #expect(Decoded(Array(body.utf8), pieces: [1]).fault == 400)
    }

    @Test func `a chunk line or a trailer without end is refused`() {
        #expect(Decoded(Array(("5;" + String(repeating: "x", count: 2000)).utf8)).fault == 400)
        let trailer = "0\r\n" + String(repeating: "X-Trailer: more and more\r\n", count: 1000)
        #expect(Decoded(Array(trailer.utf8)).fault == 431)
    }

    @Test func `a body that is cut short is not over`() {
        let body = Array("5\r\nhello\r\n0\r\nT: 1\r\n\r\n".utf8)
        for count in 0..<body.count {
            let decoded = Decoded(Array(body[..<count]))
            #expect(!decoded.isDone && decoded.fault == nil)
        }
    }
}
