internal import Foundation
internal import LineEmulator
internal import Synchronization

/// An nginx that speaks TLS in front of a server on this machine, with certificates made for the test; `https://localhost:PORT`.
///
/// It needs `nginx` and `openssl` (``isPossible``).
public final class TLSFront: Sendable {
    /// What it shows to whoever connects.
    public enum Kind: String, Sendable, CaseIterable {
        /// A certificate that is in order.
        case good
        /// One of another name.
        case wrongHost
        /// One that ended in 2020.
        case expired
        /// One that begins in 2046.
        case notYetValid
        /// One of an authority that nobody knows.
        case unknownAuthority
        /// TLS 1.1 at most.
        case oldTLS
        /// An alert in place of a certificate.
        case alert
        /// No TLS at all.
        case plain
        /// In order, with a `Date` of 2020.
        case oldDate
    }

    /// Whether what it needs is installed.
    public static var isPossible: Bool { nginx != nil && Program.installed("openssl") != nil }
    private static var nginx: String? {
        Program.installed("nginx") ?? (FileManager.default.isExecutableFile(atPath: "/usr/sbin/nginx") ? "/usr/sbin/nginx" : nil)
    }

    /// The address to use in the server's place.
    public var address: String { "https://localhost:\(port)" }
    /// Its port.
    public let port: UInt16
    /// The file of the authority that made its certificates.
    public var authority: String { folder.file("ca.pem") }
    private let folder: TemporaryFolder
    private let server: UInt16
    private let running = Mutex<Program?>(nil)

    /// Makes the certificates; nothing listens yet.
    ///
    /// - Parameter server: the port of the server behind it.
    public init(to server: UInt16) async throws {
        folder = try TemporaryFolder()
        self.server = server
        let listener = try LoopbackSocket.listening()
        port = listener.port
        try folder.write("openssl.cnf", Array(Self.settings.utf8))
        try folder.write("serial", Array("1000\n".utf8))
        try folder.write("index", [])
        for name in ["ca", "other"] {
            try await openssl([
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "\(name).key",
                "-out",
                "\(name).pem", "-days", "3650", "-subj", "/CN=Test \(name)",
            ])
        }
        try await certificate("good", name: "localhost", from: "20200101000000Z", until: "20450101000000Z")
        try await certificate("wrongHost", name: "portal.example", from: "20200101000000Z", until: "20450101000000Z")
        try await certificate("expired", name: "localhost", from: "20190101000000Z", until: "20200101000000Z")
        try await certificate("notYetValid", name: "localhost", from: "20460101000000Z", until: "20480101000000Z")
        try await certificate(
            "unknownAuthority", name: "localhost", from: "20200101000000Z", until: "20450101000000Z", by: "other")
    }

    /// Begins to serve in one way in the place of another.
    ///
    /// - Throws: ``Program/Failure``.
    public func serve(_ kind: Kind) async throws {
        if let program = running.withLock({ $0.take() }) {
            program.send(.terminate)
            _ = try await program.wait()
        }
        try folder.write("nginx.conf", Array(configuration(kind).utf8))
        guard let nginx = Self.nginx else { throw Program.Failure(description: "nginx is not installed") }
        let program = try Program(nginx, ["-p", folder.path, "-c", "nginx.conf", "-e", "error.log"])
        try await eventually("nginx listens", every: .milliseconds(10)) { (try? LoopbackConnection(port: port)) != nil }
        running.withLock { $0 = program }
    }

    /// What it was asked so far, what was no request aside: lines such as `HTTP/2.0 PUT /v1/dossiers/… 201`.
    public var log: [String] {
        let text = (try? String(contentsOfFile: folder.file("access.log"), encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("-") }
    }

    /// How much smaller compression made its answers to a request, the first first; those that went as they were are left out.
    public func packed(_ request: String) -> [Double] {
        let text = (try? String(contentsOfFile: folder.file("packed.log"), encoding: .utf8)) ?? ""
        return text.split(separator: "\n").filter { $0.hasPrefix(request) }.compactMap { line in
            line.split(separator: " ").last.flatMap { Double($0) }
        }
    }

    /// The key of a certificate as `portal.pinnedPublicKey` wants it.
    ///
    /// - Throws: ``Program/Failure``.
    public func pin(_ kind: Kind) async throws -> String {
        let made = try await Program.run(
            "/bin/sh",
            [
                "-c",
                "openssl x509 -in \(kind.rawValue).pem -pubkey -noout | openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | base64",
            ],
            folder: folder.path)
        return "sha256//" + made.stdout.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func certificate(
        _ file: String, name: String, from: String, until: String, by authority: String = "ca"
    ) async throws {
        try await openssl([
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "\(file).key", "-out",
            "\(file).csr", "-subj", "/CN=\(file)", "-addext", "subjectAltName=DNS:\(name)",
        ])
        try await openssl([
            "ca", "-batch", "-notext", "-config", "openssl.cnf", "-in", "\(file).csr", "-out", "\(file).pem", "-cert",
            "\(authority).pem", "-keyfile", "\(authority).key", "-startdate", from, "-enddate", until,
        ])
    }

    private func openssl(_ words: [String]) async throws {
        let made = try await Program.run(Program.installed("openssl") ?? "openssl", words, folder: folder.path)
        guard made.status == 0 else {
            throw Program.Failure(description: "openssl \(words.joined(separator: " ")): \(made.stderr)")
        }
    }

    private static let settings = """
        [ca]
        default_ca = test
        [test]
        dir = .
        database = index
        serial = serial
        new_certs_dir = .
        default_md = sha256
        policy = any
        copy_extensions = copy
        unique_subject = no
        [any]
        commonName = supplied
        """

    private func configuration(_ kind: Kind) -> String {
        let file = [.oldTLS, .alert, .plain, .oldDate].contains(kind) ? "good" : kind.rawValue
        let tls =
            kind == .plain
            ? "listen 127.0.0.1:\(port);"
            : """
            listen 127.0.0.1:\(port) ssl http2;
            ssl_certificate \(file).pem;
            ssl_certificate_key \(file).key;
            ssl_protocols \(kind == .oldTLS ? "TLSv1 TLSv1.1" : "TLSv1.2 TLSv1.3");
            \(kind == .alert ? "ssl_reject_handshake on;" : "")
            """
        let date = kind == .oldDate ? "add_header Date 'Sun, 26 Jan 2020 00:00:00 GMT' always;" : ""
        return """
            daemon off;
            master_process off;
            pid nginx.pid;
            error_log error.log;
            events {}
            http {
                log_format plain '$server_protocol $request_method $uri $status';
                log_format packed '$request_method $uri $status $gzip_ratio';
                access_log access.log plain;
                access_log packed.log packed;
                gzip on;
                gzip_proxied any;
                gzip_types application/json;
                client_body_temp_path body;
                proxy_temp_path proxy;
                fastcgi_temp_path fastcgi;
                uwsgi_temp_path uwsgi;
                scgi_temp_path scgi;
                client_max_body_size 0;
                server {
                    \(tls)
                    location / {
                        proxy_pass http://127.0.0.1:\(server);
                        proxy_http_version 1.1;
                        proxy_request_buffering off;
                        proxy_set_header Host localhost:\(port);
                        proxy_redirect http:// https://;
                        \(date)
                    }
                }
            }
            """
    }
}
