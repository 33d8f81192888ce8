import Foundation
import JSONTree
import KioskDomain
import KioskStore
import KioskSync
import KioskTestSupport
import KioskVault
import SQLiteAccess
import Testing

/// Several pages of a component for which the portal takes one file.
@Suite struct JoiningTests {
    private static let component = "GIAY_KHAI_SINH"

    /// A kiosk whose catalogue wants the birth certificate in one file.
    private func kiosk() async throws -> (folder: TemporaryFolder, store: UnlockedStore) {
        var edition = catalogue
        edition.version += "-one-file"
        for index in edition.procedures.indices where edition.procedures[index].code == "TT_NHAP_SINH" {
            for place in edition.procedures[index].components.indices
            where edition.procedures[index].components[place].id == Self.component {
                edition.procedures[index].components[place].oneFile = true
            }
        }
        let folder = try TemporaryFolder()
        let locked = try await Kiosk.found(in: folder).store
        return (folder, try await locked.unlock(operatorName: nil, pin: pin, catalogue: edition, now: morning))
    }

    private func paper(_ store: UnlockedStore, _ component: String, _ bytes: [UInt8]) async throws -> PlacedFile {
        let writer = try await store.newPaper(now: morning)
        try await writer.append(bytes)
        return try await writer.finish(component: component, fileName: "scan", now: morning)
    }

    private func file(_ store: UnlockedStore, pages: [[UInt8]]) async throws -> String {
        var files: [PlacedFile] = []
        for component in ["TO_KHAI_CT01", "DONG_Y_CHU_HO"] {
            files.append(try await paper(store, component, SampleFile.jpeg(bytes: 400, seed: UInt64(component.count))))
        }
        for page in pages { files.append(try await paper(store, Self.component, page)) }
        return try await store.fileDossier(
            procedure: "TT_NHAP_SINH", answers: try Kiosk.sample("TT_NHAP_SINH"), files: files, sealing: .applicant, now: morning
        ).id
    }

