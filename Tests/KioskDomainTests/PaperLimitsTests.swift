import KioskDomain
import Testing

@Suite struct PaperLimitsTests {
    private func issues(_ papers: [(String, String, Int, Bool)], _ limits: PaperLimits, oneFile: Bool = false) throws -> [String]
    {
        var (form, sample) = try Form.shipped("TT_NHAP_SINH")
        var procedure = form.procedure
        if oneFile, let index = procedure.components.firstIndex(where: { $0.id == "GIAY_KHAI_SINH" }) {
            procedure.components[index].oneFile = true
        }
        form = Form(procedure, today: sampleDay)
        sample = form.filed(sample)
        let needed = ["TO_KHAI_CT01", "DONG_Y_CHU_HO"].map {
            AttachedPaper(component: $0, mediaType: "image/jpeg", size: 1, canJoin: true)
        }
        let given = papers.map { AttachedPaper(component: $0, mediaType: $1, size: $2, canJoin: $3) }
        return form.paperIssues(for: sample, papers: needed + given, limits: limits).map { "\($0.pointer) \($0.code)" }
    }

    private let megabyte = 1_048_576

    @Test func `heavy papers keep a dossier from being sealed`() throws {
        let birth = "GIAY_KHAI_SINH"
        let limits = PaperLimits(page: 1, file: 5, dossier: 8)
        #expect(try issues([(birth, "image/jpeg", 5 * megabyte, true)], limits) == [])
        #expect(try issues([(birth, "image/jpeg", 5 * megabyte + 1, true)], limits) == ["/attachments/\(birth) file-too-heavy"])
        let three = [
            (birth, "image/jpeg", 3 * megabyte, true), (birth, "image/png", 3 * megabyte, false),
            (birth, "image/tiff", 2 * megabyte, false),
        ]
        #expect(try issues(three, limits) == ["/attachments dossier-too-heavy"])
        #expect(try issues(three, PaperLimits(file: 5)) == [])
        #expect(try issues([(birth, "application/octet-stream", 5, false)], limits) == ["/attachments/\(birth) unreadable-paper"])
    }

    @Test func `what becomes one file has to fit together`() throws {
        let birth = "GIAY_KHAI_SINH"
        let limits = PaperLimits(file: 5, dossier: 20)
        let pages = [(birth, "image/jpeg", 3 * megabyte, true), (birth, "image/jpeg", 3 * megabyte, true)]
        #expect(try issues(pages, limits) == [])
        #expect(try issues(pages, limits, oneFile: true) == ["/attachments/\(birth) file-too-heavy"])
        #expect(
            try issues([(birth, "image/jpeg", 3, true), (birth, "application/pdf", 3, false)], limits, oneFile: true)
                == ["/attachments/\(birth) not-one-file"])
        #expect(try issues([(birth, "application/pdf", 3, false)], limits, oneFile: true) == [])
    }

    @Test func `the configuration goes before the catalogue`() throws {
        let portal = PaperLimits(page: 2, file: 15, dossier: 15)
        #expect(PaperLimits().completed(by: portal) == portal)
        #expect(PaperLimits(file: 200).completed(by: portal) == PaperLimits(page: 2, file: 200, dossier: 15))
        #expect(PaperLimits().completed(by: nil).fileBytes == PaperLimits.usualFileBytes)
        #expect(try shippedCatalogue().limits?.dossierMegabytes == 15)
    }

    @Test(arguments: [
        ("Nguyễn Văn An", "TO_KHAI_CT01", "image/jpeg", "CT01_NGUYEN_VAN_AN_1.jpg"),
        ("Lò Thị Đường", "GIAY_KHAI_SINH", "application/pdf", "GIAY_KHAI_SINH_LO_THI_DUONG_1.pdf"),
        ("H'Hen Niê", "X", "image/png", "X_H_HEN_NIE_1.png"), ("", "X", "image/tiff", "X_1.tif"),
    ])
    func `the officer sees short ASCII names`(person: String, component: String, type: String, name: String) {
        #expect(OfficerFileName.names(for: [(component, type)], subject: person) == [name])
    }

    @Test func `names are unique in a dossier, whatever the components are called`() {
        let long = String(repeating: "RAT_DAI_", count: 12)
        let papers = [
            ("A", "image/jpeg"), ("A", "image/jpeg"), ("a", "image/png"), (long + "1", "image/png"), (long + "2", "image/png"),
        ]
        let names = OfficerFileName.names(for: papers, subject: "Trần " + String(repeating: "Công Tằng Tôn Nữ ", count: 10))
        #expect(Set(names).count == names.count)
        #expect(names[1].hasSuffix("_2.jpg") && names[2].hasSuffix("_3.png"))
        #expect(
            names.allSatisfy {
                $0.count <= 96 && $0.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_.".contains($0)) }
            })
    }
}
