internal import KioskDomain

/// What a file is by its first bytes; a name or a browser's word for it proves nothing.
enum MediaKind: Equatable {
    /// One of the kinds that the residence portal takes.
    case accepted(type: String, ending: String)
    /// A kind that it does not take, by its usual name.
    case refused(String)
    /// None that is known.
    case unknown

    init(_ bytes: some Collection<UInt8>) {
        let head = Array(bytes.prefix(MediaType.prefixLength))
        func begins(_ text: String, at offset: Int = 0) -> Bool { head.dropFirst(offset).starts(with: text.utf8) }
        if let type = MediaType.detect(head) {
            let endings = ["image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf", "image/tiff": "tif"]
            self = endings[type].map { .accepted(type: type, ending: $0) } ?? .refused(type == "image/heic" ? "HEIC" : "WebP")
        } else if begins("ftyp", at: 4) {
            self = .refused(begins("avif", at: 8) ? "AVIF" : "video")
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
