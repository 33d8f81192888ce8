internal import FoundationEssentials
internal import Glibc

/// An nginx that takes files in the portal's place and answers as a tus server does (`portal.filesURL`).
///
/// The training portal checks, digests and counts what it takes, on the processor that the uploader wants; this server only writes
/// the bytes to a file, as a real portal on a machine of its own would look from here. It takes a file in one request or in two.
struct FilesServer {
    let address: String
    private let pid: pid_t
    private let folder: String

    private static let program = ["/usr/sbin/nginx", "/usr/bin/nginx"].first(where: FileManager.default.isExecutableFile(atPath:))

    /// Nil where nginx is not installed.
    init?() async throws {
        guard let program = Self.program else { return nil }
        folder = try Bench.makeTemporaryFolder(in: Bench.memory)
        let port = try Bench.freePort()
        address = "http://127.0.0.1:\(port)/"
        let path = folder + "/nginx.conf"
        guard FileManager.default.createFile(atPath: path, contents: Data(Self.settings(folder, port).utf8)) else {
            throw LabError("cannot write \(path)")
        }
        guard let pid = Child.spawn([program, "-c", path, "-p", folder, "-e", folder + "/errors"], output: nil) else {
            throw LabError("nginx does not start")
        }
        self.pid = pid
        do {
            try await Bench.untilItAnswers(address)
        } catch {
            stop()
            throw error
        }
    }

    func stop() {
        kill(pid, SIGKILL)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// nginx has no module that answers a POST after it has written the body, and refuses one for a static file; mirroring wants the
    /// body whole first, and the refusal is told as what a tus server says.
    private static func settings(_ folder: String, _ port: UInt16) -> String {
        let temporary = ["proxy", "fastcgi", "uwsgi", "scgi"].map { "\($0)_temp_path \(folder)/\($0);" }.joined(separator: " ")
        return """
            daemon off; master_process off; pid \(folder)/pid;
            \(geteuid() == 0 ? "user root;" : "")
            events { worker_connections 256; }
            http {
              access_log off; error_log /dev/null crit; keepalive_requests 1000000; client_max_body_size 0;
              client_body_temp_path \(folder)/bodies; \(temporary)
              server {
                listen 127.0.0.1:\(port);
                client_body_in_file_only on; client_body_buffer_size 512k;
                location / {
                  mirror /written; mirror_request_body on;
                  error_page 403 404 405 =201 @created;
                }
                location ~ "/(?<length>\\d+)$" {
                  mirror /written; mirror_request_body on;
                  error_page 403 404 405 =204 @added;
                }
                location = /written { internal; return 204; }
                location @created {
                  add_header Location "http://$http_host/$request_id/$http_upload_length"; add_header Tus-Resumable 1.0.0;
                  add_header Upload-Offset $content_length;
                  return 201;
                }
                location @added {
                  add_header Tus-Resumable 1.0.0; add_header Upload-Offset $length;
                  return 204;
                }
              }
            }

            """
    }
}
