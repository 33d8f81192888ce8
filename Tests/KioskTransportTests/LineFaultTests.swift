import CCurl
import Foundation
import Glibc
import HTTPServing
import KioskSync
import KioskTestSupport
import Testing

@testable import KioskTransport

/// What libcurl says, and what it means; certificates and proxies themselves are played by `EndToEndTests/TLSTests`.
@Suite struct LineFaultTests {
    private func fault(_ code: CURLcode, _ change: (inout CurlFault) -> Void = { _ in }) -> PortalFailure {
        var fault = CurlFault(code: code, mayHaveActed: false)
        change(&fault)
        return fault.failure
    }

    @Test func `every fault of libcurl has its meaning`() {
        func expect(_ wanted: LineTrouble, _ code: CURLcode, _ change: (inout CurlFault) -> Void = { _ in }) {
            #expect(fault(code, change) == .line(mayHaveActed: false, trouble: wanted), "\(code) \(wanted)")
        }
        expect(.nameUnknown, CURLE_COULDNT_RESOLVE_HOST)
        for code in [ENETUNREACH, EHOSTUNREACH, ENETDOWN] { expect(.noNetwork, CURLE_COULDNT_CONNECT) { $0.systemCode = code } }
        expect(.refused, CURLE_COULDNT_CONNECT) { $0.systemCode = ECONNREFUSED }
        expect(.silent, CURLE_OPERATION_TIMEDOUT)
        for code in [CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE, CURLE_HTTP2, CURLE_HTTP2_STREAM] {
            expect(.broken, code)
        }
        for (verified, wanted) in [
            (0, LineTrouble.wrongHost), (1, .wrongHost), (62, .wrongHost), (9, .notYetValid), (10, .expired), (18, .untrusted),
            (19, .untrusted), (20, .untrusted), (21, .untrusted), (23, .untrusted), (66, .untrusted),
        ] { expect(wanted, CURLE_PEER_FAILED_VERIFICATION) { $0.verified = verified } }
        expect(.wrongKey, CURLE_SSL_PINNEDPUBKEYNOTMATCH)
        expect(.noAuthorities, CURLE_SSL_CACERT_BADFILE)
        for (text, wanted) in [
            ("error:0A000410:SSL routines::sslv3 alert handshake failure", LineTrouble.noTLS),
            ("error:0A00010B:SSL routines::wrong version number", .noTLS),
            ("OpenSSL SSL_connect: Connection reset by peer in connection to portal:443", .broken),
            ("error:0A000126:SSL routines::unexpected eof while reading", .broken),
            ("OpenSSL SSL_connect: SSL_ERROR_SYSCALL in connection to portal:443", .broken),
        ] { expect(wanted, CURLE_SSL_CONNECT_ERROR) { $0.text = text } }
        expect(.noProxy, CURLE_COULDNT_RESOLVE_PROXY)
        expect(.noProxy, CURLE_COULDNT_CONNECT) { $0.usesProxy = true }
        for (status, wanted) in [(407, LineTrouble.proxyLogin), (403, .proxyRefused), (502, .proxyRefused), (200, .broken)] {
            expect(wanted, CURLE_RECV_ERROR) { $0.proxyStatus = status }
        }
        for (reply, wanted) in [
            (CURLPX_USER_REJECTED, LineTrouble.proxyLogin), (CURLPX_NO_AUTH, .proxyLogin),
            (CURLPX_REPLY_NOT_ALLOWED, .proxyRefused), (CURLPX_REPLY_CONNECTION_REFUSED, .refused),
            (CURLPX_REPLY_HOST_UNREACHABLE, .nameUnknown), (CURLPX_CLOSED, .noProxy),
        ] { expect(wanted, CURLE_PROXY) { $0.socksReply = Int(reply.rawValue) } }
        for code in [CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING] { #expect(fault(code) == .notThePortal) }
        #expect(fault(CURLE_ABORTED_BY_CALLBACK) { $0.isStopped = true } == .stopped(mayHaveActed: false))
    }

    private func connection(_ address: String, stallSeconds: Int = 2) throws -> PortalConnection {
        PortalConnection(
            address: try PortalAddress(address), kioskID: "k", secret: secret, stallSeconds: stallSeconds, now: { Date() })
    }

    @Test func `a name without an address, a closed port and a server that says nothing are told apart`() async throws {
        // RFC 6761, 6.4: there is no such name.
        let nobody = try connection("https://portal.invalid")
        #expect(await failure(of: { try await nobody.health() }) == .line(mayHaveActed: false, trouble: .nameUnknown))
        let closed = try connection("https://localhost:1")
        #expect(await failure(of: { try await closed.health() }) == .line(mayHaveActed: false, trouble: .refused))
        try await withHeld { connection, _ in
            #expect(await failure(of: { try await connection.health() }) == .line(mayHaveActed: true, trouble: .silent))
        }
    }

    /// A server that gives a token and answers nothing else for ten minutes.
    private func withHeld(stallSeconds: Int = 2, _ body: (PortalConnection, Asked) async throws -> Void) async throws {
        let asked = Asked()
        let server = try HTTPServer(port: 0) { request in
            asked.add(request)
            if request.method == "POST" {
                return .content(#"{"access_token": "t", "token_type": "Bearer", "expires_in": 300}"#, type: "application/json")
            }
            try await Task.sleep(for: .seconds(600))
            return HTTPResponse(status: 204)
        }
        let running = Task { try await server.run() }
        try await body(try connection("http://127.0.0.1:\(server.port)", stallSeconds: stallSeconds), asked)
        running.cancel()
        try await running.value
    }

    @Test func `what is under way is broken off, and nothing begins any more`() async throws {
        // Beside the whole suite, on two threads, the token alone has taken longer than a minute.
        try await withHeld(stallSeconds: 300) { connection, asked in
            async let first = failure(of: { try await connection.changes(after: nil) })
            try await eventually("the portal is asked", within: .seconds(300), every: .milliseconds(2)) { asked.count("GET") > 0 }
            connection.stop()
            #expect(await first == .stopped(mayHaveActed: true), "it may have acted")
            #expect(await failure(of: { try await connection.health() }) == .stopped(mayHaveActed: false))
            #expect(await failure(of: { try await connection.changes(after: nil) }) == .stopped(mayHaveActed: false))
            #expect(asked.count("GET") == 1)
        }
    }

    @Test func `the portal's time is noted of its own answers only`() async throws {
        let page = HTTPResponse.content("{\"changes\": [], \"cursor\": \"c\", \"more\": false}", type: "application/json")
        try await withServer({ _ in page }) { connection, _ in
            #expect(connection.clockReading == nil)
            _ = try await connection.changes(after: nil)
            let reading = try #require(connection.clockReading)
            #expect(reading.error(now: Date(), boot: nil) == nil && abs(reading.portal.timeIntervalSinceNow) < 300)
        }
        try await withServer(tokens: { _ in .content("<p>Wi-Fi</p>", type: "text/html") }, { _ in page }) { connection, _ in
            _ = await failure(of: { try await connection.changes(after: nil) })
            #expect(connection.clockReading == nil, "a captive portal has a clock too")
        }
    }

    @Test func `what names a proxy, a key and a login`() throws {
        for good in ["http://proxy.example:3128", "https://proxy.example:443", "socks5h://127.0.0.1:1080", "http://[::1]:3128/"] {
            let address = try #require(ProxyAddress(good), "\(good)")
            #expect(good.hasPrefix(address.description))
        }
        for bad in [
            "", "proxy.example:3128", "http://proxy.example", "socks5://p:1", "socks4://p:1", "ftp://p:1", "http://n:p@p:1",
            "http://n@p:1", "http://p:1/path", "http://p:1?q", "http://p:1#f",
        ] { #expect(ProxyAddress(bad) == nil, "\(bad)") }
        let key = "sha256//" + Data(repeating: 7, count: 32).base64EncodedString()
        #expect(PinnedPublicKey(key) != nil && PinnedPublicKey("\(key);\(key)") != nil)
        for bad in ["", key + ";", String(key.dropLast(4)), "sha1//" + key.dropFirst(8), "/etc/key.pem", " " + key] {
            #expect(PinnedPublicKey(bad) == nil, "\(bad)")
        }
        let login = try #require(Proxy.Login("thôn:mật:khẩu"))
        #expect(login.name == "thôn" && login.password == "mật:khẩu")
        for words in ["\(login)", String(reflecting: login), "\(Proxy(try #require(ProxyAddress("http://p:1")), login: login))"] {
            #expect(!words.contains("khẩu") && !words.contains("thôn"), "\(words)")
        }
        for bad in ["", "name", ":password", "a:b\u{7}"] { #expect(Proxy.Login(bad) == nil) }
    }
}
