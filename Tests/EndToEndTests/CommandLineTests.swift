import Foundation
import JSONTree
import KioskTestSupport
import Testing

extension EndToEndCommands {
    @Suite("The command line")
    struct CommandLineTests {
        private func kiosk(_ words: [String]) async throws -> Program.Outcome {
            try await Program.run(House.kiosk, words, environment: ["KIOSK_PIN_FILE": nil, "KIOSK_DATA": nil])
        }

        @Test(
            "Every command has a help that ends with success",
            arguments: [
                "demo", "init", "serve", "sync", "sync runs", "sync metered", "status", "queue list", "procedure list",
                "procedure show",
                "procedure sample",
                "procedure check", "procedure schema", "dossier new", "dossier check",
                "dossier list", "dossier find", "dossier show", "dossier seal", "account list", "account code", "operator list",
                "operator reset",
                "portal",
            ])
        func help(_ command: String) async throws {
            let outcome = try await kiosk(command.split(separator: " ").map(String.init) + ["--help"])
            #expect(outcome.status == 0)
            #expect(outcome.stdout.contains("usage: kiosk \(command)"))
            #expect(outcome.stdout.contains("exit status"))
        }

        @Test(
            "Wrong usage ends with 2 and says what is wrong",
            arguments: [
                (["nonsense"], "nonsense"), (["dossier"], "dossier new"), (["sync", "--frobnicate"], "--frobnicate"),
                (["dossier", "show"], "ID is missing"), (["dossier", "show", "a", "b"], "«b»"), (["init"], "--portal is missing"),
                (["procedure", "show", "KHONG_CO"], "TT_NHAP_SINH"), (["serve", "--port", "99999"], "0 to 65535"),
                (["dossier", "new", "--procedure", "LUU_TRU", "--answers", "/dev/null", "--attach", "x"], "--attach x"),
            ])
        func wrongUsage(_ words: [String], _ hint: String) async throws {
            let outcome = try await kiosk(words)
            #expect(outcome.status == (words.contains("/dev/null") ? 1 : 2))
            #expect(words.contains("/dev/null") || outcome.stderr.contains(hint), "\(outcome.stderr)")
            #expect(outcome.stdout.isEmpty)
        }

        @Test("A folder without a kiosk is named, in Vietnamese too")
        func noKiosk() async throws {
            let folder = try TemporaryFolder()
            let pin = try folder.write("pin", Array("482915".utf8))
            let outcome = try await kiosk(["status", "--data", folder.path, "--pin-file", pin])
            #expect(outcome.status == 1)
            #expect(outcome.stderr.contains("chưa có dữ liệu"))
            #expect(outcome.stderr.contains(folder.path))
        }

        @Test("A setting that is none is named")
        func unknownSetting() async throws {
            let folder = try TemporaryFolder()
            let path = try folder.write("kiosk.json", Array("{ sync: { paralel: 3 } }".utf8))
            let outcome = try await kiosk(["procedure", "list", "--config", path])
            #expect(outcome.status == 1)
            #expect(outcome.stderr.contains("/sync/paralel"))
        }

        @Test("A weak PIN and a portal without https are refused at init")
        func weakInit() async throws {
            let folder = try TemporaryFolder()
            let secret = try folder.write("secret", Array("x".utf8))
            let weak = try folder.write("weak", Array("111111".utf8))
            let base = [
                "init", "--data", folder.file("k"), "--kiosk-id", "k", "--secret-file", secret, "--village", "Thôn", "--operator",
                "A",
                "--pin-file", weak,
            ]
            let insecure = try await kiosk(base + ["--portal", "http://portal.example"])
            #expect(insecure.status == 2)
            #expect(insecure.stderr.contains("https"))
            let outcome = try await kiosk(base + ["--portal", "https://portal.example"])
            #expect(outcome.status == 1)
            #expect(outcome.stderr.contains("dễ đoán"))
            #expect(!FileManager.default.fileExists(atPath: folder.file("k/kiosk.sqlite")))
        }

