internal import FoundationEssentials
internal import KioskDomain
internal import KioskStore

/// The ways into a kiosk's data that commands share.
struct Opening: Sendable {
    let settings: Settings
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
        malloc_trim(0)
        store = try KioskStore.open(folder: Settings.dataFolder(invocation), configuration: settings.configuration)
    }

    /// Opens the data folder and unlocks it with a PIN from a file, the environment or the terminal; never from the command line,
    /// which every process of the machine can read.
    static func unlock(_ invocation: Invocation) async throws -> (opening: Opening, store: UnlockedStore) {
        let opening = try Opening(invocation)
        let pin = try Self.pin(invocation, asking: "Mã PIN: ")
        let store = try await opening.store.unlock(
            operatorName: invocation["operator"], pin: pin, catalogue: opening.catalogue, now: Date())
        return (opening, store)
    }

    static func pin(_ invocation: Invocation, asking question: String) throws -> String {
        if let path = invocation["pin-file"] ?? Settings.environment("KIOSK_PIN_FILE") {
            return try Files.secret(path, what: "PIN file")
        }
        return try Terminal.ask(question)
    }
}

/// Gives freed memory back to the system (malloc_trim(3)); Swift's Glibc module does not declare it.
@_silgen_name("malloc_trim")
@discardableResult
func malloc_trim(_ pad: Int) -> Int32
