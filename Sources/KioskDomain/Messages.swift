internal import FoundationEssentials

/// What a form says when an answer cannot stand: what is wrong and what to do, never the answer itself.
enum Messages {
    static let required = LocalText(vi: "Chưa điền. Mục này bắt buộc.", en: "Not filled in. This one is required.")
    static let notYesOrNo = LocalText(vi: "Hãy chọn Có hoặc Không.", en: "Choose yes or no.")
    static let notText = LocalText(vi: "Mục này phải là chữ.", en: "This must be a text.")
    static let notAChoice = LocalText(vi: "Hãy chọn một mục trong danh sách.", en: "Choose one of the list.")
    static let notAPhone = LocalText(
        vi: "Số điện thoại di động gồm 10 chữ số, bắt đầu bằng 03, 05, 07, 08 hoặc 09. Hãy xem lại.",
        en: "A mobile number has 10 digits and begins with 03, 05, 07, 08 or 09. Look again.")
    static let nameHasDigits = LocalText(
        vi: "Họ tên không có chữ số. Hãy ghi như trên giấy tờ.", en: "A name has no digits. Write it as on the papers.")
    static let notAName = LocalText(vi: "Hãy ghi họ và tên như trên giấy tờ.", en: "Write the full name as on the papers.")
    static let notABirthDate = LocalText(
        vi: "Ghi ngày/tháng/năm sinh, ví dụ 12/03/1957. Nếu chỉ biết tháng hoặc năm thì ghi 03/1957 hoặc 1957.",
        en: "Write day/month/year, such as 12/03/1957. Where only the month or the year is known: 03/1957 or 1957.")
    static let bornInFuture = LocalText(
        vi: "Ngày sinh ở trong tương lai. Hãy xem lại.", en: "The date of birth lies in the future. Look again.")
    static let bornTooLongAgo = LocalText(
        vi: "Năm sinh quá xa. Hãy xem lại.", en: "The year of birth is too long ago. Look again.")
    static let notADate = LocalText(vi: "Ghi ngày/tháng/năm, ví dụ 05/04/2022.", en: "Write day/month/year, such as 05/04/2022.")
    static let inFuture = LocalText(
        vi: "Ngày này ở trong tương lai. Hãy xem lại.", en: "This day lies in the future. Look again.")
    static let notATime = LocalText(
        vi: "Hãy ghi giờ và ngày, ví dụ 19:30 08/04/2022.", en: "Write the time and the day, such as 19:30 08/04/2022.")
    static let not12Digits = LocalText(
        vi: "Số định danh (CCCD) gồm đúng 12 chữ số. Hãy xem lại trên thẻ.",
        en: "The citizen number has exactly 12 digits. Look at the card.")
    static let not9Or12Digits = LocalText(
        vi: "Số CCCD gồm 12 chữ số, số CMND cũ gồm 9 chữ số. Hãy xem lại trên thẻ.",
        en: "A citizen number has 12 digits, an old identity card's 9. Look at the card.")
    static let not9Digits = LocalText(
        vi: "Số CMND gồm đúng 9 chữ số. Hãy xem lại trên giấy.",
        en: "An identity card's number has exactly 9 digits. Look at the card.")
    static let notAnEmail = LocalText(
        vi: "Thư điện tử ghi như ten@vidu.vn. Không có thì để trống.",
        en: "An e-mail address looks like name@example.vn. Leave it empty where there is none.")
    static let notANumber = LocalText(vi: "Hãy ghi một số, ví dụ 12,5.", en: "Write a number, such as 12.5.")
    static let unknownProvince = LocalText(
        vi: "Ba chữ số đầu không phải mã tỉnh nào trong danh sách. Hãy đối chiếu với thẻ; nếu đúng thì ghi lý do.",
        en: "The first three digits are no province's code. Compare with the card; if it is right, give the reason.")
    static let numberAgainstSex = LocalText(
        vi: "Số định danh không khớp với giới tính đã chọn. Hãy đối chiếu với thẻ; nếu đúng thì ghi lý do.",
        en: "The number does not agree with the sex. Compare with the card; if it is right, give the reason.")
    static let numberAgainstBirth = LocalText(
        vi: "Số định danh không khớp với năm sinh. Hãy đối chiếu với thẻ; nếu đúng thì ghi lý do.",
        en: "The number does not agree with the year of birth. Compare with the card; if it is right, give the reason.")
    static let unknownField = LocalText(
        vi: "Tờ khai của thủ tục này không có mục này. Hãy bỏ đi hoặc sửa tên mục.",
        en: "This procedure's form has no such field. Remove it or mend its name.")
    static let notAsked = LocalText(
        vi: "Với các câu trả lời khác, mục này không được hỏi nên sẽ không được nộp. Hãy xem lại.",
        en: "With the other answers this is not asked and would not be filed. Look again.")
    static let unknownComponent = LocalText(
        vi: "Thủ tục này không có thành phần hồ sơ này. Xem: kiosk procedure show.",
        en: "This procedure has no such component. See: kiosk procedure show.")