        @Test("A dossier is found by what stands on standard input or in a file, never by a word of the command line")
        func find() async throws {
            let house = try await House()
            let made = try await house.json([
                "dossier", "new", "--procedure", "LUU_TRU", "--answers", try await house.sample("LUU_TRU"), "--seal",
            ])
            let found = try await house.run(["dossier", "find"], input: Array("nu ha thi\n".utf8))
            #expect(found.status == 0, "\(found.stderr)")
            let rows = try JSONText.decode(JSONValue.self, from: Data(found.output)).arrayValue
            #expect(rows?.map { $0["id"] } == [made["id"]])
            let query = try house.folder.write("query", Array("0789".utf8))
            #expect(try await house.json(["dossier", "find", "--query-file", query]).arrayValue?.count == 1)
            #expect(try await house.run(["dossier", "find", "Nụ"]).status == 2)
            #expect(try await house.run(["dossier", "find"], input: Array("12".utf8)).status == 2)
        }

        @Test("A wrong PIN is refused, and the delay outlives the process")
        func wrongPIN() async throws {
            let house = try await House()
            let wrong = try house.folder.write("wrong", Array("000111222".utf8))
            var words: [String] = []
            for _ in 0..<3 {
                let outcome = try await house.run(["status", "--pin-file", wrong])
                #expect(outcome.status == 1)
                words.append(outcome.stderr)
            }
            // Each guess is a process of its own: the third knows of the two before it.
            #expect(words[0].contains("Mã PIN không đúng.\n"))
            #expect(words[2].contains("Lần thử tiếp theo sau 2 giây"))
        }
    }
}

extension EndToEndCommands {
    @Suite("The fixtures")
    struct FixtureTests {
        private func run(_ words: String...) async throws -> Program.Outcome { try await Program.run(House.kiosk, words) }

        private func json(_ bytes: [UInt8]) throws -> JSONValue { try JSONText.decode(JSONValue.self, from: Data(bytes)) }

        @Test("There are the 22 procedures of the letter, each with its answers in sync-fixtures as the program prints them")
        func answers() async throws {
            let list = try json(try await run("procedure", "list", "--json").output).arrayValue ?? []
            let kept = try ShippedFiles.fixtures("answers")
            #expect(list.count == 22)
            #expect(Set(list.compactMap { $0["code"]?.stringValue.map { $0 + ".json" } }) == Set(kept.map(\.name)))
            for (name, data) in kept {
                let code = String(name.dropLast(5))
                #expect(try await run("procedure", "sample", code).output == [UInt8](data), "\(name)")
            }
        }

        @Test("The built-in catalogue passes its check; a broken one is named with its path")
        func check() async throws {
            let whole = try await run("procedure", "check")
            #expect(whole.status == 0, "\(whole.stderr)")
            let folder = try TemporaryFolder()
            var broken = try JSONText.decode(JSONValue.self, from: try ShippedFiles.smallCatalogue())
            broken.set("older", at: JSONPointer(tokens: ["procedures", "0", "rules", "0", "kind"]))
            let path = try folder.write("broken.json", [UInt8](try JSONText.encode(broken)))
            let outcome = try await run("procedure", "check", "--catalogue", path)
            #expect(outcome.status == 1)
            #expect(outcome.stderr.contains("\(path): /procedures/0/rules/0/kind"))
            #expect(try json(outcome.output)["faults"]?.arrayValue?.count == 1)
        }

        @Test("A file of answers is checked without a kiosk's data; the schema is printed")
        func dossierCheck() async throws {
            let folder = try TemporaryFolder()
            let path = try folder.write("a.json", Array(#"{"applicant": {"phone": "12"}}"#.utf8))
            let bad = try await run("dossier", "check", path, "--procedure", "XN_SO", "--day", "2022-04-08")
            #expect(bad.status == 1)
            let issues = try json(bad.output).arrayValue ?? []
            #expect(issues.contains { $0["pointer"] == "/applicant/phone" && $0["code"] == "not-a-phone" })
            #expect(issues.allSatisfy { $0["message"]?["vi"] != nil && $0["severity"] != nil })
            let sample = try await run("procedure", "sample", "XN_SO")
            let good = try folder.write("b.json", sample.output)
            #expect(try await run("dossier", "check", good, "--procedure", "XN_SO").status == 0)
            #expect(try await run("dossier", "check", good, "--procedure", "XN_SO", "--day", "today").status == 2)
            #expect(try await run("dossier", "check", good, "--procedure", "NO_SUCH").status == 2)
            #expect(try await run("dossier", "check", good, "--procedure", "TAM_TRU").status == 2)
            let schema = try json(try await run("procedure", "schema", "XN_SO").output)
            #expect(schema["$schema"] == "https://json-schema.org/draft/2020-12/schema")
        }
    }
}
