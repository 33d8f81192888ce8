/// Why a file is not taken as a paper.
public enum FileFault: Error, Equatable, Sendable {
    /// A kind that the portal does not take, known by its first bytes.
    public enum RefusedKind: String, Sendable {
        case heic = "HEIC"
        case avif = "AVIF"
        case webp = "WebP"
        case gif = "GIF"
        case bmp = "BMP"
        case video
        case office = "Word, Excel, ZIP"
    }

    /// The portal does not take this kind.
    case refused(RefusedKind)
    /// It is none of the kinds that are known here.
    case unknown
    /// It ends too early: it was cut off while it was copied or sent.
    case truncated(mediaType: String)
    /// Its structure is broken, or only its first bytes are what they say.
    ///
    /// - Parameter detail: what is wrong, in English, without anything of the file's content.
    case damaged(mediaType: String, detail: String)
    /// A PDF that wants a password or restricts what can be done with it.
    case locked
    /// No page of paper has such measures, in pixels.
    case absurdSize(width: Int, height: Int)

    /// What to do, in words.
    public var advice: LocalText {
        switch self {
        case .refused(.heic):
            LocalText(
                vi:
                    "Ảnh HEIC của iPhone không gửi lên cổng được. Trên iPhone: Cài đặt → Camera → Định dạng → Tương thích nhất, rồi chụp lại; "
                    + "hoặc lưu ảnh thành JPG.",
                en:
                    "The portal takes no HEIC pictures. On the iPhone: Settings → Camera → Formats → Most Compatible, then take it again; "
                    + "or save it as JPG.")
        case .refused(.office):
            LocalText(
                vi: "Tệp Word, Excel hoặc ZIP không gửi lên cổng được. Hãy lưu thành PDF, hoặc in ra rồi quét.",
                en: "The portal takes no Word, Excel or ZIP files. Save it as PDF, or print and scan it.")
        case .refused(let kind):
            LocalText(
                vi: "Tệp \(kind.rawValue) không gửi lên cổng được. Hãy quét hoặc chụp lại, lưu thành JPG, PNG, TIFF hoặc PDF.",
                en: "The portal takes no \(kind.rawValue) files. Scan or photograph it again as JPG, PNG, TIFF or PDF.")
        case .unknown:
            LocalText(
                vi: "Tệp này không phải ảnh hay PDF, hoặc bị hỏng. Hãy quét hoặc chụp lại, lưu thành JPG, PNG, TIFF hoặc PDF.",
                en: "This is no picture and no PDF, or it is damaged. Scan or photograph it again as JPG, PNG, TIFF or PDF.")
        case .truncated(let type):
            LocalText(
                vi:
                    "Tệp \(Self.name(type)) bị cụt: chưa chép hết hoặc thẻ nhớ bị lỗi. Hãy chép lại từ máy gốc, hoặc quét, chụp lại.",
                en:
                    "The \(Self.name(type)) file is cut off: copying did not finish, or the stick is faulty. Copy it again, or scan it anew."
            )
        case .damaged(let type, _):
            LocalText(
                vi: "Tệp \(Self.name(type)) bị hỏng, cán bộ sẽ không mở được. Hãy quét hoặc chụp lại.",
                en: "The \(Self.name(type)) file is damaged; the officer could not open it. Scan or photograph the paper again.")
        case .locked:
            LocalText(
                vi:
                    "Tệp PDF có mật khẩu hoặc bị khóa. Hãy mở tệp, chọn In → Lưu thành PDF để có bản không khóa; hoặc in ra rồi quét.",
                en: "The PDF has a password or is restricted. Open it and print it to a new PDF, or print and scan it.")
        case .absurdSize(let width, let height):
            LocalText(
                vi: "Ảnh \(width) × \(height) điểm không phải một trang giấy. Hãy quét lại cả trang ở 200–300 dpi.",
                en: "A picture of \(width) × \(height) pixels is no page of paper. Scan the whole page again at 200 to 300 dpi.")
        }
    }

    static func name(_ mediaType: String) -> String {
        switch mediaType {
        case "image/jpeg": "JPG"
        case "image/png": "PNG"
        case "image/tiff": "TIFF"
        default: "PDF"
        }
    }
}

extension FileFault: CustomStringConvertible {
    /// A sentence in English for log and terminal.
    public var description: String {
        switch self {
        case .damaged(let type, let detail): "the \(Self.name(type)) file is damaged (\(detail)): scan the paper again"
        default: advice.en
        }
    }
}
