internal import Glibc
internal import KioskStore

/// The village kiosk: one program for capture, sync and reconciliation.
@main
struct Kiosk {
    static func main() async {
        // A reader that goes away (kiosk … | head) or a connection that breaks is an error to handle, not a reason to die.
        signal(SIGPIPE, SIG_IGN)
        umask(0o077)
        ProcessMemory.shareOneHeap()
        let status = await CommandTable.kiosk.run(Array(CommandLine.arguments.dropFirst()))
        exit(status)
    }
}
