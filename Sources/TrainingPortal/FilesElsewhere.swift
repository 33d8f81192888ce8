internal import FoundationEssentials
internal import Glibc
internal import KioskVault

/// The folder of another tus server that takes the files in this portal's place (portal-contract.md, "Attachments").
///
/// Its files are called by the last part of their upload's address, as tus servers that keep files on a disk do.
struct FilesElsewhere: Sendable {
    let folder: String

    /// Whether the other server holds a file whole.
    ///
    /// - Parameter upload: its address, as the kiosk gives it.
    func holds(_ sha256: String, size: Int, at upload: String?) throws -> Bool {
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
