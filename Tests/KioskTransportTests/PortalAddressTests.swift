import Testing

@testable import KioskTransport

@Suite struct PortalAddressTests {
    @Test(arguments: [
        ("https://cong.example", "https://cong.example"), ("https://cong.example/", "https://cong.example"),
        ("https://cong.example/api//", "https://cong.example/api"),
        ("https://cong.example:8443/a", "https://cong.example:8443/a"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"), ("http://localhost:1", "http://localhost:1"),
        ("http://[::1]:1/", "http://[::1]:1"),
    ])
    func `an address is kept without a slash at its end`(text: String, kept: String) throws {
        #expect(try PortalAddress(text).description == kept)
    }

    @Test(arguments: [
        ("", PortalAddress.Fault.malformed), ("cong.example", .malformed), ("https://", .malformed), ("/v1", .malformed),
        ("https://a b", .malformed),
        ("http://cong.example", .insecure), ("http://127.0.0.1.example", .insecure), ("http://localhost.example", .insecure),
        ("http://127.0.0.1@cong.example", .insecure), ("http://192.168.1.2", .insecure), ("ftp://127.0.0.1", .insecure),
        ("file:///etc/passwd", .malformed),
        ("https://me@cong.example", .hasSecretsOrQuery), ("https://me:pw@cong.example", .hasSecretsOrQuery),
        ("https://cong.example?a=b", .hasSecretsOrQuery),
        ("https://cong.example/#x", .hasSecretsOrQuery),
    ])
    func `what a token must not be sent to is refused`(text: String, fault: PortalAddress.Fault) {
        #expect(throws: fault, "\(text)") { try PortalAddress(text) }
    }

    @Test func `a location leads to the portal or nowhere`() throws {
        let portal = try PortalAddress("https://cong.example/api")
        for (location, resolved) in [
            ("https://cong.example/files/1", "https://cong.example/files/1"), ("/v1/files/1", "https://cong.example/v1/files/1"),
            ("files/1", "https://cong.example/api/files/1"), ("https://cong.example:443/f", "https://cong.example:443/f"),
            ("https://CONG.example/f", "https://CONG.example/f"), ("//other.example/f", nil), ("https://other.example/f", nil),
            ("http://cong.example/f", nil), ("https://cong.example:444/f", nil), ("https://cong.example.other.example/f", nil),
            ("https://cong.example@other.example/f", nil), ("https://other@cong.example/f", nil), ("javascript:1", nil),
            ("https://", nil),
        ] {
            #expect(portal.resolve(location, against: portal.description + "/") == resolved, "\(location)")
        }
    }

    @Test func `a relative location starts from the address that was asked`() throws {
        let portal = try PortalAddress("https://cong.example/api")
        let asked = "https://cong.example/api/v1/files/"
        #expect(portal.resolve("u3", against: asked) == "https://cong.example/api/v1/files/u3")
        #expect(portal.resolve("../files/u3", against: asked) == "https://cong.example/api/v1/files/u3")
    }
}
