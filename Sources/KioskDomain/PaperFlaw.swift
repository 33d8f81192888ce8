/// Something that makes the picture of a paper hard to read, found at the counter; it can be passed over with a word.
public enum PaperFlaw: String, Codable, CaseIterable, Sendable {
    /// Fewer pixels than 200 dpi of the page, or 300 dpi of the card.
    case small
    /// Too little light.
    case dark
    /// Nothing is on it.
    case blank
    /// Out of focus, or moved.
    case blurred
    /// A lamp or the sun is mirrored.
    case glare
    /// Its head is at the bottom.
    case upsideDown = "upside-down"
    /// It lies on its side.
    case sideways
    /// Text runs into the edge.
    case cutOff = "cut-off"
    /// Looks like another page of the dossier.
    case twice

    /// What it is, in two or three words.
    public var name: LocalText {
        switch self {
        case .small: LocalText(vi: "Ảnh nhỏ quá", en: "Too small")
        case .dark: LocalText(vi: "Ảnh tối", en: "Too dark")
        case .blank: LocalText(vi: "Trang trắng", en: "Blank page")
        case .blurred: LocalText(vi: "Ảnh mờ", en: "Blurred")
        case .glare: LocalText(vi: "Ảnh bị lóa", en: "Glare")
        case .upsideDown: LocalText(vi: "Trang bị ngược", en: "Upside down")
        case .sideways: LocalText(vi: "Trang nằm ngang", en: "On its side")
        case .cutOff: LocalText(vi: "Mất mép chữ", en: "Cut off")
        case .twice: LocalText(vi: "Giống trang đã có", en: "Like a page that is there")
        }
    }

    /// What to do about it.
    public var advice: LocalText {
        switch self {
        case .small:
            LocalText(
                vi: "Đưa máy ảnh lại gần cho trang giấy đầy khung, hoặc quét ở 200–300 dpi.",
                en: "Move the camera closer until the page fills the frame, or scan at 200 to 300 dpi.")
        case .dark:
            LocalText(
                vi: "Bật đèn hoặc ra chỗ sáng rồi chụp lại.", en: "Switch a lamp on or go where it is bright, and take it again.")
        case .blank:
            LocalText(
                vi: "Có thể đặt ngược mặt giấy. Lật lại rồi quét.",
                en: "The paper may lie face down. Turn it over and scan again.")
        case .blurred:
            LocalText(
                vi: "Giữ yên máy, chờ máy ảnh lấy nét, lau ống kính rồi chụp lại.",
                en: "Hold still, wait for the camera to focus, wipe the lens, and take it again.")
        case .glare:
            LocalText(
                vi: "Nghiêng tờ giấy hoặc tắt đèn chiếu thẳng, bỏ giấy ra khỏi bìa bóng rồi chụp lại.",
                en: "Tilt the paper, switch the lamp above off or take it out of its shiny cover, and take it again.")
        case .upsideDown, .sideways:
            LocalText(vi: "Bấm nút xoay cho chữ đứng thẳng.", en: "Press a turn button until the text stands upright.")
        case .cutOff:
            LocalText(
                vi: "Kéo các góc ra cho đủ mép giấy, hoặc chụp lại cả trang.",
                en: "Drag the corners out to the paper's edges, or take the whole page again.")
        case .twice:
            LocalText(
                vi: "Xem lại: có thể đã chụp trang này hai lần.", en: "Look again: this page may have been taken twice.")
        }
    }
}

/// From where on a measure of `image-quality.js` is a ``PaperFlaw``.
///
/// The usual values part the labelled pictures of `sync-fixtures/scan-quality` (`kiosk-lab bench quality`).
public struct QualityThresholds: Codable, Equatable, Sendable {
    /// Width and height of A4 at 200 dpi, in pixels (Thông tư 02/2019/TT-BNV asks for 200 dpi).
    public var page = [1654, 2339]
    /// Width and height of a card at 300 dpi, in pixels.
    public var card = [1011, 638]
    /// The share of those that is enough, 0.5 to 1: a crop takes a little off.
    public var tolerance = 0.97
    /// Below which brightness of its darkest ninth paper is dark, 0 to 255.
    public var dark = 95.0
    /// Below which share of ink a page is blank, 0 to 1.
    public var blank = 0.0006
    /// Below which share of an edge's height, climbed within one pixel, a page is blurred, 0 to 1.
    public var blurred = 0.42
    /// From which share of shining pixels there is glare, 0 to 1.
    public var glare = 0.01
    /// From which surplus of signs that the letters lie a page lies on its side, 0 to 1.
    public var sideways = 0.06
    /// From which surplus of ink below letters a page stands on its head, 0 to 1.
    public var upsideDown = 0.15
    /// From which share of a side that is written on a page is cut off, 0 to 1.
    public var cutOff = 0.02
    /// From which likeness, 0 to 1, two pages are the same.
    public var twice = 0.955

    /// The usual thresholds.
    public init() {}

    /// Thresholds in which what is left out is usual.
    public init(from decoder: any Decoder) throws {
        self.init()
        let box = try decoder.container(keyedBy: CodingKeys.self)
        page = try box.decodeIfPresent([Int].self, forKey: .page) ?? page
        card = try box.decodeIfPresent([Int].self, forKey: .card) ?? card
        tolerance = try box.decodeIfPresent(Double.self, forKey: .tolerance) ?? tolerance
        dark = try box.decodeIfPresent(Double.self, forKey: .dark) ?? dark
        blank = try box.decodeIfPresent(Double.self, forKey: .blank) ?? blank
        blurred = try box.decodeIfPresent(Double.self, forKey: .blurred) ?? blurred
        glare = try box.decodeIfPresent(Double.self, forKey: .glare) ?? glare
        sideways = try box.decodeIfPresent(Double.self, forKey: .sideways) ?? sideways
        upsideDown = try box.decodeIfPresent(Double.self, forKey: .upsideDown) ?? upsideDown
        cutOff = try box.decodeIfPresent(Double.self, forKey: .cutOff) ?? cutOff
        twice = try box.decodeIfPresent(Double.self, forKey: .twice) ?? twice
    }

    /// The name of the first threshold that makes no sense; nil where all do.
    public var senseless: String? {
        let sizes = [("page", page), ("card", card)]
        if let size = sizes.first(where: { $0.1.count != 2 || !$0.1.allSatisfy((1...20_000).contains) }) { return size.0 }
        if !(0.5...1).contains(tolerance) { return "tolerance" }
        if !(0...255).contains(dark) { return "dark" }
        let shares = [
            ("blank", blank), ("blurred", blurred), ("glare", glare), ("sideways", sideways), ("upsideDown", upsideDown),
            ("cutOff", cutOff), ("twice", twice),
        ]
        return shares.first { !(0...1).contains($0.1) }?.0
    }
}
