import Foundation
import HTTPServing
import JSONTree
import KioskDomain
import KioskStore
import KioskTestSupport
import Testing

@testable import KioskWeb

/// What comes out of the printer: pages in a real browser, printed to PDF, read back as text.
@Suite(Browser.requirement, Paper.requirement, .serialized) struct PrintedSheetTests {
    /// A print of a form, and what has to stand on it.
    struct Print: Sendable, CustomTestStringConvertible {
        let day: String
        let mark: String
        let lines: [String]
        let columns: [String]
        var testDescription: String { mark }
    }

    private static let person = [
        "Kính gửi(1): Công an Xã Cẩm Thạch", "Họ, chữ đệm và tên", "NGUYỄN VĂN HÒA", "2. Ngày, tháng, năm sinh: 1972",
        "3. Giới tính: Nam",
    ]
    private static let head = ["NGUYỄN VĂN HÒA", "uan hệ với chủ hộ: Chủ hộ", "của chủ hộ: 0 9 9 0 7 2 0 0 1 0 0 1"]
    private static let signatures = [
        "Ý KIẾN CỦA CHỦ HỘ(3)", "(Ghi rõ nội dung và ký, ghi rõ họ tên)",
        "Ý KIẾN CỦA CHỦ SỞ HỮU HOẶC ĐẠI DIỆN CHỖ Ở HỢP PHÁP(4)", "Ý KIẾN CỦA CHA, MẸ HOẶC NGƯỜI GIÁM HỘ(5)",
        "NGƯỜI KÊ KHAI", "(Ký, ghi rõ họ tên)",
    ]

    static let prints = [
        Print(
            day: "2022-04-08", mark: "Mẫu CT01 ban hành kèm theo Thông tư số 56/2021/TT-BCA ngày 15/5/2021",
            lines: person + [
                "4. Số định danh cá nhân/CMND: 0 9 9 0 7 2 0 0 1 0 0 1", "5. Số điện thoại liên hệ: 0900000106", "6. Email:",
                "7. Nơi thường trú: Thôn 3, Xã Suối Mẫu, Huyện Khác, Tỉnh Khác", "8. Nơi tạm trú:", "9. Nơi ở hiện tại:",
                "10. Nghề nghiệp, nơi làm việc: Làm ruộng", "11. Họ, chữ đệm và tên chủ hộ:", head[0], "12. Q\(head[1])",
                "13. Số định danh cá nhân/CMND \(head[2])", "14. Nội dung đề nghị(2): Đăng ký thường trú cho cả hộ",
                "15. Những thành viên trong hộ gia đình cùng thay đổi:",
            ],
            columns: ["TT", "Nghề nghiệp, nơi làm việc", "Quan hệ với người có thay đổi", "Quan hệ với chủ hộ"]),
        Print(
            day: "2024-02-01", mark: "Mẫu CT01 ban hành kèm theo Thông tư số 66/2023/TT-BCA ngày 17/11/2023",
            lines: person + [
                "4. Số định danh cá nhân: 0 9 9 0 7 2 0 0 1 0 0 1", "5. Số điện thoại liên hệ: 0900000106", "6. Email:",
                "7. Họ, chữ đệm và tên chủ hộ:", head[0], "8. Mối q\(head[1])", "9. Số định danh cá nhân \(head[2])",
                "10. Nội dung đề nghị(2): Đăng ký thường trú cho cả hộ", "11. Những thành viên trong hộ gia đình cùng thay đổi:",
            ],
            columns: ["TT", "Số định danh cá nhân", "Mối quan hệ với chủ hộ"]),
        Print(
            day: "2025-07-10", mark: "Mẫu CT01 ban hành kèm theo Thông tư số 53/2025/TT-BCA ngày 01/7/2025",
            lines: person + [
                "4. Số định danh cá nhân: 0 9 9 0 7 2 0 0 1 0 0 1", "5. Số điện thoại liên hệ: 0900000106", "6. Email:",
                "7. Họ, chữ đệm và tên chủ hộ:", head[0], "8. Mối q\(head[1])", "9. Số định danh cá nhân \(head[2])",
                "10. Nội dung đề nghị(2): Đăng ký thường trú cho cả hộ", "11. Những thành viên trong hộ gia đình cùng thay đổi:",
            ],
            columns: ["TT", "Số định danh cá nhân", "Mối quan hệ với chủ hộ"]),
    ]

