import Foundation
import JSONTree
import KioskTestSupport
import Testing

@testable import HTTPServing
@testable import TrainingPortal

/// Every page of the officer's desk in a browser.
@Suite(.serialized) struct DeskPageTests {
    @Test("axe-core finds nothing serious on any page of the desk", Axe.requirement) func axe() async throws {
        let source = try Axe.source()
        try await everyPage { browser, place in
            let findings = try await browser.seriousFindings(source)
            #expect(findings.isEmpty, "\(place)\n\(findings.joined(separator: "\n"))")
        }
    }

    @Test("At 200 % zoom nothing on the desk scrolls sideways or is cut off", Browser.requirement) func zoom() async throws {
        try await everyPage { browser, place in
            try await browser.setScreen(width: 640, height: 400, scale: 2)
            let misfits = try await browser.misfits()
            #expect(misfits.isEmpty, "\(place)\n\(misfits.joined(separator: "\n"))")
        }
    }

    /// Shows every page to `check`; an address of the desk that it does not come to is a failure.
    private func everyPage(_ check: (Browser, String) async throws -> Void) async throws {
        try await withPortal { harness in
            let kiosk = try await harness.kiosk()
            let account = try await kiosk.account()
            let stay = try await kiosk.file()
            let residence = newId()
            let paper = try await kiosk.upload([0xFF, 0xD8, 0xFF, 0xE0] + [UInt8](repeating: 7, count: 5000))
            #expect(try await kiosk.put(kiosk.submission(account: account, attachments: [paper]), residence).status == 201)
            // A resident without an account is sent a code; five wrong ones lock the account.
            let stranger = newId()
            _ = try await kiosk.send(
                "PUT", "/v1/accounts/\(stranger)",
                json: kiosk.registration(
                    ["citizenId": "099201000777", "fullName": "Lò Văn Mới", "birthDate": "2001-05-04", "sex": "male"],
                    phone: "0900000777"))
            var router = Router()
            Desk(harness.portal.core).add(to: &router)
            var open = Set(router.routes.filter { $0.method == "GET" }.map(\.pattern))
            let base = "http://127.0.0.1:\(harness.portal.port)"
            try await Browser.run { browser in
                func visit(_ path: String) async throws {
                    try await browser.open(base + path)
                    let segments = path.prefix { $0 != "?" }.split(separator: "/").map(String.init)
                    open = open.filter { router.match($0, segments) == nil }
                    if try await browser.execute("return document.contentType") == "text/html" { try await check(browser, path) }
                }
                try await visit("/desk/dossiers/\(stay)")
                for place in 1...3 { try await browser.find("details:nth-of-type(\(place)) summary").click() }
                try await check(browser, "a dossier with its forms open")
                for (index, status) in ["accepted", "processing", "resolved", "returned"].enumerated() {
                    try await browser.open(base + "/desk/dossiers/\(stay)")
                    try await browser.find(".acts form:nth-child(\(index + 1)) button").click()
                    try await eventually(status) { try await browser.count(".status.\(status)") == 1 }
                    try await check(browser, "a dossier: \(status)")
                }
                // What does not fit the status is refused on the page.
                try await browser.find(".acts form:first-child button").click()
                try await eventually("refused") { try await browser.count(".fault") == 1 }
                try await check(browser, "an act that does not fit")
                for path in [
                    "/", "/?status=received", "/?status=withdrawn", "/desk.css", "/desk/dossiers/\(residence)",
                    "/desk/dossiers/\(residence)/files/0", "/desk/dossiers/none", "/desk/sms", "/desk/residents",
                    "/desk/catalogue", "/desk/accounts", "/desk/intake", "/desk/announcements",
                ] { try await visit(path) }
                try await browser.find("[name=title]").type("Nghỉ lễ")
                try await browser.find("[name=body]").type("Công an xã nghỉ ngày 30/4.")
                try await browser.find("main form button").click()
                try await eventually("announced") { try await browser.count("article") == 1 }
                try await check(browser, "an announcement")
            }
            #expect(open.isEmpty, "no page was shown of \(open.map { "/" + $0.joined(separator: "/") }.sorted())")
        }
    }
}
