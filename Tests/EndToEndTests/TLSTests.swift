import Foundation
import JSONTree
import KioskTestSupport
import Testing

extension EndToEndWaiting {
    /// The real kiosk and a real nginx in front of the training portal, with certificates made for it.
    @Suite("Through TLS and proxies", .enabled(if: TLSFront.isPossible, "needs nginx and openssl"))
    struct TLSTests {
        private static let login = "thôn:mật-khẩu-proxy"

        /// Seals a dossier with a paper of 400 kB.
        private func seal(_ house: House) async throws -> String {
            let scan = try house.file("scan.jpg", bytes: 400_000, seed: 7)
            let made = try await house.json([
                "dossier", "new", "--procedure", "LUU_TRU", "--answers", try await house.sample("LUU_TRU"), "--attach",
                "GIAY_TO_KHACH=\(scan)", "--seal",
            ])
            return try #require(made["id"]?.stringValue)
        }

        private func settings(_ house: House, authorities: String?, sync: String = "", portal: String = "") throws {
            let trusted = authorities.map { #", "authorities": "\#($0)""# } ?? ""
            let text = #"""
                {"pin": {"logN": 14, "r": 8, "p": 1}, "portal": {\#(portal)},
                 "sync": {"patienceSeconds": 2, "everyMinutes": 0, "stallSeconds": 5\#(trusted)\#(sync)}}
                """#
            try house.folder.write("kiosk.json", Array(text.utf8))
        }

        /// Runs `kiosk sync`, which has to fail with a trouble, and looks for the same words everywhere.
        private func fails(
            _ house: House, _ dossier: String, _ trouble: String, _ words: String, mover: String,
            environment: [String: String] = [:]
        ) async throws {
            let run = try await house.run(["sync", "--now", "--json"], environment: environment)
            #expect(run.status == 1)
            let report = try JSONText.decode(JSONValue.self, from: Data(run.output))
            #expect(report["stop"] == "line" && report["trouble"] == .string(trouble), "\(words): \(run.stdout)")
            #expect(run.stderr.contains(words), "\(run.stderr)")
            let queue = try await house.json(["queue", "list"])
            let upload = queue["operations"]?.arrayValue?.first { $0["kind"] == "upload" }
            #expect(upload?["sentence"]?.stringValue?.contains(words) == true, "\(String(describing: upload))")
            #expect(upload?["move"] == .string(mover))
            let shown = try await house.json(["dossier", "show", dossier])
            let situation = shown["situation"]?["sentence"]?.stringValue
            #expect(situation?.contains(words) == true && shown["situation"]?["move"] == .string(mover), "\(situation ?? "")")
            let last = try #require(try await house.json(["sync", "runs"]).arrayValue?.first)
            #expect(last["trouble"] == .string(trouble) && last["faults"]?[trouble]?.int ?? 0 > 0, "\(last)")
            for text in [run.stdout, run.stderr] {
                #expect(!text.contains("bí-mật-của-cổng") && !text.contains("mật-khẩu-proxy"), "a secret is told")
            }
        }

        private func delivers(_ house: House, _ front: TLSFront, environment: [String: String] = [:]) async throws {
            let run = try await house.run(["sync", "--now", "--json"], environment: environment)
            #expect(run.status == 0, "\(run.stdout) \(run.stderr)")
            let held = try #require(try await house.portal.state().dossiers.first)
            #expect(held.puts == 1 && held.attachments.allSatisfy { $0.sha256 == $0.sha256OnDisk })
            // HTTP/2, which nginx offers.
            #expect(front.log.contains { $0.hasPrefix("HTTP/2.0 PUT /v1/dossiers/") && $0.hasSuffix(" 201") }, "\(front.log)")
            #expect(front.log.allSatisfy { $0.hasPrefix("HTTP/2.0") })
        }

        @Test("What is wrong with the portal's certificate is told, and with a right one a dossier arrives whole")
        func certificates() async throws {
            let house = try await House(front: true)
            let front = try #require(house.front)
            let dossier = try await seal(house)
            let key = try await front.pin(.good)
            let cases: [(TLSFront.Kind, String, String, String)] = [
                (.wrongHost, "certificate-wrong-host", "không phải của cổng này", "certificate"),
                (.expired, "certificate-expired", "giấy chứng nhận của cổng đã hết hạn", "certificate"),
                (.notYetValid, "certificate-not-yet-valid", "thường là do đồng hồ máy sai", "clock"),
                (.unknownAuthority, "certificate-untrusted", "không tin nơi cấp giấy chứng nhận", "certificate"),
                (.oldTLS, "tls-refused", "Không lập được kết nối an toàn", "certificate"),
                (.alert, "tls-refused", "Không lập được kết nối an toàn", "certificate"),
                (.plain, "tls-refused", "Không lập được kết nối an toàn", "certificate"),
            ]
            for (kind, trouble, words, mover) in cases {
                try settings(house, authorities: front.authority, portal: "\"pinnedPublicKey\": \"\(key)\"")
                try await front.serve(kind)
                try await fails(house, dossier, trouble, words, mover: mover)
            }
            try await front.serve(.good)
            let wrong = try await front.pin(.wrongHost)
            try settings(house, authorities: front.authority, portal: "\"pinnedPublicKey\": \"\(wrong)\"")
            try await fails(house, dossier, "certificate-wrong-key", "Khóa của cổng khác", mover: "certificate")
            // Without the bundle the system's authorities count, and they know nothing of this one.
            try settings(house, authorities: nil)
            try await fails(house, dossier, "certificate-untrusted", "không tin nơi cấp", mover: "certificate")
            try settings(house, authorities: house.folder.file("no-such-file"))
            try await fails(
                house, dossier, "authorities-unreadable", "Không đọc được tệp các nơi chứng thực", mover: "certificate")
            #expect(try await house.portal.state().dossiers.isEmpty && front.log.isEmpty, "nothing was asked before trust")
            try settings(house, authorities: front.authority, portal: "\"pinnedPublicKey\": \"\(wrong);\(key)\"")
            try await delivers(house, front)
            // What is long comes packed; what a change will name by its strong ETag does not.
            #expect(front.packed("GET /v1/catalogue 200").allSatisfy { $0 > 3 } && !front.packed("GET /v1/changes 200").isEmpty)
            #expect(front.packed("GET /v1/catalogue 200").count == 1 && front.packed("PUT ").isEmpty)
            #expect(try await house.run(["sync", "--now"]).status == 0)
            #expect(front.log.last { $0.contains("/v1/catalogue") }?.hasSuffix(" 304") == true, "a tag that nginx weakened holds")
        }

        @Test("A clock that is known to be wrong is told, and is why a certificate seems out of date")
        func clock() async throws {
            let house = try await House(front: true)
            let front = try #require(house.front)
            try settings(house, authorities: front.authority)
            // The portal says it is 2020: this machine is years ahead.
            try await front.serve(.oldDate)
            let run = try await house.run(["sync", "--json"])
            let words = "Đồng hồ máy chạy nhanh khoảng"
            #expect(run.status == 0 && run.stderr.contains(words), "\(run.stderr)")
            let queue = try await house.json(["queue", "list"])
            #expect(queue["clock"]?["secondsAhead"]?.int ?? 0 > 86_400 * 365)
            #expect(queue["clock"]?["sentence"]?.stringValue?.contains("chỉnh lại ngày và giờ") == true)
            #expect(try await house.json(["status"])["clock"]?["sentence"] == queue["clock"]?["sentence"])
            let dossier = try await seal(house)
            try await front.serve(.expired)
            try await fails(
                house, dossier, "certificate-expired", "Vì thế máy không tin giấy chứng nhận của cổng", mover: "clock")
            let pages = try await house.pages()
            for page in ["/", "/sync"] { #expect(try await pages.get(page).text.contains(words), "\(page)") }
            pages.program.send(.terminate)
            #expect(try await pages.program.wait().status == 0)
            // Set right, it is told no more.
            try await front.serve(.good)
            try await delivers(house, front)
            #expect(try await house.json(["queue", "list"])["clock"] == nil)
        }

        @Test("The configured proxy and no other; its login stays a secret", arguments: ["http", "socks5h"])
        func proxy(scheme: String) async throws {
            let house = try await House(front: true)
            let front = try #require(house.front)
            try await front.serve(.good)
            let dossier = try await seal(house)
            let proxy = try ProxyServer(login: Self.login)
            try settings(house, authorities: front.authority, sync: #", "proxy": "\#(scheme)://127.0.0.1:\#(proxy.port)""#)
            try await fails(house, dossier, "proxy-login", "proxy đòi tên và mật khẩu", mover: "village-head")
            func keep(_ login: String) async throws {
                let file = try house.folder.write("proxy-login", Array("\(login)\n".utf8))
                let kept = try await house.run(["sync", "proxy-login", "set", "--login-file", file, "--json"])
                #expect(kept.status == 0 && !kept.stdout.contains("mật-khẩu") && !kept.stderr.contains("mật-khẩu"))
            }
            try await keep("thôn:sai-mật-khẩu-proxy")
            try await fails(house, dossier, "proxy-login", "proxy đòi tên và mật khẩu", mover: "village-head")
            #expect(front.log.isEmpty)
            try await keep(Self.login)
            try await delivers(house, front)
            let target = (scheme == "http" ? "http" : "socks") + " localhost:\(front.port)"
            #expect(Set(proxy.asked) == [target], "the portal's name is the proxy's to look up")
            let sealed = try Data(contentsOf: URL(filePath: house.data + "/kiosk.sqlite"))
            #expect(sealed.range(of: Data("mật-khẩu-proxy".utf8)) == nil)
            #expect(try await house.json(["sync", "proxy-login", "forget"])["stored"] == false)
        }

        @Test("A proxy that is not there or lets nobody through is told; those of the environment are not followed")
        func otherProxies() async throws {
            let house = try await House(front: true)
            let front = try #require(house.front)
            try await front.serve(.good)
            let dossier = try await seal(house)
            let proxy = try ProxyServer()
            proxy.forbid()
            try settings(house, authorities: front.authority, sync: #", "proxy": "http://127.0.0.1:\#(proxy.port)""#)
            try await fails(house, dossier, "proxy-refused", "proxy không cho máy này tới cổng", mover: "line")
            try settings(house, authorities: front.authority, sync: #", "proxy": "http://127.0.0.1:1""#)
            try await fails(house, dossier, "proxy-unreachable", "Không tới được máy chủ proxy", mover: "line")
            try settings(house, authorities: front.authority)
            let dead = "http://127.0.0.1:1"
            try await delivers(
                house, front, environment: ["https_proxy": dead, "HTTPS_PROXY": dead, "http_proxy": dead, "ALL_PROXY": dead])
            for wrong in ["http://thôn:bí-ẩn@127.0.0.1:3128", "ftp://127.0.0.1:21", "127.0.0.1:3128", "http://127.0.0.1:3128/x"] {
                try settings(house, authorities: nil, sync: #", "proxy": "\#(wrong)""#)
                let refused = try await house.run(["queue", "list"])
                #expect(refused.status == 1 && refused.stderr.contains("/sync/proxy") && !refused.stderr.contains("bí-ẩn"))
            }
            try settings(house, authorities: nil, portal: #""pinnedPublicKey": "sha256//kurz""#)
            #expect(try await house.run(["queue", "list"]).stderr.contains("/portal/pinnedPublicKey"))
        }
    }
}
