import KioskDomain
import KioskTestSupport
import Testing

@Suite struct CitizenIDTests {
    @Test func `a number tells province, sex and year of birth`() throws {
        let man = try #require(CitizenID("099088000321"))
        #expect(man.provinceCode == "099" && man.sex == .male && man.birthYear == 1988)
        let woman = try #require(CitizenID("099194000123"))
        #expect(woman.sex == .female && woman.birthYear == 1994)
        #expect(CitizenID("099204002037")?.birthYear == 2004 && CitizenID("099204002037")?.sex == .male)
        #expect(CitizenID("099315002296")?.birthYear == 2015 && CitizenID("099315002296")?.sex == .female)
        #expect(CitizenID("099999000000")?.birthYear == 2399)
    }

    @Test func `only provinces of the list are known`() {
        for (number, isKnown) in [
            ("001088000321", true), ("038088000321", true), ("096088000321", true), ("003088000321", false),
            ("000088000321", false),
            ("097088000321", false), ("099088000321", false),
        ] {
            #expect(CitizenID(number)?.hasKnownProvince == isKnown, "\(number)")
        }
        let known = (0...999).filter { code in
            let text = String(code)
            return CitizenID(String(repeating: "0", count: 3 - text.count) + text + "088000321")?.hasKnownProvince == true
        }
        #expect(known.count == 63)
        #expect(CitizenID("101088000321")?.hasCountryCode == true)
        #expect(CitizenID("300088000321")?.hasCountryCode == false && CitizenID("099088000321")?.hasCountryCode == false)
    }

    @Test func `spaces and dots are dropped, anything else is refused`() {
        #expect(CitizenID(" 099 088 000 321 ")?.description == "099088000321")
        #expect(CitizenID("099.088.000.321")?.description == "099088000321")
        for text in ["", "09908800032", "0990880003211", "09908800032a", "099-088-000-321", "０99088000321", "099088000321/"] {
            #expect(CitizenID(text) == nil, "\(text)")
        }
    }
}

@Suite struct PhoneNumberTests {
    @Test(arguments: [
        ("0900000101", "0900000101"), ("090 000 0101", "0900000101"), ("090.000.0101", "0900000101"),
        ("(090) 000-0101", "0900000101"),
        ("+84900000101", "0900000101"), ("84900000101", "0900000101"), ("+84 0900000101", "0900000101"),
        ("01200000101", "0700000101"),
        ("01690000101", "0390000101"), ("+841690000101", "0390000101"), ("01990000101", "0590000101"),
        ("0840000101", "0840000101"),
    ])
    func `every way of writing it gives ten digits`(text: String, stored: String) {
        #expect(PhoneNumber(text)?.description == stored)
        #expect(PhoneNumber(stored)?.description == stored)
    }

    @Test(arguments: [
        "", "0", "090000010", "09000001011", "0200000101", "0100000101", "01400000101", "02838220000", "+85900000101",
        "090000010a",
        "٠٩٠٠٠٠٠١٠١", "+", "84", "00",
    ])
    func `what is no mobile number is refused`(text: String) {
        #expect(PhoneNumber(text) == nil)
    }
}

@Suite struct ReceiptNumberTests {
    private let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-")

    private func number(_ random: inout SeededGenerator) -> ReceiptNumber {
        let village = String((0..<random.int(2...8)).map { _ in random.pick(Array(alphabet.dropLast())) })
        return ReceiptNumber(
            village: village, day: CalendarDate(dayNumber: random.int(19_000...30_000)),
            counter: random.int(1...(random.oneIn(4) ? 1200 : 99)))
    }

    @Test func `it reads as printed, in any letter case, and cannot be a portal code`() throws {
        let day = try #require(CalendarDate("2026-11-23"))
        let number = ReceiptNumber(village: "TCS", day: day, counter: 7)
        #expect(number.description.hasPrefix("TCS-261123-007-"))
        #expect(ReceiptNumber(typed: " " + number.description.lowercased() + " ") == number)
        #expect(!number.description.contains("."))
        for text in [
            "", "-", "A", "-A", "TCS-261123-007", "G01.899.108.000-261123-0001", "TCS-261123-007-", number.description + "A",
        ] {
            #expect(ReceiptNumber(typed: text) == nil, "\(text)")
        }
    }

    @Test func `any one wrong character is noticed`() {
        var random = SeededGenerator(seed: 23)
        for _ in 0..<100 {
            let text = Array(number(&random).description)
            #expect(ReceiptNumber(typed: String(text)) != nil)
            for index in text.indices {
                for other in alphabet where other != text[index] {
                    var wrong = text
                    wrong[index] = other
                    #expect(
                        ReceiptNumber(typed: String(wrong)) == nil, "\(String(text)) as \(String(wrong)), seed \(random.seed)")
                }
            }
        }
    }

    @Test func `any swap of two neighbours is noticed`() {
        var random = SeededGenerator(seed: 24)
        for _ in 0..<1000 {
            let text = Array(number(&random).description)
            for index in text.indices.dropLast() where text[index] != text[index + 1] {
                var wrong = text
                wrong.swapAt(index, index + 1)
                #expect(ReceiptNumber(typed: String(wrong)) == nil, "\(String(text)) as \(String(wrong)), seed \(random.seed)")
            }
        }
    }

    @Test(arguments: [
        ("Thôn Cẩm Sơn", "TCS"), ("Đồng Đăng", "DD"), ("Bản Mẫu 2", "BM2"), ("Ấp", "THA"), ("", "TH"),
        ("a b c d e f g h i k", "ABCDEFGH"),
        ("Buôn H'Hen", "BHH"), ("村 B", "THB"),
    ])
    func `a village's code is its initials`(name: String, code: String) {
        #expect(ReceiptNumber.villageCode(of: name) == code)
    }
}
