import KioskDomain
import Testing

@Suite struct CitizenCardTests {
    private static let whole =
        "099194000123|171234567|Lò Thị Mẫu|12031994|Nữ|Thôn Cẩm Sơn, Xã Mường Lát, Huyện Mường Lát, Thanh Hóa|25042021"

    /// The card with one field changed.
    private static func card(_ index: Int, _ value: String) -> String {
        var parts = whole.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        parts[index] = value
        return parts.joined(separator: "|")
    }

    private static func fault(_ text: String) -> CitizenCard.Fault? {
        do {
            _ = try CitizenCard(text)
            return nil
        } catch {
            return error
        }
    }

    @Test func `all seven fields`() throws {
        let card = try CitizenCard(Self.whole)
        #expect(card.citizenId.description == "099194000123")
        #expect(card.oldNumber == "171234567")
        #expect(card.fullName == "Lò Thị Mẫu")
        #expect(card.birthDate?.description == "1994-03-12")
        #expect(card.sex == .female)
        #expect(card.residence == "Thôn Cẩm Sơn, Xã Mường Lát, Huyện Mường Lát, Thanh Hóa")
        #expect(card.issuedOn?.description == "2021-04-25")
    }

    @Test func `an empty second field shifts nothing`() throws {
        let card = try CitizenCard(Self.card(1, ""))
        #expect(card.oldNumber == nil)
        #expect(card.fullName == "Lò Thị Mẫu")
    }

    @Test func `line ends, byte order mark, spaces and decomposed letters`() throws {
        let decomposed = "Lo\u{300} Thi\u{323} Ma\u{302}\u{303}u"
        let card = try CitizenCard("\u{FEFF} " + Self.card(2, "  \(decomposed) ") + "\r\n")
        // Equality of Swift texts is canonical: the scalars tell whether it is NFC.
        #expect(Array(card.fullName.unicodeScalars) == Array("Lò Thị Mẫu".unicodeScalars))
        #expect(card.issuedOn?.description == "2021-04-25")
        #expect(try CitizenCard(Self.card(4, "Nu\u{31B}\u{303}")).sex == .female)
    }

    @Test(
        arguments: [
            ("12031994", "1994-03-12"), ("00031994", "1994-03"), ("00001994", "1994"), ("1994", "1994"), ("15001994", "1994"),
            ("12/03/1994", "1994-03-12"), ("31021994", nil), ("00000000", nil), ("", nil), ("94", nil), ("1203199", nil),
        ] as [(String, String?)])
    func `dates as far as they are known`(_ text: String, _ expected: String?) throws {
        #expect(try CitizenCard(Self.card(3, text)).birthDate?.description == expected)
    }

    @Test func `a day of issue is whole or not there`() throws {
        #expect(try CitizenCard(Self.card(6, "00002021")).issuedOn == nil)
        #expect(try CitizenCard(Self.card(6, "")).issuedOn == nil)
    }

    @Test func `sex`() throws {
        #expect(try CitizenCard(Self.card(4, "Nam")).sex == .male)
        #expect(try CitizenCard(Self.card(4, "nam")).sex == .male)
        #expect(try CitizenCard(Self.card(4, "M")).sex == nil)
    }

    @Test func `of a card of 2024 the family is not kept`() throws {
        let card = try CitizenCard(Self.whole + "|Lò Văn Cha|099060000001|Hà Thị Mẹ|099161000002||")
        #expect(card == (try CitizenCard(Self.whole)))
        #expect(!String(describing: card).contains("Cha"))
    }

    @Test func `names of every people`() throws {
        for name in ["H'Hen Niê", "Y Blôk Êban", "K'Brểu", "Giàng A Sính", "LÒ THỊ MẪU", "Nguyễn"] {
            #expect(try CitizenCard(Self.card(2, name)).fullName == name)
        }
    }

    @Test func `what is no card says why`() {
        #expect(Self.fault("") == .empty)
        #expect(Self.fault(" \r\n") == .empty)
        #expect(Self.fault("https://example.org/abc") == .noFields)
        #expect(Self.fault(Self.whole.replacing("|", with: "~")) == .noFields)
        #expect(Self.fault("099194000123|171234567|Lò Thị Mẫu") == .tooShort)
        #expect(Self.fault(Self.card(0, "09919400012")) == .number)
        #expect(Self.fault(Self.card(0, "0991940001234")) == .number)
        #expect(Self.fault(Self.card(0, "099194ooo123")) == .number)
        #expect(Self.fault(Self.card(0, "099 194 000 123")) == .number)
        #expect(Self.fault(Self.card(2, "L? Th? M?u")) == .spoiled)
        #expect(Self.fault(Self.card(2, "LÃ² Thá»‹ Máº«u")) == .spoiled)
        #expect(Self.fault(Self.card(2, "Lo2 Thi5")) == .spoiled)
        #expect(Self.fault(Self.card(2, "")) == .spoiled)
        #expect(Self.fault(Self.card(5, "ThÃ´n Cáº©m SÆ¡n")) == .spoiled)
    }

    @Test func `each fault says what to do in both languages`() {
        for fault in CitizenCard.Fault.allCases {
            #expect(fault.message.vi.count > 30 && fault.message.en.count > 30)
            #expect(fault.message.vi != fault.message.en)
        }
    }
}

@Suite struct RenewedPhoneTests {
    @Test func `only an old number of eleven digits is renewed`() {
        #expect(PhoneNumber.renewed("0168 123 4567")?.description == "0381234567")
        #expect(PhoneNumber.renewed("01201234567")?.description == "0701234567")
        for text in ["0381234567", "+84381234567", "84381234567", "01301234567", "0168123456", "", "abc"] {
            #expect(PhoneNumber.renewed(text) == nil, "\(text)")
        }
    }
}