    @Test(arguments: prints)
    func `the CT01 in force has its lines in order, the answers and the signatures`(print: Print) async throws {
        let kiosk = try await Kiosk(on: print.day)
        let id = try await kiosk.household(members: Paper.members)
        let pages = try await Paper.print(kiosk, "/dossiers/\(id)/sheet")
        let paper = pages.joined(separator: " ")
        let members = Paper.members.enumerated().map { "\($0 + 1) \(VietnameseName($1.name).inCapitals) \($1.born)" }
        Paper.expect(
            paper,
            inOrder: [
                print.mark, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc",
                "TỜ KHAI THAY ĐỔI THÔNG TIN CƯ TRÚ",
            ]
                + print.lines + print.columns + members + Self.signatures)
        #expect(paper.contains("Họ và tên:") == (print.day > "2025"), "who consents writes name and number on the print of 2025")
        #expect(pages.count == 2, "eight people do not fit one page")
        #expect(pages[1].contains(print.columns[print.columns.count - 1]), "the heading of the table is on the second page too")
        #expect(pages[1].contains("NGƯỜI KÊ KHAI"), "the signatures stand together, under all members")
        for word in ["Khóa máy", "Ctrl", "In tờ khai", "Trưởng thôn"] { #expect(!paper.contains(word), "\(word) on paper") }
    }
}

/// Pages on paper.
enum Paper {
    /// Skips a test where poppler-utils is not installed; with `KIOSK_REQUIRE_BROWSER=1` it runs, and fails, instead.
    static let requirement: ConditionTrait = .enabled(
        if: Program.installed("pdftotext") != nil || ProcessInfo.processInfo.environment["KIOSK_REQUIRE_BROWSER"] == "1",
        "pdftotext (poppler-utils) is not on PATH")

    /// Seven invented people who move along with the declarant.
    static let members: [(name: String, born: String)] = [
        ("Trần Thị Lan", "1980"), ("Nguyễn Thị Hồng Nhung", "03/2001"), ("Nguyễn Văn Bình", "12/03/2004"),
        ("Nguyễn Thị Út", "05/09/2008"), ("Nguyễn Trần Bảo Ngọc Anh Thư", "17/10/2012"), ("H'Hen Niê", "1957"),
        ("Nguyễn Đức", "1950"),
    ]

    /// The printed pages' texts in the order of reading, every run of white space as one space.
    static func print(_ kiosk: Kiosk, _ target: String) async throws -> [String] {
        let server = try HTTPServer(port: 0) { try await kiosk.web.respond(to: $0) }
        let task = Task { try await server.run() }
        defer { task.cancel() }
        let base = "http://127.0.0.1:\(server.port)"
        let pdf = try await Browser.run { browser in
            try await browser.open(base + "/")
            try await browser.find("#pin").type(Kiosk.pin)
            try await browser.button("Mở khóa").click()
            _ = try await browser.find(".tiles")
            try await browser.open(base + target)
            return try await browser.pdf()
        }
        let folder = try TemporaryFolder()
        try pdf.write(to: URL(filePath: folder.file("paper.pdf")))
        let program = try #require(Program.installed("pdftotext"), "pdftotext (poppler-utils) is not on PATH")
        let outcome = try await Program.run(program, ["-raw", folder.file("paper.pdf"), "-"])
        #expect(outcome.status == 0, "\(outcome.stderr)")
        return outcome.stdout.split(separator: "\u{0C}").map { page in
            page.split(whereSeparator: \.isWhitespace).joined(separator: " ").replacingOccurrences(of: ") :", with: "):")
                .precomposedStringWithCanonicalMapping
        }.filter { !$0.isEmpty }
    }

    /// Each of the texts stands behind the one before.
    static func expect(_ paper: String, inOrder texts: [String]) {
        var rest = paper[...]
        for text in texts {
            guard let range = rest.range(of: text) else {
                Issue.record("«\(text)» is not where it belongs; after the text before it: \(rest.prefix(300))")
                continue
            }
            rest = rest[range.upperBound...]
        }
    }
}

extension Kiosk {
    /// A kiosk on another day of the law.
    convenience init(on day: String) async throws {
        var json = try JSONText.decode(JSONValue.self, from: try ShippedFiles.catalogue())
        json.set("today", at: JSONPointer(tokens: ["asOf"]))
        let catalogue = try Catalogue(json: try JSONText.encode(json), today: try #require(CalendarDate(day)))
        try await self.init(at: VietnamTime.instant(rfc3339: "\(day)T09:00:00+07:00"), catalogue: catalogue)
    }

    /// A draft of a household that moves here, with members beside the declarant.
    func household(members: [(name: String, born: String)]) async throws -> String {
        try await unlock()
        let id = try await begin("TT_HO_NGOAI_TINH")
        let sample = try #require(try Self.catalogue().procedure("TT_HO_NGOAI_TINH")?.sample)
        try await open().changeDraft(of: id, now: clock.now) { draft in
            draft.answers = sample
            draft.answers.set("1972", at: JSONPointer(tokens: ["applicant", "birthDate"]))
            let list = members.enumerated().map { index, member -> JSONValue in
                [
                    "id": .string("m\(index)"), "fullName": .string(member.name), "sex": "female",
                    "birthDate": .string(PartialDate(member.born)?.description ?? ""),
                    "citizenId": .string("09918000100\(index)"), "relationToHead": "anh-chi-em",
                    "relationToApplicant": "anh-chi-em",
                    "occupation": "Làm ruộng",
                ]
            }
            draft.answers.set(.array(list), at: JSONPointer(tokens: ["members"]))
        }
        return id
    }
}
