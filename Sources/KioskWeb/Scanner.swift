public import KioskDomain

/// A scanner as the pages and commands use it.
public protocol Scanner: Sendable {
    /// The scanners that are plugged in.
    ///
    /// - Parameter refreshing: whether to look again; looking takes seconds.
    /// - Throws: ``ScannerFault``.
    func devices(refreshing: Bool) async throws -> [ScannerDevice]

    /// Scans one page, or all that lie in the feeder.
    ///
    /// - Parameter page: takes a page: `next` gives its bytes piece by piece, nil at its end; it throws where the page is not whole.
    /// - Returns: the number of pages.
    /// - Throws: ``ScannerFault``, or what `page` throws.
    func scan(
        _ order: ScanOrder, page: (_ next: () async throws -> [UInt8]?) async throws -> Void
    ) async throws -> Int

    /// Stops the scan under way, if any.
    func cancel() async

    /// Whether a scan is under way.
    var isScanning: Bool { get async }
}

/// A scanner that is plugged in.
public struct ScannerDevice: Codable, Equatable, Sendable {
    /// The name that SANE gives it, such as `genesys:libusb:001:004`.
    public var name: String
    /// Maker and model.
    public var title: String

    /// A scanner.
    public init(name: String, title: String) {
        self.name = name
        self.title = title
    }
}

/// What to scan and how.
public struct ScanOrder: Equatable, Sendable {
    /// The size of what lies in the scanner.
    public enum Size: String, CaseIterable, Sendable {
        case a4
        case a5
        /// An identity card, with a margin around its 85.6 × 54 mm.
        case card

        /// Width and height in millimetres.
        public var millimetres: (width: Int, height: Int) {
            switch self {
            case .a4: (210, 297)
            case .a5: (148, 210)
            case .card: (95, 65)
            }
        }
    }

    /// The resolutions on offer (TT 02/2019/TT-BNV wants at least 200 dpi).
    public static let resolutions = [200, 300]
    /// The most pages of one order.
    public static let maximumPages = 50

    /// The scanner; the first one where nil.
    public var device: String?
    /// Dots an inch.
    public var resolution = 200
    /// In colour, else in grey.
    public var isColour = true
    /// The size of the page.
    public var size = Size.a4
    /// All pages in the feeder, else one from the glass.
    public var usesFeeder = false

    /// One page of A4 in colour at 200 dpi.
    public init() {}
}

/// Why a scan did not come about.
public enum ScannerFault: String, Error, CaseIterable, Sendable {
    case missingProgram = "missing-program"
    case noDevice = "no-device"
    case noPages = "no-pages"
    case jammed
    case busy
    case coverOpen = "cover-open"
    case cancelled
    case denied
    case tooSlow = "too-slow"
    case failed

    /// What to do, in words.
    public var advice: LocalText {
        switch self {
        case .missingProgram:
            LocalText(
                vi: "Máy này chưa cài chương trình quét (sane-utils). Hãy chụp ảnh hoặc chọn tệp; nhờ người hỗ trợ cài để quét.",
                en: "The scanning program (sane-utils) is not installed. Use the camera or files; ask support to install it.")
        case .noDevice:
            LocalText(
                vi: "Không thấy máy quét. Hãy xem dây cắm, bật máy quét, chờ nửa phút rồi bấm Tìm lại máy quét.",
                en: "No scanner was found. Check its cable, switch it on, wait half a minute and look again.")
        case .noPages:
            LocalText(
                vi: "Khay nạp không có giấy. Hãy đặt giấy vào khay rồi quét lại.",
                en: "There is no paper in the feeder. Put the pages in and scan again.")
        case .jammed:
            LocalText(
                vi: "Máy quét bị kẹt giấy. Hãy mở nắp, gỡ giấy ra nhẹ nhàng, xếp lại rồi quét tiếp từ trang bị kẹt.",
                en: "Paper is jammed. Open the scanner, take the paper out gently, and go on from that page.")
        case .busy:
            LocalText(
                vi: "Máy quét đang bận. Hãy chờ lần quét trước xong, hoặc đóng chương trình khác đang dùng máy quét.",
                en: "The scanner is busy. Wait for the scan under way, or close the other program that uses it.")
        case .coverOpen:
            LocalText(vi: "Nắp máy quét đang mở. Hãy đóng nắp rồi quét lại.", en: "The cover is open. Close it and scan again.")
        case .cancelled:
            LocalText(vi: "Đã dừng quét. Hãy quét lại khi sẵn sàng.", en: "The scan was stopped. Scan again when you are ready.")
        case .denied:
            LocalText(
                vi: "Máy không có quyền dùng máy quét. Hãy nhờ người hỗ trợ cho người dùng này vào nhóm scanner.",
                en: "This user may not use the scanner. Ask support to add the user to the group scanner.")
        case .tooSlow:
            LocalText(
                vi: "Máy quét không trả lời. Hãy tắt máy quét, bật lại, rồi quét lại.",
                en: "The scanner does not answer. Switch it off and on, then scan again.")
        case .failed:
            LocalText(
                vi: "Máy quét gặp lỗi. Hãy tắt máy quét, bật lại rồi quét lại; nếu vẫn lỗi thì chụp ảnh hoặc báo người hỗ trợ.",
                en: "The scanner failed. Switch it off and on and scan again; if it fails again, use the camera or tell support.")
        }
    }

    /// The status of the answer.
    var status: Int {
        switch self {
        case .missingProgram, .noDevice, .failed, .denied: 503
        case .tooSlow: 504
        case .noPages, .jammed, .busy, .coverOpen, .cancelled: 409
        }
    }
}

/// A folder whose files can be taken in as papers: where a USB stick or a scanner of its own puts them.
public protocol PaperFolder: Sendable {
    /// What lies in it, the newest first; files that are still being written are left out.
    ///
    /// - Throws: ``PaperFolderFault``.
    func files() async throws -> [FolderFile]

    /// A file's bytes, piece by piece.
    ///
    /// - Throws: ``PaperFolderFault``, or what `take` throws.
    func read(_ name: String, _ take: (_ next: () async throws -> [UInt8]?) async throws -> Void) async throws

    /// Is told that a file was stored; only now may it be deleted, where the settings say so.
    func stored(_ name: String) async
}

/// A file in the folder.
public struct FolderFile: Equatable, Sendable {
    /// Its name.
    public var name: String
    /// Its length in bytes.
    public var size: Int
    /// Whether it was taken in since the kiosk was started.
    public var isStored: Bool

    /// A file.
    public init(name: String, size: Int, isStored: Bool) {
        self.name = name
        self.size = size
        self.isStored = isStored
    }
}

/// Why the folder cannot be read.
public enum PaperFolderFault: Error, Sendable {
    /// The folder is not there: the stick is not in.
    case noFolder
    /// The file is not there any more, or is none.
    case noFile

    /// What to do, in words.
    public var advice: LocalText {
        switch self {
        case .noFolder:
            LocalText(
                vi: "Không thấy thư mục. Hãy cắm USB hoặc thẻ nhớ rồi mở lại trang này.",
                en: "The folder is not there. Put the USB stick in and open this page again.")
        case .noFile:
            LocalText(
                vi: "Tệp không còn trong thư mục. Hãy cắm lại USB rồi chọn lại.",
                en: "The file is not in the folder any more. Put the stick in again and choose anew.")
        }
    }
}
