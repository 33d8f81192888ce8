internal import FoundationEssentials
internal import JSONTree
internal import KioskDomain

/// What the scripts of the papers page are told: limits, thresholds, addresses and every word that they say.
struct PaperSettings: Codable {
    var thresholds: QualityThresholds
    /// Bytes of a page.
    var budget: Int
    /// The longer side, in pixels, that a page (240 dpi of A4) and a card (600 dpi) are made smaller to.
    var most = ["page": 2806, "card": 2022]
    var worker: String
    var originals: String
    var order: String
    var flaws: [String: Flaw]
    var words: [String: String]

    struct Flaw: Codable {
        var name: String
        var advice: String
    }
}

extension Visit {
    /// The settings of the papers page as JSON.
    func paperSettings(_ view: DraftView) throws -> String {
        let parts = ["image-quality.js", "image-edit.js"].map { "with=\(Assets.path($0).escapedForQuery)" }
        let flaws = PaperFlaw.allCases.map { ($0.rawValue, PaperSettings.Flaw(name: say($0.name), advice: say($0.advice))) }
        let settings = PaperSettings(
            thresholds: desk.options.quality, budget: desk.options.pageBytes,
            worker: "\(Assets.path("image-worker.js"))&\(parts.joined(separator: "&"))",
            originals: "/dossiers/\(view.id)/originals", order: "/dossiers/\(view.id)/papers-order",
            flaws: Dictionary(uniqueKeysWithValues: flaws), words: words)
        return String(decoding: try JSONText.encode(settings), as: UTF8.self)
    }

    private var words: [String: String] {
        [
            "looking": say("Đang xem ảnh", "Looking at"),
            "edit": say("Xem và sửa ảnh", "Look at and edit the picture"),
            "save": say("Lưu trang này", "Keep this page"), "saveAnyway": say("Vẫn dùng", "Use it anyway"),
            "cancel": say("Bỏ ảnh này", "Leave it out"), "close": say("Đóng", "Close"),
            "left": say("Xoay trái", "Turn left"), "right": say("Xoay phải", "Turn right"),
            "whole": say("Lấy cả ảnh", "Whole picture"), "found": say("Lấy theo mép giấy", "To the paper's edges"),
            "contrast": say("Nét chữ", "Ink"), "asIs": say("Giữ nguyên", "As it is"), "clear": say("Rõ chữ", "Clearer"),
            "pencil": say("Bút chì, dấu mờ", "Pencil, pale stamp"),
            "result": say("Trang sẽ lưu", "The page as it is kept"),
            "drag": say(
                "Kéo bốn góc vào bốn góc tờ giấy (hoặc chọn góc rồi bấm phím mũi tên).",
                "Drag the four corners to the paper's corners (or choose one and press the arrow keys)."),
            "corner1": say("Góc trên trái", "Top left corner"), "corner2": say("Góc trên phải", "Top right corner"),
            "corner3": say("Góc dưới phải", "Bottom right corner"), "corner4": say("Góc dưới trái", "Bottom left corner"),
            "word": say(
                "Vẫn dùng ảnh này vì sao? (cán bộ sẽ đọc)", "Why is it used all the same? (the officer will read it)"),
            "good": say("Ảnh rõ, dùng được.", "A good picture."), "wait": say("Đang làm…", "Working…"),
            "camera": say("Chụp ảnh giấy tờ", "Photograph a paper"), "shoot": say("Chụp", "Take"),
            "which": say("Máy ảnh", "Camera"), "cameraNumber": say("Máy ảnh số", "Camera no."),
            "page": say("Đặt tờ giấy vừa khung, chữ xuôi.", "Fit the page into the frame, text upright."),
            "side1": say("Mặt trước: đặt thẻ vừa khung.", "Front: fit the card into the frame."),
            "side2": say("Mặt sau: lật thẻ rồi đặt vừa khung.", "Back: turn the card over and fit it into the frame."),
            "refused": say(
                "Trình duyệt chưa được phép dùng máy ảnh. Bấm biểu tượng máy ảnh trên thanh địa chỉ, chọn Cho phép, rồi thử lại.",
                "The browser may not use the camera. Press the camera sign in the address bar, choose Allow, and try again."),
            "missing": say(
                "Không tìm thấy máy ảnh. Hãy cắm dây máy ảnh rồi thử lại, hoặc chụp bằng điện thoại và chọn tệp.",
                "No camera was found. Plug it in and try again, or photograph with a telephone and choose the file."),
            "busy": say(
                "Máy ảnh đang có chương trình khác dùng. Đóng chương trình đó rồi thử lại.",
                "Another program uses the camera. Close it and try again."),
            "noCamera": say(
                "Trình duyệt này không dùng được máy ảnh. Hãy chụp bằng điện thoại rồi chọn tệp.",
                "This browser cannot use a camera. Photograph with a telephone and choose the file."),
            "again": say("Thử lại", "Try again"), "notOrdered": say("Chưa đổi được thứ tự.", "The order was not changed."),
            "originalFailed": say("Chưa lưu được ảnh gốc. Hãy thử lại.", "The original was not saved. Try again."),
            "view": say("Xem lớn", "Seen large"), "larger": say("Phóng to", "Larger"), "smaller": say("Thu nhỏ", "Smaller"),
        ]
    }
}
