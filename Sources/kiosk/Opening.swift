internal import FoundationEssentials
internal import KioskDomain
internal import KioskStore

/// The ways into a kiosk's data that commands share.
struct Opening: Sendable {
    let settings: Settings
    /// The catalogue that the program brings along or the settings name; a newer one of the portal may take its place.
    let catalogue: Catalogue
    let store: KioskStore

    init(settings: Settings, catalogue: Catalogue, store: KioskStore) {
        self.settings = settings
        self.catalogue = catalogue
        self.store = store
    }

    /// Opens the data folder, locked.
    init(_ invocation: Invocation) throws {
        settings = try Settings.load(invocation)
        catalogue = try settings.loadCatalogue()
        // What reading the catalogue took goes back before scrypt and files want their share of 64 MB.
        ProcessMemory.giveBack()
        store = try KioskStore.open(folder: Settings.dataFolder(invocation), configuration: settings.configuration)
    }

    /// Opens the data folder and unlocks it with a PIN from a file, the environment or the terminal; never from the command line,
    /// which every process of the machine can read.
    static func unlock(_ invocation: Invocation) async throws -> (opening: Opening, store: UnlockedStore) {
        let opening = try Opening(invocation)
        let pin = try Self.pin(invocation, asking: "Mã PIN: ")
        let store = try await opening.unlock(invocation, pin: pin)
        ProcessMemory.giveBack()
        return (opening, store)
    }

    /// Unlocks; where a file gives the PIN and guessing has to wait for less than a minute, waits.
    ///
    /// A process that dies while it unlocks has used up a guess: after a few power cuts a timer's run would be refused, and nobody
    /// is there to start it again.
    private func unlock(_ invocation: Invocation, pin: String) async throws -> UnlockedStore {
        while true {
            do {
                return try await store.unlock(
                    operatorName: invocation["operator"], pin: pin, from: Self.pinFile(invocation) == nil ? .typed : .file,
                    catalogue: catalogue,
                    isConfigured: settings.catalogue != nil, now: Date())
            } catch StoreError.guessingTooFast(let seconds) where seconds < 60 && Self.pinFile(invocation) != nil {
                try await Task.sleep(for: .seconds(seconds))
            }
        }
    }

    /// The catalogue in use for new dossiers in the data folder, or without one what the settings say.
    static func currentCatalogue(_ invocation: Invocation) async throws -> Catalogue {
        let settings = try Settings.load(invocation)
        let own = try settings.loadCatalogue()
        let folder = Settings.dataFolder(invocation)
        guard Files.exists(folder + "/kiosk.sqlite") else { return own }
        let store = try KioskStore.open(folder: folder)
        return try await store.currentCatalogue(own: own, isConfigured: settings.catalogue != nil, now: Date()).catalogue
    }

    private static func pinFile(_ invocation: Invocation) -> String? {
        invocation["pin-file"] ?? Settings.environment("KIOSK_PIN_FILE")
    }

    static func pin(_ invocation: Invocation, asking question: String) throws -> String {
        if let path = pinFile(invocation) {
            return try Files.secret(path, what: "PIN file")
        }
        return try Terminal.ask(question)
    }
}
