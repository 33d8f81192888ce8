internal import FoundationEssentials
internal import Glibc
internal import KioskVault

/// Another tus server that takes the files in this portal's place (portal-contract.md, "Attachments").
public enum FilesElsewhere: Sendable {
    /// It keeps them in this folder.
    ///
    /// They are called by the last part of their upload's address, as tus servers that keep files on a disk do.
    case folder(String)
    /// What is said to be there counts unseen: for benchmarks, in which the other server's files are no part of what is measured.
    case unseen

    /// Whether the other server holds a file whole.
    ///
    /// - Parameter upload: its address, as the kiosk gives it.
    func holds(_ sha256: String, size: Int, at upload: String?) throws -> Bool {
        guard case .folder(let folder) = self else { return upload != nil }
        guard let name = upload?.split(separator: "/").last, name.first != ".",
            name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) })
        else { return false }
        let descriptor = Glibc.open("\(folder)/\(name)", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        let file = UploadFile(adopting: descriptor)
        guard try file.size() == size else { return false }
        var digest = try SHA256Digest()
        var offset = 0
        while true {
            let piece = try file.read(upTo: 256 * 1024, at: offset)
            guard !piece.isEmpty else { break }
            digest.update(piece)
            offset += piece.count
        }
        return Hex.encode(digest.finish()) == sha256
    }
}
