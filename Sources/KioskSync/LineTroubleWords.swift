public import KioskDomain

extension LineTrouble {
    /// How people call it, in a count.
    public var name: LocalText {
        switch self {
        case .noNetwork: LocalText(vi: "không có mạng", en: "no network")
        case .nameUnknown: LocalText(vi: "không tìm thấy địa chỉ cổng", en: "portal's name not found")
        case .refused: LocalText(vi: "máy chủ cổng không nhận kết nối", en: "connection refused")
        case .broken: LocalText(vi: "mất mạng", en: "line lost")
        case .silent: LocalText(vi: "mạng im, không trả lời", en: "no answer in time")
        case .wrongHost: LocalText(vi: "giấy chứng nhận của nơi khác", en: "certificate of another name")
        case .expired: LocalText(vi: "giấy chứng nhận hết hạn", en: "certificate expired")
        case .notYetValid: LocalText(vi: "giấy chứng nhận chưa đến ngày", en: "certificate not yet valid")
        case .untrusted: LocalText(vi: "giấy chứng nhận không tin được", en: "certificate not trusted")
        case .wrongKey: LocalText(vi: "khóa của cổng đã khác", en: "portal's key differs")
        case .noTLS: LocalText(vi: "không kết nối an toàn được", en: "no secure connection")
        case .noAuthorities: LocalText(vi: "không đọc được tệp chứng thực", en: "authorities' file unreadable")
        case .page: LocalText(vi: "trang khác trả lời thay cổng", en: "a page in the portal's place")
        case .redirect: LocalText(vi: "bị chuyển sang địa chỉ khác", en: "sent elsewhere")
        case .proxyLogin: LocalText(vi: "proxy đòi đăng nhập", en: "proxy wants a login")
        case .noProxy: LocalText(vi: "không tới được proxy", en: "proxy not reached")
        case .proxyRefused: LocalText(vi: "proxy không cho qua", en: "proxy refuses")
        case .notThePortal: LocalText(vi: "thứ khác trả lời thay cổng", en: "something else answered in the portal's place")
        }
    }
}

/// A trouble of the line in words: what is wrong, what a village head does about it, and whose move it is.
///
/// It is the one place for these words, on pages, in commands and in the log.
public struct LineTroubleWords: Equatable, Sendable {
    /// What is wrong.
    public let why: LocalText
    /// What to do, before the machine goes on by itself.
    public let advice: LocalText
    /// Whose move it is.
    public let mover: Situation.Mover

    /// Both in one line.
    public var sentence: LocalText { LocalText(vi: "\(why.vi) \(advice.vi)", en: "\(why.en) \(advice.en)") }

    /// The words for a trouble.
    ///
    /// - Parameter clock: what is known to be wrong with this machine's clock: it is why the portal's certificate seems out of date.
    public init(_ trouble: LineTrouble, clock: ClockError?) {
        if trouble.isOfDates, let clock {
            why = LocalText(
                vi: "\(clock.sentence.vi) Vì thế máy không tin giấy chứng nhận của cổng.",
                en: "\(clock.sentence.en) That is why it does not trust the portal's certificate.")
            (advice, mover) = (clock.advice, .clock)
            return
        }
        let (vi, en, who) = Self.words(trouble)
        (why, advice, mover) = (LocalText(vi: vi.0, en: en.0), LocalText(vi: vi.1, en: en.1), who)
    }