    static func tooLong(_ limit: Int) -> LocalText {
        LocalText(vi: "Dài quá: nhiều nhất \(limit) ký tự.", en: "Too long: at most \(limit) characters.")
    }

    static func tooSmall(_ limit: Decimal) -> LocalText {
        LocalText(vi: "Nhỏ quá: ít nhất \(limit).", en: "Too small: at least \(limit).")
    }

    static func tooLarge(_ limit: Decimal) -> LocalText {
        LocalText(vi: "Lớn quá: nhiều nhất \(limit).", en: "Too large: at most \(limit).")
    }

    static func tooFew(_ repeats: FormSection.Repetition) -> LocalText {
        LocalText(
            vi: "Cần ít nhất \(repeats.minimum) \(repeats.member.vi.lowercased()).",
            en: "At least \(repeats.minimum) is needed: \(repeats.member.en.lowercased()).")
    }

    static func tooMany(_ repeats: FormSection.Repetition) -> LocalText {
        LocalText(
            vi: "Nhiều nhất \(repeats.maximum) \(repeats.member.vi.lowercased()) trong một hồ sơ.",
            en: "At most \(repeats.maximum) in one dossier: \(repeats.member.en.lowercased()).")
    }

    static func missingSide(_ component: Component, there count: Int) -> LocalText {
        LocalText(
            vi: "\(component.name.vi): mới có \(count) trên \(component.sides ?? 2) mặt. Hãy chụp cả mặt còn lại.",
            en: "\(component.name.en): \(count) of \(component.sides ?? 2) sides. Photograph the other side too.")
    }

    static func unreadable(_ component: Component) -> LocalText {
        LocalText(
            vi: "\(component.name.vi): có tệp mà cổng không đọc được. Hãy bỏ tệp đó, rồi quét hoặc chụp lại.",
            en: "\(component.name.en): the portal cannot read one of the files. Remove it, and scan or photograph it again.")
    }

    static func notOneFile(_ component: Component) -> LocalText {
        LocalText(
            vi: "\(component.name.vi): cổng nhận một tệp. Hãy để ảnh JPG (máy gộp thành một PDF), hoặc chỉ để lại một tệp PDF.",
            en:
                "\(component.name.en): the portal takes one file. Use JPG pictures (they are sent as one PDF), or leave one PDF only."
        )
    }

    static func tooHeavy(_ component: Component, limit: Int) -> LocalText {
        LocalText(
            vi: "\(component.name.vi): có tệp nặng hơn \(limit / 1_048_576) MB. Hãy thu nhỏ ảnh, hoặc quét lại ở 200 dpi.",
            en:
                "\(component.name.en): a file is larger than \(limit / 1_048_576) MB. Make it smaller, or scan it again at 200 dpi."
        )
    }

    static func tooHeavy(total: Int, limit: Int) -> LocalText {
        let (size, most) = ((total + 1_048_575) / 1_048_576, limit / 1_048_576)
        return LocalText(
            vi: "Giấy tờ nặng tất cả \(size) MB, cổng chỉ nhận \(most) MB. Hãy thu nhỏ ảnh, hoặc quét lại ở 200 dpi, màu xám.",
            en:
                "The papers weigh \(size) MB together; the portal takes \(most) MB. Make pictures smaller, or scan at 200 dpi in grey."
        )
    }

    static func missing(_ component: Component) -> LocalText {
        LocalText(
            vi: "Thiếu giấy tờ: \(component.name.vi). Hãy quét hoặc chụp rồi đính kèm.",
            en: "A paper is missing: \(component.name.en). Scan or photograph it and attach it.")
    }
}
