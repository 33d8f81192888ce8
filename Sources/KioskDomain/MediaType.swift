/// What kind of file a paper is, by its first bytes; a name or a browser's word for it proves nothing.
public enum MediaType {
    /// The types that the portal takes (procedures.md, section 4).
    public static let accepted = ["image/jpeg", "image/png", "application/pdf", "image/tiff"]

    /// How many bytes of a file ``detect(_:)`` looks at.
    public static let prefixLength = 16

    /// The type that a file's first bytes tell; nil where they tell none that is known here.
    public static func detect(_ prefix: [UInt8]) -> String? {
        func starts(_ bytes: [UInt8], at offset: Int = 0) -> Bool { prefix.dropFirst(offset).starts(with: bytes) }
        if starts([0xFF, 0xD8, 0xFF]) { return "image/jpeg" }
        if starts([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return "image/png" }
        if starts(Array("%PDF-".utf8)) { return "application/pdf" }
        if starts([0x49, 0x49, 0x2A, 0x00]) || starts([0x4D, 0x4D, 0x00, 0x2A]) { return "image/tiff" }
        if starts(Array("RIFF".utf8)), starts(Array("WEBP".utf8), at: 8) { return "image/webp" }
        if starts(Array("ftyp".utf8), at: 4),
            ["heic", "heix", "heif", "hevc", "mif1", "msf1"].contains(where: { starts(Array($0.utf8), at: 8) })
        {
            return "image/heic"
        }
        return nil
    }

    /// The ending of a file's name; nil where the portal does not take the type.
    public static func ending(of type: String) -> String? {
        switch type {
        case "image/jpeg": "jpg"
        case "image/png": "png"
        case "application/pdf": "pdf"
        case "image/tiff": "tif"
        default: nil
        }
    }

    /// The usual name of a kind that the portal does not take; nil where the bytes tell none.
    static func refusedKind(_ prefix: [UInt8]) -> FileFault.RefusedKind? {
        func begins(_ text: String, at offset: Int = 0) -> Bool { prefix.dropFirst(offset).starts(with: text.utf8) }
        if begins("ftyp", at: 4) {
            if detect(prefix) == "image/heic" { return .heic }
            return begins("avif", at: 8) ? .avif : .video
        }
        if detect(prefix) == "image/webp" { return .webp }
        if begins("GIF8") { return .gif }
        if begins("BM") { return .bmp }
        if begins("PK") { return .office }
        return nil
    }
}
