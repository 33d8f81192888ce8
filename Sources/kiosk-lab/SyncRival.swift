internal import FoundationEssentials
internal import Glibc
internal import JSONTree
internal import KioskDomain
internal import KioskVault

/// Other uploaders, with files of the same number and size.
enum SyncRival {
    /// What one of them took.
    struct Figures {
        var name: String
        /// Seconds of the clock.
        var seconds: Double
        /// Seconds of the processor, of the uploader alone.
        var processor: Double
    }

    private struct File {
        let path: String
        let size: Int
        /// Base64, as `Upload-Metadata` has it.
        let sha256: String
    }

    static let curl = "curl --parallel"

    /// Those that are installed.
    static func all(_ load: SyncBench.Load, _ folder: String, portal: String, python: String?) async throws -> [Figures] {
        let files = try make(load, withForms: true, in: folder + "/files")
        let token = try await bearer(portal, folder)
        var figures = try await curls(files, folder, at: portal + "/v1/files", token: token)
        if let python { figures.append(try await tuspy(files, folder, portal: portal, token: token, python: python)) }
        if let rclone = try await rclone(folder) { figures.append(rclone) }
        return figures
    }

    /// Only curl, to a server of files.
    static func beside(_ server: FilesServer, _ load: SyncBench.Load, _ folder: String, portal: String) async throws -> [Figures]
    {
        let files = try make(load, withForms: true, in: folder + "/files")
        let token = try await bearer(portal, folder)
        return try await curls(files, folder, at: server.address + "files", token: token)
    }

    /// Only curl, sixteen at once, by another way to the portal.
    static func curlAlone(_ load: SyncBench.Load, _ folder: String, portal: String, way: String) async throws -> Figures {
        let files = try make(load, in: folder + "/files")
        return try await curl(files, folder, at: way + "/v1/files", token: try await bearer(portal, folder), atOnce: 16)
    }

    /// The bytes of a dossier's form on the wire, about.
    private static let formBytes = 3000

    /// As many files as there are papers and, where the papers are small, one more of 3 kB for each dossier: the kiosk sends its form, too.
    private static func make(_ load: SyncBench.Load, withForms: Bool = false, in folder: String) throws -> [File] {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let isWithForms = withForms && load.paperBytes < streamedBytes
        let sizes = Array(repeating: load.paperBytes, count: load.papers) + (isWithForms ? [formBytes] : [])
        defer { Bench.settleDisk() }
        return try (0..<load.dossiers * sizes.count).map { number in
            let (path, size) = ("\(folder)/\(number).jpg", sizes[number % sizes.count])
            let bytes = try Secret.random(count: size)
            guard FileManager.default.createFile(atPath: path, contents: Data(bytes)) else {
                throw LabError("cannot write \(path)")
            }
            let digest = Hex.encode(try SHA256Digest.of(bytes))
            return File(path: path, size: size, sha256: Data(digest.utf8).base64EncodedString())
        }
    }

    /// From how many bytes on curl reads a file as it sends it; with `data-binary` it is in memory whole before.
    private static let streamedBytes = 8 << 20

    /// Large files by a PATCH that streams them, their creations made before and not counted; small ones twice: as a tus creation
    /// is sent with curl (`--data-binary`, which is what `measurements.md` has), and read while they are sent, which is what bare
    /// libcurl can do.
    private static func curls(_ files: [File], _ folder: String, at address: String, token: String) async throws -> [Figures] {
        guard (files.first?.size ?? 0) < streamedBytes else {
            return [try await streamingCurl(files, folder, at: address, token: token, atOnce: 4)]
        }
        let usual = try await curl(files, folder, at: address, token: token, atOnce: 4)
        var streaming = try await curl(files, folder, at: address, token: token, atOnce: 4, isStreaming: true)
        streaming.name = "\(curl), streaming"
        return [usual, streaming]
    }

    /// By tus creation-with-upload.
    private static func curl(
        _ files: [File], _ folder: String, at address: String, token: String, atOnce: Int, isStreaming: Bool = false
    ) async throws -> Figures {
        var config = "parallel\nparallel-max = \(atOnce)\nsilent\nfail\n"
        for (number, file) in files.enumerated() {
            config += """
                \(number == 0 ? "" : "next\nsilent\nfail\n")url = "\(address)"
                request = "POST"
                \(isStreaming ? "upload-file = \"" : "data-binary = \"@")\(file.path)"
                output = "/dev/null"
                header = "Authorization: Bearer \(token)"
                header = "Tus-Resumable: 1.0.0"
                header = "Upload-Length: \(file.size)"
                header = "Upload-Metadata: filename YQ==,sha256 \(file.sha256)"
                header = "Content-Type: application/offset+octet-stream"
                header = "Expect:"

                """
        }
        let path = "\(folder)/curl.conf"
        guard FileManager.default.createFile(atPath: path, contents: Data(config.utf8)) else {
            throw LabError("cannot write \(path)")
        }
        return try ended(curl, await Child.run(["curl", "-K", path]))
    }

