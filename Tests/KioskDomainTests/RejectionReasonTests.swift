import Foundation
import JSONTree
import KioskDomain
import KioskTestSupport
import Testing

/// Why dossiers come back and what the catalogue advises.
@Suite(.heavy) struct RejectionReasonTests {
    private func shipped() throws -> Catalogue { try Catalogue(json: try ShippedFiles.catalogue(), today: sampleDay) }

    @Test func `all fifteen reasons are there, in both languages, and say who can mend them`() throws {
        let reasons = try #require(try shipped().reasons)
        #expect(reasons.map(\.id) == (1...15).map { $0 < 10 ? "R0\($0)" : "R\($0)" })
        #expect(reasons.allSatisfy { $0.advice.vi != $0.advice.en })
        #expect(reasons.filter { $0.mender == .police }.map(\.id) == ["R01", "R11", "R14"])
        #expect(reasons.filter { $0.isBadScan == true }.map(\.id) == ["R04"])
    }

    @Test(
        "The contract's codes and an officer's words lead to a reason",
        arguments: [
            ("population-mismatch", "/applicant/fullName", "Họ tên không khớp", "R01"),
            ("population-mismatch", "/household/head/fullName", "Họ tên không khớp", "R02"),
            ("account-mismatch", nil, "", "R01"), ("missing-component", "/attachments", "Thiếu", "R03"),
            ("unreadable-scan", "/attachments/GIAY_TO_KHACH", "", "R04"), ("procedure-retired", nil, "", "R08"),
            ("duplicate-dossier", nil, "", "R10"), ("account-locked", nil, "", "R14"),
            (nil, nil, "Ảnh bị mờ, đề nghị bổ sung", "R04"), (nil, nil, "Thiếu Ý KIẾN CỦA CHỦ HỘ", "R05"),
            (nil, nil, "Thiếu ý kiến của cha mẹ", "R06"), (nil, nil, "Hợp đồng chưa công chứng", "R07"),
            (nil, nil, "Thiếu mẫu CT01 của cổng", "R09"), (nil, nil, "Chỗ ở vi phạm Điều 23", "R11"),
            (nil, nil, "Chưa nộp lệ phí", "R12"), (nil, nil, "Chưa xuất trình bản chính", "R13"),
            ("dossier-rejected", nil, " ", "R15"),
            ("invalid", "/stay/until", "Ngày đi trước ngày đến", nil),
        ] as [(String?, String?, String, String?)])
    func reason(code: String?, pointer: String?, words: String, expected: String?) throws {
        let found = try shipped().reason(code: code, at: pointer.flatMap { JSONPointer($0) }, words: words)
        #expect(found?.id == expected)
    }

    @Test(
        "Advice that nobody could follow is refused with its path",
        arguments: [
            ("/reasons/0/advice/en", " ", "/reasons/R01/advice says nothing in one of the languages"),
            ("/reasons/0/bring", [], "/reasons/R01/bring is empty: who comes has to know"),
            ("/reasons/1/id", "R01", "/reasons has an id twice"),
            ("/reasons/1/codes", nil, "/reasons/R02/within is nothing without codes"),
            ("/reasons/3/words/0", "Mờ", "/reasons/R04/words are to be lower case"),
            (
                "/reasons/14/codes", ["x"],
                "/reasons needs one, and only one, without codes and words: for what comes back without a word"
            ),
        ] as [(String, JSONValue?, String)])
    func refused(pointer: String, value: JSONValue?, words: String) throws {
        var broken = try JSONText.decode(JSONValue.self, from: try ShippedFiles.catalogue())
        broken.set(value, at: at(pointer))
        let json = try JSONText.encode(broken)
        do throws(JSONFault) {
            _ = try Catalogue(json: json, today: sampleDay)
            Issue.record("no fault")
        } catch {
            #expect(error.description == words)
        }
    }
}
