internal import FoundationEssentials
internal import JSONTree
internal import KioskDomain

/// The invented residents of the demonstration; the training portal knows them (`TrainingPortal/Assets/residents.json`).
enum DemoPeople {
    struct Person: Sendable {
        let fullName: String
        let birthDate: String
        let sex: String
        let citizenId: String
        let phone: String
        /// The child's name.
        let child: String

        var answers: JSONValue {
            .object([
                "fullName": .string(fullName), "birthDate": .string(birthDate), "sex": .string(sex),
                "citizenId": .string(citizenId),
                "phone": .string(phone), "relationToChild": sex == "female" ? "me" : "cha",
            ])
        }
    }

    static let parents = [
        Person(
            fullName: "Lò Thị Mai", birthDate: "1994-03-12", sex: "female", citizenId: "099194000123", phone: "0900000101",
            child: "Lò Minh An"),
        Person(
            fullName: "Lê Thị Thu Hà", birthDate: "1998-12-02", sex: "female", citizenId: "099198001112", phone: "0900000109",
            child: "Lê Gia Bảo"),
        Person(
            fullName: "Bùi Văn Quyết", birthDate: "1991-02-27", sex: "male", citizenId: "099091001186", phone: "0900000111",
            child: "Bùi Ngọc Diệp"),
        Person(
            fullName: "Quách Thị Bình", birthDate: "1987-05-19", sex: "female", citizenId: "099187001334", phone: "0900000115",
            child: "Quách Đức Anh"),
        Person(
            fullName: "Giàng Thị Mỷ", birthDate: "1996-01-06", sex: "female", citizenId: "099196001926", phone: "0900000131",
            child: "Giàng Thị Sua"),
        Person(
            fullName: "Vi Thị Hằng", birthDate: "1990-04-04", sex: "female", citizenId: "099190001667", phone: "0900000124",
            child: "Vi Hoàng Long"),
        Person(
            fullName: "H'Bia Ayun", birthDate: "1992-06-01", sex: "female", citizenId: "099192002148", phone: "0900000137",
            child: "Y Khoa Ayun"),
    ]
    /// The portal sends her a code.
    static let withoutAccount = Person(
        fullName: "H'Hen Niê", birthDate: "1990-02", sex: "female", citizenId: "099190000654", phone: "0900000105",
        child: "H'Lan Niê")
    /// Her name is written otherwise in the national database: the portal refuses.
    static let mistyped = Person(
        fullName: "Nông Thị Bích Ngọc", birthDate: "1999-09-09", sex: "female", citizenId: "099199001741", phone: "0900000126",
        child: "Nông Tuấn Kiệt")
    static let waiting = Person(
        fullName: "Lò Thị Ún", birthDate: "2003-07-21", sex: "female", citizenId: "099303001482", phone: "0900000119",
        child: "Lò Văn Phúc")
    static let drafting = Person(
        fullName: "Hoàng Văn Thụ", birthDate: "1983-12-24", sex: "male", citizenId: "099083001778", phone: "0900000127", child: ""
    )
    static let host = Person(
        fullName: "Hà Thị Nụ", birthDate: "1957", sex: "female", citizenId: "099157000789", phone: "0900000103", child: "")
    static let guests = [
        Person(
            fullName: "Vi Văn Páo", birthDate: "1988-11-05", sex: "male", citizenId: "099088000321", phone: "0900000104",
            child: ""),
        Person(
            fullName: "Cầm Thị Chiêu", birthDate: "1982-02-09", sex: "female", citizenId: "099182001556", phone: "0900000121",
            child: ""),
    ]

    /// The sample's newborn dossier, with another parent and child.
    static func newborn(of person: Person, sample: JSONValue) -> JSONValue {
        var answers = sample
        answers.set(person.answers, at: JSONPointer(tokens: ["applicant"]))
        answers.set(.string(person.child), at: JSONPointer(tokens: ["child", "fullName"]))
        answers.set(
            .string("Đăng ký thường trú cho con mới sinh \(person.child) vào hộ ông Bùi Văn Thắng, thôn Cẩm Sơn."),
            at: JSONPointer(tokens: ["request"]))
        return answers
    }

    /// The sample's stay, with other people and from now on.
    static func stay(with host: Person, guest: Person, from now: Date, sample: JSONValue) -> JSONValue {
        var answers = sample
        for (name, value) in host.answers.objectValue ?? [:] where name != "relationToChild" {
            answers.set(value, at: JSONPointer(tokens: ["applicant", name]))
        }
        for (name, value) in guest.answers.objectValue ?? [:] where !["relationToChild", "phone"].contains(name) {
            answers.set(value, at: JSONPointer(tokens: ["guests", "0", name]))
        }
        let day = VietnamTime.day(of: now)
        answers.set(.string("\(day)T\(VietnamTime.clock(now))"), at: JSONPointer(tokens: ["stay", "from"]))
        answers.set(.string(day.adding(days: 2).description), at: JSONPointer(tokens: ["stay", "until"]))
        return answers
    }
}