    private static func streamingCurl(
        _ files: [File], _ folder: String, at address: String, token: String, atOnce: Int
    ) async throws -> Figures {
        var config = "parallel\nparallel-max = \(atOnce)\n"
        let origin = address.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false).prefix(3).joined(
            separator: "/")
        for (number, file) in files.enumerated() {
            let head = folder + "/creation"
            let made = await Child.run([
                "curl", "-s", "-f", "-X", "POST", "-D", head, "-H", "Authorization: Bearer \(token)", "-H",
                "Tus-Resumable: 1.0.0",
                "-H", "Upload-Length: \(file.size)", "-H", "Upload-Metadata: filename YQ==,sha256 \(file.sha256)", "-H",
                "Content-Length: 0", address,
            ])
            let lines = FileManager.default.contents(atPath: head).map { String(decoding: $0, as: UTF8.self) } ?? ""
            let location = lines.split(whereSeparator: \.isNewline).first { $0.lowercased().hasPrefix("location:") }
            guard made.status == 0, let place = location?.dropFirst(9).trimmingPrefix(while: \.isWhitespace) else {
                throw LabError("curl could not create an upload")
            }
            // A file's name is added to an address that ends in a slash: an upload's own does not.
            config += """
                \(number == 0 ? "" : "next\n")silent
                fail
                url = "\(place.hasPrefix("http") ? "" : origin)\(place)"
                request = "PATCH"
                upload-file = "\(file.path)"
                output = "/dev/null"
                header = "Authorization: Bearer \(token)"
                header = "Tus-Resumable: 1.0.0"
                header = "Upload-Offset: 0"
                header = "Content-Type: application/offset+octet-stream"
                header = "Expect:"

                """
        }
        let path = "\(folder)/curl.conf"
        guard FileManager.default.createFile(atPath: path, contents: Data(config.utf8)) else {
            throw LabError("cannot write \(path)")
        }
        return try ended(curl, await Child.run(["curl", "-K", path]))
    }

    private static func tuspy(
        _ files: [File], _ folder: String, portal: String, token: String, python: String
    ) async throws -> Figures {
        let list = files.map { "\($0.path) \($0.sha256)" }.joined(separator: "\n")
        let (path, script) = ("\(folder)/tuspy.txt", "\(folder)/tuspy.py")
        let program = """
            from base64 import b64decode
            from sys import argv
            from tusclient import client
            tus = client.TusClient(argv[1] + '/v1/files/', headers={'Authorization': 'Bearer ' + open(argv[3]).read()})
            for line in open(argv[2]):
                path, digest = line.split()
                tus.uploader(path, chunk_size=1 << 21, metadata={'filename': 'a', 'sha256': b64decode(digest).decode()}).upload()
            """
        for (file, text) in [(path, list), (script, program), (folder + "/bearer", token)] {
            guard FileManager.default.createFile(atPath: file, contents: Data(text.utf8)) else {
                throw LabError("cannot write \(file)")
            }
        }
        return try ended("tuspy", await Child.run([python, script, portal, path, folder + "/bearer"]))
    }

    /// To its own WebDAV server: it speaks no tus.
    private static func rclone(_ folder: String) async throws -> Figures? {
        guard await Child.run(["rclone", "version"]).status == 0 else { return nil }
        let (target, port) = (try Bench.makeTemporaryFolder(in: Bench.memory), try Bench.freePort())
        defer { try? FileManager.default.removeItem(atPath: target) }
        guard let server = Child.spawn(["rclone", "serve", "webdav", target, "--addr", "127.0.0.1:\(port)"], output: nil) else {
            throw LabError("rclone does not start")
        }
        defer {
            kill(server, SIGKILL)
            var status: Int32 = 0
            waitpid(server, &status, 0)
        }
        try await Bench.untilItAnswers("http://127.0.0.1:\(port)/")
        return try ended(
            "rclone, 4 at once, WebDAV",
            await Child.run([
                "rclone", "copy", folder + "/files", ":webdav:", "--webdav-url", "http://127.0.0.1:\(port)", "--transfers", "4",
                "--config", "/dev/null",
            ]))
    }

    private static func ended(_ name: String, _ child: Child.Ended) throws -> Figures {
        guard child.status == 0, child.signal == 0 else { throw LabError("\(name) ended with \(child.status)") }
        return Figures(name: name, seconds: child.seconds, processor: child.processor)
    }

    private static func bearer(_ portal: String, _ folder: String) async throws -> String {
        let path = folder + "/token"
        let answer = await Child.run([
            "curl", "-s", "-u", "kiosk-lab:lab", "-d", "grant_type=client_credentials", "-o", path, "\(portal)/oauth2/token",
        ])
        guard answer.status == 0, let data = FileManager.default.contents(atPath: path),
            let token = (try? JSONText.decode(JSONValue.self, from: data))?["access_token"]?.stringValue
        else { throw LabError("curl got no token: is it installed?") }
        return token
    }
}
