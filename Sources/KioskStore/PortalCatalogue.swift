public import FoundationEssentials
internal import JSONTree
internal import KioskDomain
public import KioskSync
internal import SQLiteAccess

extension UnlockedStore {
    /// What to ask of the portal's catalogue (``Replica/catalogueQuestion(now:atOnce:)``).
    public func catalogueQuestion(now: Date, atOnce: Bool) async throws -> CatalogueQuestion? {
        let own = store.turned(ownCatalogue, on: VietnamTime.day(of: now)).version
        return try await mapped {
            try await store.read { db in
                let row = try db.first("SELECT etag, version, refused_at, ask_at, kept_version FROM portal_catalogue") { row in
                    (
                        CatalogueMemory(
                            etag: row.textOrNil(0), version: row.textOrNil(1),
                            refusedAt: row.intOrNil(2).map { Date(milliseconds: $0) }, askAt: Date(milliseconds: row.int(3))),
                        row.textOrNil(4)
                    )
                }
                guard let (memory, kept) = row else { return nil }
                let newest = kept.map { CatalogueVersion(own) < CatalogueVersion($0) ? $0 : own } ?? own
                return memory.question(now: now, atOnce: atOnce, newest: newest)
            }
        }
    }

    /// Takes the portal's answer (``Replica/takeCatalogue(_:now:)``).
    public func takeCatalogue(_ answer: CatalogueAnswer, now: Date) async throws -> CatalogueNews? {
        switch answer {
        case .unchanged:
            try await postponeCatalogue(until: now.addingTimeInterval(CatalogueRules.askEvery))
            return nil
        case .tooLarge(let etag):
            let fault = "it is larger than \(CatalogueRules.sizeLimit) bytes"
            return try await refuse(etag: etag, version: nil, fault: fault, now: now)
        case .text(let text, let etag):
            let kept = try await store.keptCatalogue()
            let today = VietnamTime.day(of: now)
            let own = store.turned(ownCatalogue, on: today).version
            let verdict = CatalogueRules.verdict(on: text, own: own, kept: kept, today: today)
            switch verdict {
            case .refuse(let version, let fault):
                return try await refuse(etag: etag, version: version, fault: fault, now: now)
            case .passOver(let version):
                try await settle(etag: etag, version: version, now: now) { _ in }
                return nil
            case .keep(let catalogue):
                let before = self.catalogue.version
                try await settle(etag: etag, version: catalogue.version, now: now) { db in
                    try db.run(
                        """
                        UPDATE portal_catalogue SET kept_etag = \(etag), kept_version = \(catalogue.version), kept_json = \(Array(text)),
                            kept_at = \(now.milliseconds)
                        """)
                    try db.run(
                        "DELETE FROM catalogues WHERE NOT EXISTS (SELECT 1 FROM dossiers WHERE catalogue_version = catalogues.version)"
                    )
                }
                try await followCatalogue(now: now)
                let current = self.catalogue.version
                return current == before ? nil : CatalogueNews(version: current, fault: nil)
            }
        }
    }

    /// Notes when the portal is asked again (``Replica/postponeCatalogue(until:)``).
    public func postponeCatalogue(until instant: Date) async throws {
        try await mapped {
            try await store.write { db in try db.run("UPDATE portal_catalogue SET ask_at = \(instant.milliseconds)") }
        }
    }

    /// Notes an answer with which nothing is wrong.
    private func settle(
        etag: String, version: String, now: Date, _ also: @Sendable (inout Connection) throws -> Void
    ) async throws {
        let next = now.addingTimeInterval(CatalogueRules.askEvery).milliseconds
        try await mapped {
            try await store.write { db in
                try db.run(
                    """
                    UPDATE portal_catalogue SET etag = \(etag), version = \(version), ask_at = \(next), refused_version = NULL,
                        refused_fault = NULL, refused_at = NULL
                    """)
                try also(&db)
            }
        }
    }

    private func refuse(etag: String, version: String?, fault: String, now: Date) async throws -> CatalogueNews {
        let next = now.addingTimeInterval(CatalogueRules.askEvery).milliseconds
        try await mapped {
            try await store.write { db in
                try db.run(
                    "UPDATE portal_catalogue SET etag = \(etag), version = \(version), ask_at = \(next)")
                try db.noteRefusedCatalogue(version: version, fault: fault, now: now)
            }
        }
        return CatalogueNews(version: version, fault: fault)
    }
}

extension Connection {
    /// Notes why the portal's catalogue is not used.
    func noteRefusedCatalogue(version: String?, fault: String, now: Date) throws {
        try run(
            "UPDATE portal_catalogue SET refused_version = \(version), refused_fault = \(fault), refused_at = \(now.milliseconds)"
        )
    }

    /// The feed announced a catalogue: unless it is the one that was answered last, it is asked for.
    func noteAnnouncedCatalogue(etag: String) throws {
        // The comparison is weak: a proxy that compresses marks the tag so.
        let weakened = "W/" + etag
        try run("UPDATE portal_catalogue SET ask_at = 0 WHERE etag IS NOT \(etag) AND etag IS NOT \(weakened)")
    }
}

extension KioskStore {
    /// The portal's last catalogue that was in order.
    func keptCatalogue() async throws -> CatalogueRules.Kept? {
        try await read { db in
            try db.first("SELECT kept_version, kept_json FROM portal_catalogue WHERE kept_version IS NOT NULL") {
                CatalogueRules.Kept(version: $0.text(0), text: Data($0.blob(1)))
            }
        }
    }
}
