internal import SQLiteAccess

/// The portal's tables.
///
/// They hold invented persons only, so they are in the clear: that is what a trainer wants to look into.
enum PortalSchema {
    /// "VPtl" in ASCII: marks the file as a training portal's.
    static let migrator = Migrator(applicationID: 0x5650_746C, steps: [first, notes, objections])

    private static let first: StaticString = """
        CREATE TABLE setting (
            -- What the portal made up at its first start and keeps: keys, the feed's epoch, the last catalogue's tag.
            name TEXT PRIMARY KEY,
            value BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE kiosk (
            -- Kiosks by the first secret that each came with; the secret itself is not kept, only its keyed hash.
            id TEXT PRIMARY KEY,
            secret_hash BLOB NOT NULL,
            first_seen TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE account (
            -- A resident's account under the name (id) that one kiosk gave it. `wrong_code` is the last wrong guess: a repeat of
            -- the same guess is charged once. Times ending in _time are seconds since 1970.
            id TEXT PRIMARY KEY,
            kiosk TEXT NOT NULL REFERENCES kiosk (id),
            citizen_id TEXT NOT NULL,
            phone TEXT NOT NULL,
            declaration TEXT NOT NULL,
            status TEXT NOT NULL CHECK (status IN ('code-sent', 'verified', 'locked')),
            code TEXT,
            wrong_code TEXT,
            attempts_left INTEGER NOT NULL,
            sent_time REAL,
            expires_time REAL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX account_by_citizen ON account (citizen_id);

        CREATE TABLE sms (
            -- The short messages that a real portal would have sent, shown at the desk.
            number INTEGER PRIMARY KEY,
            account TEXT NOT NULL,
            phone TEXT NOT NULL,
            code TEXT NOT NULL,
            sent_at TEXT NOT NULL
        ) STRICT;

        CREATE TABLE upload (
            -- tus uploads. The bytes lie in files/<id>, and how many there are is the file's length: nothing here can differ
            -- from it after a crash. `complete` means: all there, synced, and the SHA-256 is the one declared.
            id TEXT PRIMARY KEY,
            kiosk TEXT NOT NULL REFERENCES kiosk (id),
            length INTEGER NOT NULL,
            sha256 TEXT NOT NULL,
            metadata TEXT NOT NULL,
            complete INTEGER NOT NULL,
            expires_time REAL NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX upload_by_content ON upload (kiosk, sha256);

        CREATE TABLE dossier (
            -- Dossiers as the portal holds them. `fields` and `remarks` are JSON; `submission` is the last body accepted from the
            -- kiosk, without upload addresses, which repeats are compared with; `puts` counts the accepted PUTs that changed it.
            id TEXT PRIMARY KEY,
            kiosk TEXT NOT NULL REFERENCES kiosk (id),
            code TEXT NOT NULL UNIQUE,
            procedure TEXT NOT NULL,
            version INTEGER NOT NULL,
            status TEXT NOT NULL,
            status_at TEXT NOT NULL,
            due_at TEXT,
            received_at TEXT NOT NULL,
            applicant TEXT NOT NULL,
            fields TEXT NOT NULL,
            remarks TEXT NOT NULL,
            edited_by TEXT NOT NULL,
            submission TEXT NOT NULL,
            puts INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX dossier_by_applicant ON dossier (applicant, procedure);
        CREATE INDEX dossier_by_received ON dossier (received_at);

        CREATE TABLE attachment (
            -- The papers of a dossier, in the order of its last accepted body; their bytes are the upload of that kiosk and SHA-256.
            dossier TEXT NOT NULL REFERENCES dossier (id),
            position INTEGER NOT NULL,
            id TEXT NOT NULL,
            component TEXT NOT NULL,
            file_name TEXT NOT NULL,
            media_type TEXT NOT NULL,
            size INTEGER NOT NULL,
            sha256 TEXT NOT NULL,
            PRIMARY KEY (dossier, position)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE history (
            -- What happened to a dossier, for the desk. `who` is `kiosk` or `officer`.
            number INTEGER PRIMARY KEY,
            dossier TEXT NOT NULL REFERENCES dossier (id),
            at TEXT NOT NULL,
            who TEXT NOT NULL,
            what TEXT NOT NULL
        ) STRICT;
        CREATE INDEX history_by_dossier ON history (dossier);

        CREATE TABLE code_counter (
            -- The last number given on a day (yyMMdd, UTC+7) for dossier codes.
            day TEXT PRIMARY KEY,
            last INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE change (
            -- The changes feed. One row for each subject, moved to the end when it changes again; the feed shows the subject as it
            -- is when the feed is read. `kiosk` NULL concerns all kiosks. AUTOINCREMENT: a number is never given twice.
            seq INTEGER PRIMARY KEY AUTOINCREMENT,
            kiosk TEXT,
            type TEXT NOT NULL,
            subject TEXT NOT NULL
        ) STRICT;
        CREATE INDEX change_by_subject ON change (type, subject);

        CREATE TABLE announcement (
            -- What the commune tells its villages.
            id TEXT PRIMARY KEY,
            title TEXT NOT NULL,
            body TEXT NOT NULL,
            valid_from TEXT NOT NULL,
            valid_until TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE report (
            -- The kiosks' figures by period; a later report of a period replaces the earlier one.
            kiosk TEXT NOT NULL REFERENCES kiosk (id),
            period TEXT NOT NULL,
            body TEXT NOT NULL,
            received_at TEXT NOT NULL,
            PRIMARY KEY (kiosk, period)
        ) STRICT, WITHOUT ROWID;
        """

    /// What the kiosk says of a picture that is hard to read.
    private static let notes: StaticString = "ALTER TABLE attachment ADD COLUMN note TEXT;"

    /// What officers hold against dossiers, and announcements for everybody.
    private static let objections: StaticString = """
        CREATE TABLE objection (
            -- What an officer holds against a place of a dossier; NULL as `dossier`: of the next new one. `expected` and `other` are
            -- JSON. `seen` is what stood at the place when it was first met: a PUT with another value there passes.
            number INTEGER PRIMARY KEY,
            dossier TEXT,
            pointer TEXT NOT NULL,
            code TEXT NOT NULL,
            message TEXT NOT NULL,
            reason TEXT,
            expected TEXT,
            other TEXT,
            seen TEXT
        ) STRICT;
        CREATE INDEX objection_by_dossier ON objection (dossier);

        ALTER TABLE announcement ADD COLUMN is_public INTEGER NOT NULL DEFAULT 0;
        """
}
