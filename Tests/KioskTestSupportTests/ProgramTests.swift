import Foundation
import KioskTestSupport
import Testing

@Suite struct ProgramTests {
    @Test func `status, both outputs and input are carried`() async throws {
        let outcome = try await Program.run(
            "/bin/sh", ["-c", "cat; echo \"$NAME\" >&2; exit 7"], environment: ["NAME": "Mẫu"], input: Array("xin chào".utf8))
        #expect(outcome.status == 7)
        #expect(outcome.stdout == "xin chào")
        #expect(outcome.stderr == "Mẫu\n")
    }

    @Test func `more than a pipe holds passes in all three directions`() async throws {
        let input = [UInt8](repeating: 0x61, count: 1_000_000)
        let outcome = try await Program.run("/bin/sh", ["-c", "tee /dev/stderr"], input: input)
        #expect(outcome.output == input)
        #expect(outcome.stderr.utf8.count == input.count)
    }

    @Test func `a program that does not read its input does no harm`() async throws {
        let outcome = try await Program.run("/bin/true", input: [UInt8](repeating: 0, count: 1_000_000))
        #expect(outcome.status == 0)
    }

    @Test func `lines are waited for and signals arrive`() async throws {
        let script = "trap 'echo caught; exit 4' INT; echo one; echo two; while :; do sleep 0.01; done"
        let program = try Program("/bin/sh", ["-c", script])
        #expect(try await program.line { $0.hasPrefix("t") } == "two")
        program.send(.interrupt)
        #expect(try await program.line { _ in true } == "caught")
        #expect(try await program.wait().status == 4)
        await #expect(throws: Program.Failure.self) { try await program.line { _ in true } }
    }

    @Test func `a killed program has the signal as its status`() async throws {
        let program = try Program("/bin/sleep", ["1000"])
        program.send(.kill)
        #expect(try await program.wait().status == -9)
    }

    @Test func `a program and its children end with the last reference`() async throws {
        var program: Program? = try Program("/bin/sh", ["-c", "sleep 1000 & echo $!; wait"])
        let line = try await program?.line { _ in true }
        let child = try #require(line.flatMap { Int32($0) })
        #expect(kill(child, 0) == 0)
        program = nil
        // The orphan is reaped by init at a time of init's own: a zombie is as good as gone.
        while let stat = try? String(contentsOfFile: "/proc/\(child)/stat", encoding: .utf8), !stat.contains(") Z ") {
            await Task.yield()
        }
    }

    @Test func `the working folder is set and what cannot be started says so`() async throws {
        let folder = try TemporaryFolder()
        #expect(try await Program.run("/bin/pwd", folder: folder.path).stdout == folder.path + "\n")
        #expect(throws: Program.Failure.self) { try Program("/no/such/program") }
        await #expect(throws: Program.Failure.self) { try await Program.run("/bin/sleep", ["1000"], patience: 0.01) }
    }

    @Test func `the package's own programs are found`() {
        #expect(FileManager.default.isExecutableFile(atPath: Program.product("kiosk")))
    }

    @Test func `a seed gives the same numbers everywhere`() {
        // The first outputs of SplitMix64 for the seed 1234567, as published with the reference implementation's tests.
        var generator = SeededGenerator(seed: 1_234_567)
        #expect(generator.next() == 6_457_827_717_110_365_317)
        #expect(generator.next() == 3_203_168_211_198_807_973)
    }
}
