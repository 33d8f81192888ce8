import Foundation
import JSONTree
import KioskTestSupport
import Testing

extension EndToEndCommands {
    /// The letter of 08/04/2022, its annex, step 1; the card's one item is its three leaves.
    @Suite("The letter's names")
    struct LetterNamesTests {
        private static let residence = "Đăng ký thường trú"
        private static let card = "Đăng ký lịch cấp, cấp đổi, cấp lại CCCD"
        private static let letter: [(code: String, name: String, group: String)] = [
            ("TT_NHAP_SINH", "Đăng ký nhập sinh", residence), ("TT_HO_NGOAI_TINH", "cả hộ từ ngoài tỉnh đến", residence),
            ("TT_NK_NGOAI_TINH", "nhân khẩu từ ngoài tỉnh đến", residence),
            ("TT_HO_NGOAI_HUYEN", "cả hộ từ ngoài huyện trong tỉnh đến", residence),
            ("TT_NK_NGOAI_HUYEN", "nhân khẩu từ ngoài huyện trong tỉnh đến", residence),
            ("TT_HO_NGOAI_XA", "cả hộ ngoài xã trong huyện đến", residence),
            ("TT_NK_NGOAI_XA", "Nhân khẩu ngoài xã trong huyện đến", residence),
            ("TT_HO_TRONG_XA", "Cả hộ trong xã đến", residence),
            ("TT_NK_TRONG_XA", "Nhân khẩu trong xã đến", residence),
            ("TT_NK_DINHCU_NN", "Nhân khẩu định cư ở nước ngoài về", residence),
            ("TT_HO_DINHCU_NN", "Cả hộ định cư ở nước ngoài về", residence),
            ("TT_NK_LDHT_NN", "Nhân khẩu lao động học tập ở nước ngoài về", residence),
            ("TT_PN_XCTP", "Phụ nữ xuất cảnh trái phép trở về", residence),
            ("TT_TAPTHE_VE_HO", "Chuyển đăng ký từ nhà ở tập thể về hộ gia đình", residence),
            ("TT_KHAC", "Các trường hợp khác", residence), ("TAM_TRU", "đăng ký tạm trú", "Đăng ký tạm trú"),
            ("LUU_TRU", "thông báo lưu trú", "Thông báo lưu trú"), ("TAM_VANG", "khai báo tạm vắng", "Khai báo tạm vắng"),
            ("CCCD_CAP", "Đăng ký lịch cấp CCCD", card), ("CCCD_DOI", "Đăng ký lịch cấp đổi CCCD", card),
            ("CCCD_LAI", "Đăng ký lịch cấp lại CCCD", card),
            ("XN_SO", "Xin phiếu xác nhận số CMND, CCCD", "Xin phiếu xác nhận số CMND, CCCD"),
        ]

        @Test("The 22 procedures have the letter's names, letter by letter, in its order")
        func names() async throws {
            let outcome = try await Program.run(House.kiosk, ["procedure", "list", "--json"])
            let list = try JSONText.decode(JSONValue.self, from: Data(outcome.output)).arrayValue ?? []
            func column(_ path: String...) -> [String] { list.map { $0[JSONPointer(tokens: path)]?.stringValue ?? "" } }
            #expect(column("code") == Self.letter.map(\.code))
            // String equality takes two spellings of one letter for the same: the bytes may not differ either.
            #expect(column("name", "vi").map { Array($0.utf8) } == Self.letter.map { Array($0.name.utf8) })
            #expect(column("group", "vi") == Self.letter.map(\.group))
        }
    }
}