    private static func words(_ trouble: LineTrouble) -> ((String, String), (String, String), Situation.Mover) {
        switch trouble {
        case .noNetwork:
            (
                ("Máy chưa có mạng.", "Xem dây mạng, Wi-Fi hoặc 4G đã bật chưa."),
                ("This machine has no network.", "See whether cable, Wi-Fi or mobile data are on."), .line
            )
        case .nameUnknown:
            (
                (
                    "Không tìm thấy địa chỉ của cổng: thường là do mất mạng.",
                    "Mở thử một trang web khác; không mở được là mất mạng, chờ có mạng."
                ),
                (
                    "The portal's address was not found: most often there is no line.",
                    "Try another web page; if that fails too, wait for the line."
                ),
                .line
            )
        case .refused:
            (
                ("Mạng có, nhưng máy chủ của cổng không nhận kết nối.", "Chờ; nếu đến mai vẫn vậy thì báo Công an xã."),
                ("There is a line, but the portal takes no connection.", "Wait; if it is so tomorrow, tell the commune police."),
                .portal
            )
        case .broken:
            (
                ("Mạng đứt giữa chừng.", "Không cần làm gì."), ("The line broke.", "Nothing to do."), .line
            )
        case .silent:
            (
                ("Mạng quá yếu: chờ lâu mà không có trả lời.", "Để máy gần chỗ sóng mạnh; không cần làm gì thêm."),
                (
                    "The line is too weak: no answer came in time.",
                    "Put the machine where the signal is strong; nothing else to do."
                ), .line
            )
        case .wrongHost:
            (
                (
                    "Giấy chứng nhận mà máy nhận được không phải của cổng này.",
                    "Đừng gửi qua mạng này; đổi mạng khác. Vẫn vậy thì báo Công an xã kiểm tra địa chỉ cổng."
                ),
                (
                    "The certificate that came is not of this portal.",
                    "Use another network. If it stays so, have the commune police check the portal's address."
                ), .certificate
            )
        case .expired:
            (
                (
                    "Theo ngày giờ của máy, giấy chứng nhận của cổng đã hết hạn.",
                    "Xem ngày giờ của máy trước: sai thì chỉnh lại; đúng thì báo Công an xã để cổng đổi giấy chứng nhận."
                ),
                (
                    "By this machine's date the portal's certificate has expired.",
                    "Look at the machine's date first: if it is wrong set it; if it is right tell the commune police."
                ), .certificate
            )
        case .notYetValid:
            (
                (
                    "Theo ngày giờ của máy, giấy chứng nhận của cổng chưa đến ngày dùng: thường là do đồng hồ máy sai.",
                    "Chỉnh lại ngày và giờ của máy cho đúng. Đã đúng mà vẫn vậy thì báo Công an xã."
                ),
                (
                    "By this machine's date the portal's certificate is not valid yet: most often the clock is wrong.",
                    "Set the machine's date and time right. If they are right, tell the commune police."
                ), .clock
            )
        case .untrusted:
            (
                (
                    "Máy không tin nơi cấp giấy chứng nhận của cổng: có thể có kẻ hoặc thiết bị đứng giữa.",
                    "Đừng gửi qua mạng này; đổi mạng khác. Vẫn vậy thì báo người hỗ trợ kiểm tra mục sync.authorities."
                ),
                (
                    "This machine does not trust who issued the certificate: something may stand in between.",
                    "Use another network. If it stays so, tell whoever looks after the machine (setting sync.authorities)."
                ), .certificate
            )
        case .wrongKey:
            (
                (
                    "Khóa của cổng khác với khóa đã ghi trong máy: cổng đã đổi khóa, hoặc có kẻ giả cổng.",
                    "Đừng bỏ qua. Gọi Công an xã hỏi khóa mới, rồi báo người hỗ trợ sửa mục portal.pinnedPublicKey."
                ),
                (
                    "The portal's key is not the one noted here: it was changed, or somebody plays the portal.",
                    "Ask the commune police for the new key, then have the setting portal.pinnedPublicKey changed."
                ), .certificate
            )
        case .noTLS:
            (
                (
                    "Không lập được kết nối an toàn với cổng.",
                    "Thử mạng khác: có mạng chặn kết nối an toàn. Vẫn vậy thì báo Công an xã."
                ),
                (
                    "No secure connection to the portal came about.",
                    "Try another network: some block it. If it stays so, tell the commune police."
                ), .certificate
            )
        case .noAuthorities:
            (
                (
                    "Không đọc được tệp các nơi chứng thực của máy này.",
                    "Báo người hỗ trợ kiểm tra mục sync.authorities và gói ca-certificates."
                ),
                (
                    "The file of certificate authorities cannot be read.",
                    "Tell whoever looks after the machine (setting sync.authorities, package ca-certificates)."
                ), .certificate
            )
        case .page:
            (
                (
                    "Có trang khác trả lời thay cổng (trang đăng nhập mạng, máy chủ trung gian).",
                    "Mở trình duyệt xem mạng có đòi đăng nhập không."
                ),
                (
                    "A page came in the portal's place (a network's sign-in page, a proxy).",
                    "See in a browser whether the network wants a sign-in."
                ), .line
            )
        case .redirect:
            (
                (
                    "Mạng chuyển máy sang địa chỉ khác thay vì cổng; máy không đi theo.",
                    "Mở trình duyệt xem mạng có đòi đăng nhập không; không phải thì báo Công an xã."
                ),
                (
                    "The network sends the machine elsewhere; it does not follow.",
                    "See in a browser whether the network wants a sign-in; if not, tell the commune police."
                ), .line
            )
        case .proxyLogin:
            (
                (
                    "Máy chủ proxy đòi tên và mật khẩu, hoặc không nhận tên và mật khẩu đã lưu.",
                    "Báo người hỗ trợ lưu lại bằng lệnh kiosk sync proxy-login."
                ),
                (
                    "The proxy wants a name and a password, or other ones.",
                    "Have them stored with the command kiosk sync proxy-login."
                ), .villageHead
            )
        case .noProxy:
            (
                ("Không tới được máy chủ proxy.", "Chờ có mạng; nếu mạng vẫn có thì báo người hỗ trợ kiểm tra mục sync.proxy."),
                ("The proxy was not reached.", "Wait for the line; if there is one, have the setting sync.proxy checked."), .line
            )
        case .proxyRefused:
            (
                ("Máy chủ proxy không cho máy này tới cổng.", "Báo người quản lý mạng cho phép địa chỉ của cổng."),
                ("The proxy does not let this machine through to the portal.", "Have whoever runs the network allow it."), .line
            )
        case .notThePortal:
            (
                (
                    "Có thứ khác trả lời thay cổng (máy chủ trung gian, trả lời bị cắt cụt).",
                    "Không cần làm gì; đến mai vẫn vậy thì báo Công an xã."
                ),
                (
                    "Something else answered in the portal's place (a proxy, a cut answer).",
                    "Nothing to do; if it is so tomorrow, tell the commune police."
                ), .line
            )
        }
    }
}