    private func outgoing(_ store: UnlockedStore, _ id: String) async throws -> (dossier: OutgoingDossier, uploads: [UploadTask])
    {
        var uploads: [UploadTask] = []
        while true {
            let due = try await store.due(now: morning, limit: 100)
            guard let operation = due.first else { break }
            switch try #require(try await store.begin(operation, now: morning)) {
            case .account:
                let progress = AccountProgress(status: "code-sent", attemptsLeft: 5)
                try await store.record(.delivered(.account(progress)), of: operation, now: morning)
            case .upload(let task):
                uploads.append(task)
                try await store.record(
                    .delivered(.uploaded(url: "http://127.0.0.1:1/v1/files/\(uploads.count)")), of: operation, now: morning)
            case .dossier(let dossier): return (dossier, uploads)
            default: break
            }
        }
        throw StoreError.noDossier
    }

    @Test func `pages are sent as one PDF that holds the JPEGs untouched, and stay single here`() async throws {
        let (folder, store) = try await kiosk()
        let pages = (1...3).map { SampleFile.jpeg(bytes: 300_000 * $0, seed: UInt64($0), width: 827, height: 1169) }
        let id = try await file(store, pages: pages)
        #expect(try await store.papers(of: id).filter { $0.component == Self.component }.count == 3)
        let sent = try await outgoing(store, id)
        let papers = sent.dossier.content.papers
        #expect(
            papers.map(\.fileName)
                == OfficerFileName.names(for: papers.map { ($0.component, $0.mediaType) }, subject: try subject()))
        let joined = try #require(sent.dossier.content.papers.first { $0.component == Self.component })
        #expect(joined.mediaType == "application/pdf")
        #expect(Set(sent.uploads.map(\.sha256)) == Set(sent.dossier.content.papers.map(\.sha256)))
        #expect(Set(sent.uploads.map(\.fileName)) == Set(sent.dossier.content.papers.map(\.fileName)))
        let task = try #require(sent.uploads.first { $0.sha256 == joined.sha256 })
        let bytes = try await store.bytes(of: task.attachment, from: 0, count: joined.size)
        let path = try folder.write("joined.pdf", bytes)
        let checked = try await Program.run("/usr/bin/qpdf", ["--check", path])
        #expect(checked.status == 0, "\(checked.stdout)\(checked.stderr)")
        #expect(try await Program.run("/usr/bin/pdfimages", ["-j", path, folder.file("page")]).status == 0)
        for (index, page) in pages.enumerated() {
            #expect(try Array(Data(contentsOf: URL(filePath: folder.file("page-00\(index).jpg")))) == page)
        }
        let info = try await Program.run("/usr/bin/pdfinfo", [path]).stdout
        #expect(info.contains("Pages:          3") || info.contains("Pages:           3"), "\(info)")
        #expect(info.contains("595 x 842"))
    }

    private func subject() throws -> String {
        let procedure = try #require(catalogue.procedure("TT_NHAP_SINH"))
        return try Kiosk.sample("TT_NHAP_SINH")[procedure.subject]?.stringValue ?? ""
    }

    @Test func `the same pages give the same file, and it is not sent twice`() async throws {
        let (folder, store) = try await kiosk()
        defer { withExtendedLifetime(folder) {} }
        let pages = (1...2).map { SampleFile.png(bytes: 3000, seed: UInt64($0)) }
        let first = try await outgoing(store, try await file(store, pages: pages))
        let second = try await outgoing(store, try await file(store, pages: pages))
        func digest(_ dossier: OutgoingDossier) -> String? {
            dossier.content.papers.first { $0.component == Self.component }?.sha256
        }
        #expect(digest(first.dossier) != nil && digest(first.dossier) == digest(second.dossier))
        #expect(second.uploads.isEmpty)
        let turned = try await outgoing(store, try await file(store, pages: pages.reversed()))
        #expect(digest(turned.dossier) != digest(first.dossier))
    }

    @Test func `a PNG keeps every pixel in the PDF`() async throws {
        let (folder, store) = try await kiosk()
        let pages = (1...2).map { SampleFile.png(bytes: 20_000, seed: UInt64($0)) }
        let sent = try await outgoing(store, try await file(store, pages: pages))
        let joined = try #require(sent.uploads.first { $0.mediaType == "application/pdf" })
        let path = try folder.write("joined.pdf", try await store.bytes(of: joined.attachment, from: 0, count: joined.size))
        #expect(try await Program.run("/usr/bin/qpdf", ["--check", path]).status == 0)
        #expect(try await Program.run("/usr/bin/pdfimages", ["-png", path, folder.file("page")]).status == 0)
        for (index, page) in pages.enumerated() {
            // Both as bare pixels: 64 rows of 64 grey bytes behind a filter byte of 0.
            let written = try folder.write("original-\(index).png", page)
            func pixels(_ file: String) async throws -> String {
                try await Program.run("/usr/bin/python3", ["-c", Self.unpack, file]).stdout
            }
            let original = try await pixels(written)
            #expect(original.count == 8192)
            #expect(try await pixels(folder.file("page-00\(index).png")) == original)
        }
    }

    /// Prints the pixels of a grey PNG of 64 × 64 as hex, whatever its filters.
    private static let unpack = """
        import sys, zlib, struct
        f = open(sys.argv[1], 'rb').read(); at = 8; data = b''
        while at < len(f):
            n, = struct.unpack('>I', f[at:at+4])
            if f[at+4:at+8] == b'IDAT': data += f[at+8:at+8+n]
            at += 12 + n
        raw = zlib.decompress(data); above = bytes(64); out = b''
        for y in range(64):
            kind = raw[y*65]; row = bytearray(raw[y*65+1:y*65+65])
            for x in range(64):
                a = row[x-1] if x else 0; b = above[x]; c = above[x-1] if x else 0
                p = a + b - c; pa, pb, pc = abs(p-a), abs(p-b), abs(p-c)
                paeth = a if pa <= pb and pa <= pc else b if pb <= pc else c
                row[x] = (row[x] + [0, a, b, (a+b)//2, paeth][kind]) & 255
            above = bytes(row); out += above
        print(out.hex(), end='')
        """

    @Test func `pages that cannot be joined keep the dossier here`() async throws {
        let (folder, store) = try await kiosk()
        defer { withExtendedLifetime(folder) {} }
        let refused = await failure(of: {
            _ = try await file(store, pages: [SampleFile.jpeg(bytes: 500, seed: 1), SampleFile.pdf(bytes: 900, seed: 1)])
        })
        guard case .notReady(let issues) = refused else {
            Issue.record("\(String(describing: refused))")
            return
        }
        #expect(issues.map(\.code) == ["not-one-file"])
    }

    @Test func `an upload is named as in the dossier that waits for it, not as in an older draft`() async throws {
        let (folder, store) = try await kiosk()
        defer { withExtendedLifetime(folder) {} }
        let page = SampleFile.jpeg(bytes: 700, seed: 9)
        let draft = try await store.beginDossier(procedure: "TT_NHAP_SINH", now: morning)
        let early = try await paper(store, "TO_KHAI_CT01", page)
        try await store.addPaper(early, to: draft, now: morning)
        let id = try await file(store, pages: [page])
        let sent = try await outgoing(store, id)
        let task = try #require(sent.uploads.first { $0.attachment == early.file.attachment })
        #expect(task.dossier == id && task.fileName.hasPrefix("GIAY_KHAI_SINH_"))
    }
}
