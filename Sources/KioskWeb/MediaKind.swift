internal import KioskDomain

/// What a file is by its first bytes; a name or a browser's word for it proves nothing.
enum MediaKind: Equatable {
    /// One of the kinds that the residence portal takes.
    case accepted(type: String, ending: String)
    /// A kind that it does not take, by its usual name.
    case refused(String)
    /// None that is known.
    case unknown

    /// How many first bytes tell.
    static let telling = 16

    init(_ bytes: some Collection<UInt8>) {
        let head = Array(bytes.prefix(Self.telling))
        func begins(_ text: String, at offset: Int = 0) -> Bool { head.dropFirst(offset).starts(with: text.utf8) }
        if head.starts(with: [0xFF, 0xD8, 0xFF]) {
            self = .accepted(type: "image/jpeg", ending: "jpg")
        } else if head.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            self = .accepted(type: "image/png", ending: "png")
        } else if begins("%PDF-") {
            self = .accepted(type: "application/pdf", ending: "pdf")
        } else if head.starts(with: [0x49, 0x49, 0x2A, 0x00]) || head.starts(with: [0x4D, 0x4D, 0x00, 0x2A]) {
            self = .accepted(type: "image/tiff", ending: "tif")
        } else if begins("RIFF"), begins("WEBP", at: 8) {
            self = .refused("WebP")
        } else if begins("ftyp", at: 4) {
            let isPicture = ["heic", "heix", "heif", "hevc", "mif1", "msf1"].contains { begins($0, at: 8) }
            self = .refused(isPicture ? "HEIC" : begins("avif", at: 8) ? "AVIF" : "video")
        } else if begins("GIF8") {
            self = .refused("GIF")
        } else if begins("BM") {
            self = .refused("BMP")
        } else if begins("PK") {
            self = .refused("Word, Excel, ZIP")
        } else {
            self = .unknown
        }
    }

    /// What to do with a file that is not taken.
    var advice: LocalText {
        switch self {
        case .accepted: LocalText(vi: "", en: "")
        case .refused("HEIC"):
            LocalText(
                vi:
                    "Ảnh HEIC của iPhone không gửi lên cổng được. Trên iPhone: Cài đặt → Camera → Định dạng → Tương thích nhất, rồi chụp lại; "
                    + "hoặc lưu ảnh thành JPG.",
                en:
                    "The portal takes no HEIC pictures. On the iPhone: Settings → Camera → Formats → Most Compatible, then take it again; "
                    + "or save it as JPG.")
        case .refused("Word, Excel, ZIP"):
            LocalText(
                vi: "Tệp Word, Excel hoặc ZIP không gửi lên cổng được. Hãy lưu thành PDF, hoặc in ra rồi quét.",
                en: "The portal takes no Word, Excel or ZIP files. Save it as PDF, or print and scan it.")
        case .refused(let name):
            LocalText(
                vi: "Tệp \(name) không gửi lên cổng được. Hãy quét hoặc chụp lại, lưu thành JPG, PNG, TIFF hoặc PDF.",
                en: "The portal takes no \(name) files. Scan or photograph it again as JPG, PNG, TIFF or PDF.")
        case .unknown:
            LocalText(
                vi: "Tệp này không phải ảnh hay PDF, hoặc bị hỏng. Hãy quét hoặc chụp lại, lưu thành JPG, PNG, TIFF hoặc PDF.",
                en: "This is no picture and no PDF, or it is damaged. Scan or photograph it again as JPG, PNG, TIFF or PDF.")
        }
    }
}
