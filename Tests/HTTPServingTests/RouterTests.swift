import HTTPServing
import Testing

@Suite struct RouterTests {
    private func router() -> Router {
        var router = Router()
        router.on("GET", "/") { _ in .text("root") }
        router.on("GET", "/dossiers/{id}") { .text("show \($0.parameter("id"))") }
        router.on("PUT", "/dossiers/{id}") { .text("put \($0.parameter("id"))") }
        router.on("GET", "/dossiers/new") { _ in .text("new") }
        router.on("POST", "/a/{x}/b/{y}") {
            .text("\($0.parameters["x"] ?? "") \($0.parameters["y"] ?? "") \($0.parameter("z"))")
        }
        return router
    }

    private func answer(_ method: String, _ target: String) async throws -> (Int, String, HTTPHeaders) {
        let response = try await router().respond(to: HTTPRequest(method: method, target: target))
        guard case .bytes(let bytes) = response.body else { return (0, "", [:]) }
        return (response.status, String(decoding: bytes, as: UTF8.self), response.headers)
    }

    @Test(arguments: [
        ("GET", "/", "root"), ("GET", "/?x=/dossiers", "root"), ("GET", "/dossiers/7", "show 7"),
        ("PUT", "/dossiers/7/", "put 7"),
        ("GET", "/dossiers/H%E1%BB%93%20s%C6%A1+1", "show Hồ sơ+1"), ("HEAD", "/dossiers/7", "show 7"),
        ("POST", "/a/1/b/2", "1 2 "),
        // The first route that fits is taken.
        ("GET", "/dossiers/new", "show new"),
    ]) func `a request finds its handler`(method: String, target: String, body: String) async throws {
        let (status, text, _) = try await answer(method, target)
        #expect(status == 200)
        #expect(text == body)
    }

    @Test(arguments: ["/none", "/dossiers", "/dossiers/", "/dossiers//", "/dossiers/1/2", "//", "/a//b/2", "/Dossiers/1"])
    func `no route is 404`(target: String) async throws {
        #expect(try await answer("GET", target).0 == 404)
    }

    @Test func `a route of another method is 405 and names those allowed`() async throws {
        let (status, _, headers) = try await answer("DELETE", "/dossiers/7")
        #expect(status == 405)
        #expect(headers["allow"] == "GET, PUT")
        #expect(try await answer("HEAD", "/a/1/b/2").0 == 405)
    }

    @Test(arguments: [
        "/..", "/.", "/a/../b", "/a/%2e%2E/b", "/a/.%2e", "/a%2Fb", "/a%2F%CC%81b", "/%00", "/a%", "/a%2", "/a%zz", "/%C3%28",
        "/%ED%A0%80",
        "a", "", "http://a/", "/?a=%", "/?%C3%28=1",
    ]) func `a target that could mean something else is refused`(target: String) {
        #expect { try HTTPRequest(method: "GET", target: target) } throws: { ($0 as? HTTPFault)?.status == 400 }
    }

    @Test func `dots inside a name and encoded signs are no harm`() throws {
        let request = try HTTPRequest(method: "GET", target: "/a..b/...//%25%3F?x=1%262&y=%3D&x=3&a=b=c&&z")
        #expect(request.path == ["a..b", "...", "", "%?"])
        #expect(request.query == ["x": "1&2", "y": "=", "a": "b=c", "z": ""])
    }

    @Test func `cookies are found by name`() throws {
        let request = try HTTPRequest(method: "GET", target: "/", headers: ["Cookie": "xs=1; s=a=b;t=2", "cookie": "late=3"])
        #expect(request.cookie("s") == "a=b")
        #expect(request.cookie("t") == "2")
        #expect(request.cookie("late") == "3")
        #expect(request.cookie("x") == nil)
    }

    @Test func `a form is decoded, first of a name first, and refused where it is none`() async throws {
        func form(_ body: String, type: String = "Application/X-WWW-Form-Urlencoded ; charset=utf-8") async throws -> [String:
            String]
        {
            try await HTTPRequest(method: "POST", target: "/", headers: ["Content-Type": type], body: Array(body.utf8)).form(
                limit: 100)
        }
        #expect(try await form("name=H%C3%A0+Th%E1%BB%8B&a=1&a=2") == ["name": "Hà Thị", "a": "1"])
        // A combining mark that was not escaped must not swallow the separator before it.
        let raw = try await form("a=\u{301}x&\u{301}b=2")
        #expect(raw["a"]?.unicodeScalars.first == "\u{301}")
        #expect(raw["\u{301}b"] == "2")
        func status(_ body: () async throws -> [String: String]) async -> Int? {
            do { return try await body().count } catch { return (error as? HTTPFault)?.status }
        }
        #expect(await status { try await form("a=1", type: "text/plain") } == 415)
        #expect(await status { try await form("a=%FF") } == 400)
        #expect(await status { try await form(String(repeating: "a", count: 101)) } == 413)
    }
}
