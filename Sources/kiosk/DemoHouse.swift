internal import FoundationEssentials
internal import JSONTree
internal import KioskDomain
internal import KioskStore
internal import KioskSync
internal import KioskVault
internal import TrainingPortal

/// The demonstration's kiosk: founded, filled with invented dossiers in every state by the same code that real ones go through,
/// and synced with the training portal.
struct DemoHouse: Sendable {
    /// The training PIN; printed on the screen, so it protects nothing.
    static let pin = "471925"
    private static let operatorName = "Trưởng thôn"

    let folder: String
    let settings: Settings
    let portal: TrainingPortal
    /// What it is filled for; nil: a dossier in every state.
    let story: Story?

    /// Opens the demonstration's kiosk, making and filling it where there is none.
    func open() async throws -> Opening {
        let catalogue = try settings.loadCatalogue()
        if Files.exists(folder + "/kiosk.sqlite") {
            let store = try KioskStore.open(folder: folder, configuration: settings.configuration)
            try await store.movePortal(to: portal.address)
            return Opening(settings: settings, catalogue: catalogue, store: store)
        }
        let founding = KioskStore.Founding(
            kioskID: "kiosk-tap-huan", portalSecret: "tap-huan", portal: portal.address, village: "Thôn Cẩm Sơn",
            operatorName: Self.operatorName, pin: Self.pin, pinCost: settings.pin ?? .standard)
        let (store, _) = try await KioskStore.found(founding, in: folder, configuration: settings.configuration, now: Date())
        let opening = Opening(settings: settings, catalogue: catalogue, store: store)
        let unlocked = try await store.unlock(
            operatorName: Self.operatorName, pin: Self.pin, catalogue: catalogue, isConfigured: settings.catalogue != nil,
            now: Date())
        if let story { try await fill(unlocked, with: story) } else { try await fill(unlocked) }
        return opening
    }

    func sync(_ store: UnlockedStore) async throws {
        _ = try await SyncRun.perform(store, .request, folder: folder, settings: settings, ignoresBackOff: true, patience: 0)
    }

    private func fill(_ store: UnlockedStore) async throws {
        try await portal.announce(
            title: "Lịch cấp căn cước lưu động",
            body: "Công an xã cấp căn cước lưu động tại nhà văn hóa thôn, 8 giờ sáng thứ Bảy. Bà con mang theo giấy khai sinh.",
            validFrom: VietnamTime.rfc3339(Date()), validUntil: VietnamTime.rfc3339(Date().addingTimeInterval(7 * 86_400)))
        var filed: [String] = []
        for person in DemoPeople.parents { filed.append(try await newborn(person, store)) }
        _ = try await newborn(DemoPeople.withoutAccount, store)
        _ = try await newborn(DemoPeople.mistyped, store)
        try await sync(store)
        try await playOfficer(on: filed)
        try await sync(store)

        // A second dossier of the same resident and procedure: the portal answers with a duplicate.
        _ = try await newborn(DemoPeople.parents[0], store)
        try await sync(store)
        // The portal takes this one, but its answer is lost, also when libcurl repeats it by itself on a new connection.
        let doubtful = try await stay(DemoPeople.host, guest: DemoPeople.guests[0], store)
        portal.failNext(ScriptedFault(kind: .after, method: "PUT", pathPrefix: "/v1/dossiers/\(doubtful)", times: 5))
        try await sync(store)
        portal.clearFaults()

        _ = try await stay(DemoPeople.host, guest: DemoPeople.guests[1], store)
        _ = try await newborn(DemoPeople.waiting, store)
        try await draft(DemoPeople.drafting, store)
    }

    private func playOfficer(on filed: [String]) async throws {
        let acts: [[OfficerAct]] = [
            [],
            [.accept],
            [.accept, .process],
            [.accept, .requestSupplement(remark: "Ảnh giấy khai sinh bị mờ, đề nghị chụp lại cả trang.", pointer: nil)],
            [.accept, .process, .resolve],
            [.accept, .process, .resolve, .returnResult],
            [.refuse(remark: "Trẻ đã được đăng ký thường trú ở hộ khác.")],
        ]
        for (id, acts) in zip(filed, acts) {
            for act in acts { try await portal.perform(act, on: id) }
        }
    }

    // MARK: Dossiers

    private func newborn(_ person: DemoPeople.Person, _ store: UnlockedStore) async throws -> String {
        let answers = DemoPeople.newborn(of: person, sample: store.catalogue.procedure("TT_NHAP_SINH")?.sample ?? .emptyObject)
        var files: [PlacedFile] = []
        for (component, name) in [
            ("TO_KHAI_CT01", "to-khai-ct01.png"), ("GIAY_KHAI_SINH", "giay-khai-sinh.png"),
            ("DONG_Y_CHU_HO", "dong-y-chu-ho.png"),
        ] {
            files.append(try await scan(name, component: component, store))
        }
        return try await store.fileDossier(
            procedure: "TT_NHAP_SINH", answers: answers, files: files, sealing: .rehearsed(store.catalogue.consentText),
            now: Date()
        ).id
    }

    private func stay(_ host: DemoPeople.Person, guest: DemoPeople.Person, _ store: UnlockedStore) async throws -> String {
        let sample = store.catalogue.procedure("LUU_TRU")?.sample ?? .emptyObject
        let answers = DemoPeople.stay(with: host, guest: guest, from: Date(), sample: sample)
        return try await store.fileDossier(
            procedure: "LUU_TRU", answers: answers, files: [], sealing: .rehearsed(store.catalogue.consentText), now: Date()
        ).id
    }

    private func draft(_ person: DemoPeople.Person, _ store: UnlockedStore) async throws {
        let id = try await store.beginDossier(procedure: "TT_NHAP_SINH", now: Date())
        try await store.changeDraft(of: id, now: Date()) { draft in
            draft.answers = .object(["applicant": person.answers])
            draft.section = "tre"
        }
    }

    func scan(_ name: String, component: String, _ store: UnlockedStore) async throws -> PlacedFile {
        guard let text = EmbeddedAssets.files[name], let bytes = Data(base64Encoded: text) else {
            throw CommandFailure(spoken: "Thiếu ảnh mẫu.", detail: "the sample scan \(name) is not in the program")
        }
        let writer = try await store.newPaper(now: Date())
        try await writer.append(Array(bytes))
        return try await writer.finish(component: component, fileName: name, now: Date())
    }
}
