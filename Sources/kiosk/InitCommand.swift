internal import FoundationEssentials
internal import KioskDomain
internal import KioskStore
internal import KioskTransport
internal import KioskVault

extension Command {
    static let initKiosk = Command(
        words: ["init"], summary: "makes a kiosk in a data folder and prints its recovery key",
        details: """
            The recovery key is printed before the kiosk is committed to the disk, so there is no kiosk whose key nobody saw; where the
            command then fails, the key is void. It is printed once and kept nowhere: write it down or print it, and keep it away from the machine.
            It opens the data when every PIN is forgotten (kiosk operator reset).
            """,
        flags: [
            Flag(name: "portal", value: "URL", help: "the portal's address; https, or http to this machine"),
            Flag(name: "kiosk-id", value: "ID", help: "the kiosk's id at the portal"),
            Flag(name: "secret-file", value: "FILE", help: "a file with the kiosk's secret at the portal"),
            Flag(name: "village", value: "NAME", help: "the village's name, for receipts"),
            Flag(name: "operator", value: "NAME", help: "the village head's name"),
            Flag(
                name: "pin-file", value: "FILE",
                help: "a file with the new PIN, at least 6 characters (else $KIOSK_PIN_FILE, else asked)"),
        ]
    ) { invocation in
        let settings = try Settings.load(invocation)
        let portal = try address(try invocation.needed("portal"))
        let founding = KioskStore.Founding(
            kioskID: try plain(try invocation.needed("kiosk-id")),
            portalSecret: try Files.secret(try invocation.needed("secret-file"), what: "--secret-file"),
            portal: portal.description,
            village: StoredText.clean(try invocation.needed("village")),
            operatorName: StoredText.clean(try invocation.needed("operator")),
            pin: try Opening.pin(invocation, asking: "Mã PIN mới (ít nhất 6 ký tự): "), pinCost: settings.pin ?? .standard)
        let folder = Settings.dataFolder(invocation)
        struct Made: Encodable {
            let data: String
            let kioskId: String
            let recoveryKey: String
        }
        _ = try await KioskStore.found(founding, in: folder, now: Date()) { recoveryKey in
            try Terminal.print(Made(data: folder, kioskId: founding.kioskID, recoveryKey: recoveryKey), invocation) {
                """
                Dữ liệu kiosk trong \(folder)

                KHÓA KHÔI PHỤC (chỉ hiện một lần — hãy in hoặc chép ra giấy, cất xa máy này):

                    \(recoveryKey)

                Khi quên mã PIN: kiosk operator reset
                """
            }
        }
        return ExitStatus.done
    }

    private static func address(_ text: String) throws -> PortalAddress {
        do {
            return try PortalAddress(text)
        } catch {
            switch error {
            case .malformed: throw UsageError("--portal \(text) is no address; it looks like https://portal.example")
            case .insecure: throw UsageError("--portal must begin with https:// (http only for this machine itself)")
            case .hasSecretsOrQuery: throw UsageError("--portal must have no user, password, query or fragment")
            }
        }
    }

    private static func plain(_ id: String) throws -> String {
        let allowed = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._")
        guard id.count <= 64, id.allSatisfy(allowed.contains) else {
            throw UsageError("--kiosk-id has letters, digits, hyphens, dots and underscores only, at most 64")
        }
        return id
    }
}
