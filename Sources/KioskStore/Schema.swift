internal import SQLiteAccess

/// The kiosk's tables.
///
/// Times are milliseconds since 1970, ids are UUIDs of version 7, sealed columns open only with the vault.
enum Schema {
    /// `KIOS`, in the file's header.
    static let migrator = Migrator(
        applicationID: 0x4B49_4F53,
        steps: [
            first, second, third, fourth, fifth, papers, chunksApart, runRecords, doors, lineTroubles, ReportSchema.facts,
            ReportSchema.outreach, parking, ReportSchema.outreachPhotos, telling, needsByOperation,
        ])

    private static let first: StaticString = """
        CREATE TABLE settings (
            -- what init and the kiosk itself keep in the clear: kiosk id, village, portal address, change cursor
            key TEXT PRIMARY KEY,
            value TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE secrets (
            -- sealed under a name: the portal secret; and, wrapped by the recovery key, the master key
            name TEXT PRIMARY KEY,
            sealed BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE operators (
            -- who may unlock: the master key wrapped by the PIN, and the wrong guesses since the last right one
            id TEXT PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            salt BLOB NOT NULL,
            log_n INTEGER NOT NULL,
            r INTEGER NOT NULL,
            p INTEGER NOT NULL,
            sealed_key BLOB NOT NULL,
            failures INTEGER NOT NULL DEFAULT 0,
            failed_at INTEGER,
            created_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE catalogues (
            -- every edition that a dossier was begun with; sort tells the newest
            version TEXT PRIMARY KEY,
            json TEXT NOT NULL,
            added_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE accounts (
            -- residents' accounts at the portal; citizen_hash is the keyed hash of the citizen number
            id TEXT PRIMARY KEY,
            citizen_hash BLOB NOT NULL UNIQUE,
            state TEXT NOT NULL,
            attempts_left INTEGER,
            expires_at INTEGER,
            sealed BLOB NOT NULL,
            updated_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX accounts_open ON accounts (state, updated_at) WHERE state <> 'verified';

        CREATE TABLE dossiers (
            -- one row a dossier: where it stands here and at the portal; sealed holds the names for lists, problem why it stands
            id TEXT PRIMARY KEY,
            procedure TEXT NOT NULL,
            catalogue_version TEXT NOT NULL REFERENCES catalogues (version),
            state TEXT NOT NULL,
            receipt TEXT UNIQUE,
            revision INTEGER NOT NULL DEFAULT 0,
            account_id TEXT REFERENCES accounts (id),
            captured_at INTEGER NOT NULL,
            sealed_at INTEGER,
            updated_at INTEGER NOT NULL,
            send_by INTEGER,
            portal_code TEXT,
            portal_version INTEGER,
            portal_status TEXT,
            portal_status_at TEXT,
            portal_due_at TEXT,
            portal_etag TEXT,
            sealed BLOB NOT NULL,
            problem BLOB
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX dossiers_newest ON dossiers (updated_at, id);
        CREATE INDEX dossiers_by_state ON dossiers (state, updated_at, id);
        CREATE INDEX dossiers_by_status ON dossiers (portal_status, state);
        CREATE INDEX dossiers_by_code ON dossiers (portal_code);

        CREATE TABLE drafts (
            -- the form being filled in, as it was when its last field was left
            dossier_id TEXT PRIMARY KEY REFERENCES dossiers (id),
            saved_at INTEGER NOT NULL,
            sealed BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE revisions (
            -- append-only: what was sealed here (author kiosk) and what the portal held (author portal)
            id INTEGER PRIMARY KEY,
            dossier_id TEXT NOT NULL REFERENCES dossiers (id),
            author TEXT NOT NULL CHECK (author IN ('kiosk', 'portal')),
            number INTEGER NOT NULL,
            operator_id TEXT REFERENCES operators (id),
            parent INTEGER REFERENCES revisions (id),
            etag TEXT,
            made_at INTEGER NOT NULL,
            sealed BLOB NOT NULL,
            UNIQUE (dossier_id, author, number)
        ) STRICT;
        CREATE INDEX revisions_by_etag ON revisions (dossier_id, etag);
        CREATE TRIGGER revisions_stay BEFORE UPDATE ON revisions
        BEGIN SELECT RAISE(ABORT, 'revisions are append-only'); END;

        CREATE TABLE attachments (
            -- files by the keyed hash of their SHA-256: the same paper is stored once and sent once; digest is null while written
            id TEXT PRIMARY KEY,
            digest BLOB UNIQUE,
            size INTEGER NOT NULL,
            upload_url TEXT,
            is_uploaded INTEGER NOT NULL DEFAULT 0,
            sealed BLOB,
            created_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE attachment_chunks (
            -- a file's bytes in sealed chunks of 256 KiB, so that any offset is reached in bounded memory
            id INTEGER PRIMARY KEY,
            attachment_id TEXT NOT NULL REFERENCES attachments (id) ON DELETE CASCADE,
            number INTEGER NOT NULL,
            sealed BLOB NOT NULL,
            UNIQUE (attachment_id, number)
        ) STRICT;

        CREATE TABLE papers (
            -- a file in its place in a dossier; removed_at marks what a later revision left out
            id TEXT PRIMARY KEY,
            dossier_id TEXT NOT NULL REFERENCES dossiers (id),
            attachment_id TEXT NOT NULL REFERENCES attachments (id),
            component TEXT NOT NULL,
            media_type TEXT NOT NULL,
            added_at INTEGER NOT NULL,
            removed_at INTEGER,
            sealed BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX papers_of_dossier ON papers (dossier_id, component, added_at);
        CREATE INDEX papers_of_attachment ON papers (attachment_id);

        CREATE TABLE outbox (
            -- what has to happen at the portal; needs counts the operations that come first
            id INTEGER PRIMARY KEY,
            kind TEXT NOT NULL,
            subject TEXT NOT NULL,
            revision INTEGER,
            state TEXT NOT NULL,
            attempts INTEGER NOT NULL DEFAULT 0,
            needs INTEGER NOT NULL DEFAULT 0,
            not_before INTEGER NOT NULL,
            urgency INTEGER NOT NULL,
            size INTEGER NOT NULL,
            etag TEXT,
            reason TEXT,
            sealed BLOB,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX outbox_ready ON outbox (urgency, size, id) WHERE needs = 0 AND state IN ('waiting', 'in-doubt');
        CREATE INDEX outbox_times ON outbox (not_before) WHERE needs = 0 AND state IN ('waiting', 'in-doubt');
        CREATE INDEX outbox_by_subject ON outbox (subject, kind, id);
        CREATE INDEX outbox_open ON outbox (state) WHERE state NOT IN ('done', 'superseded');

        CREATE TABLE outbox_needs (
            -- an operation waits for another
            operation INTEGER NOT NULL REFERENCES outbox (id),
            needed INTEGER NOT NULL REFERENCES outbox (id),
            PRIMARY KEY (needed, operation)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE events (
            -- what happened to a dossier, in order, for its history
            id INTEGER PRIMARY KEY,
            dossier_id TEXT NOT NULL REFERENCES dossiers (id),
            at INTEGER NOT NULL,
            kind TEXT NOT NULL,
            operator_id TEXT,
            sealed BLOB
        ) STRICT;
        CREATE INDEX events_of_dossier ON events (dossier_id, id);

        CREATE TABLE announcements (
            -- what the portal wants told in the village; public
            id TEXT PRIMARY KEY,
            title TEXT NOT NULL,
            body TEXT NOT NULL,
            valid_from TEXT,
            valid_until TEXT,
            received_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE receipt_counters (
            -- how many receipts a day has had
            day TEXT PRIMARY KEY,
            counter INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE sync_runs (
            -- what each run did
            id INTEGER PRIMARY KEY,
            began_at INTEGER NOT NULL,
            ended_at INTEGER NOT NULL,
            delivered INTEGER NOT NULL,
            uploaded INTEGER NOT NULL,
            bytes_sent INTEGER NOT NULL,
            changes_applied INTEGER NOT NULL,
            stop TEXT
        ) STRICT;
        """

    /// Lets an index in memory follow the dossiers, and finds a resident's earlier ones.
    private static let second: StaticString = """
        CREATE TABLE dossier_changes (
            -- the last change of each dossier, in order; one that is gone keeps its row, so that whoever follows hears of it
            change INTEGER PRIMARY KEY AUTOINCREMENT,
            dossier_id TEXT NOT NULL UNIQUE
        ) STRICT;
        INSERT INTO dossier_changes (dossier_id) SELECT id FROM dossiers ORDER BY updated_at, id;
        CREATE TRIGGER dossiers_added AFTER INSERT ON dossiers BEGIN
            DELETE FROM dossier_changes WHERE dossier_id = new.id;
            INSERT INTO dossier_changes (dossier_id) VALUES (new.id);
        END;
        CREATE TRIGGER dossiers_changed AFTER UPDATE OF state, receipt, portal_code, updated_at, sealed ON dossiers BEGIN
            DELETE FROM dossier_changes WHERE dossier_id = new.id;
            INSERT INTO dossier_changes (dossier_id) VALUES (new.id);
        END;
        CREATE TRIGGER dossiers_gone AFTER DELETE ON dossiers BEGIN
            DELETE FROM dossier_changes WHERE dossier_id = old.id;
            INSERT INTO dossier_changes (dossier_id) VALUES (old.id);
        END;
        CREATE INDEX dossiers_by_account ON dossiers (account_id, sealed_at) WHERE account_id IS NOT NULL;
        """

    /// Keeps what proves residents' consents.
    private static let third: StaticString = """
        CREATE TABLE consents (
            -- append-only: what proves the consent of a sealed revision; sealed holds a drawn signature, attachment_id is the signed page
            dossier_id TEXT NOT NULL REFERENCES dossiers (id),
            revision INTEGER NOT NULL,
            operator_id TEXT NOT NULL REFERENCES operators (id),
            made_at INTEGER NOT NULL,
            attachment_id TEXT REFERENCES attachments (id),
            media_type TEXT,
            sealed BLOB NOT NULL,
            PRIMARY KEY (dossier_id, revision)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX consents_of_attachment ON consents (attachment_id) WHERE attachment_id IS NOT NULL;
        CREATE TRIGGER consents_stay BEFORE UPDATE ON consents
        BEGIN SELECT RAISE(ABORT, 'consents are append-only'); END;
        CREATE TRIGGER events_stay BEFORE UPDATE ON events
        BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;

        CREATE TABLE consent_pages (
            -- the photo of a signed consent page, until its dossier is sealed
            dossier_id TEXT PRIMARY KEY REFERENCES dossiers (id),
            attachment_id TEXT NOT NULL REFERENCES attachments (id),
            media_type TEXT NOT NULL,
            added_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX consent_pages_of_attachment ON consent_pages (attachment_id);
        """

    /// A merge is a revision with a second parent: the portal's copy that was merged into ours.
    private static let fourth: StaticString = """
        ALTER TABLE revisions ADD COLUMN merged_with INTEGER REFERENCES revisions (id);
        """

    /// The portal's catalogue.
    private static let fifth: StaticString = """
        CREATE TABLE portal_catalogue (
            -- one row. etag and version: the portal's last answer; ask_at: when it is asked again; refused_*: why that answer is not
            -- used (the fault names places, never values); kept_*: its last catalogue that was in order, as it came
            id INTEGER PRIMARY KEY CHECK (id = 1),
            etag TEXT,
            version TEXT,
            ask_at INTEGER NOT NULL,
            refused_version TEXT,
            refused_fault TEXT,
            refused_at INTEGER,
            kept_etag TEXT,
            kept_version TEXT,
            kept_at INTEGER,
            kept_json BLOB
        ) STRICT;
        INSERT INTO portal_catalogue (id, ask_at) VALUES (1, 0);
        CREATE INDEX dossiers_by_edition ON dossiers (catalogue_version);
        """

    /// Puts a dossier's papers in an order, and keeps what they were made of until the dossier closes.
    private static let papers: StaticString = """
        -- the place among the papers of its component; papers of before keep the order in which they came
        ALTER TABLE papers ADD COLUMN position INTEGER NOT NULL DEFAULT 0;
        -- the file that the page was made of, as it came in; never sent, null where there is none or it is gone
        ALTER TABLE papers ADD COLUMN original_id TEXT REFERENCES attachments (id);
        CREATE INDEX papers_of_original ON papers (original_id) WHERE original_id IS NOT NULL;
        """

    /// Guesses at a PIN that come from a file are counted apart from those of the screen.
    private static let doors: StaticString = """
        -- wrong guesses out of a PIN file, as a timer's command makes them, and when the last one was made
        ALTER TABLE operators ADD COLUMN file_failures INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE operators ADD COLUMN file_failed_at INTEGER;
        """

    /// The chunks lie in a file of their own, where ``ChunkFile`` has taken them before this step.
    private static let chunksApart: StaticString = """
        DROP TABLE attachment_chunks;
        -- files that are given up and wait to be swept: there is seldom one
        CREATE INDEX attachments_released ON attachments (id) WHERE created_at = -1;
        """

    /// A run's record tells what was wrong with the line.
    private static let lineTroubles: StaticString = """
        -- what was wrong with the line at its end, where that is why it ended (a LineTrouble); null else
        ALTER TABLE sync_runs ADD COLUMN trouble TEXT;
        """

    /// What a run's record tells besides.
    ///
    /// Nothing in it is about a person.
    private static let runRecords: StaticString = """
        -- why the run was begun: request, timer, window, missed, deadline, line; empty in records of before
        ALTER TABLE sync_runs ADD COLUMN occasion TEXT NOT NULL DEFAULT '';
        ALTER TABLE sync_runs ADD COLUMN bytes_received INTEGER NOT NULL DEFAULT 0;
        -- bytes of files that were sent and that the portal did not count in the run
        ALTER TABLE sync_runs ADD COLUMN bytes_twice INTEGER NOT NULL DEFAULT 0;
        -- bytes a second while it was sending; null where too little was sent to tell
        ALTER TABLE sync_runs ADD COLUMN bytes_per_second INTEGER;
        -- how many attempts ended how, and passing faults by class, as JSON
        ALTER TABLE sync_runs ADD COLUMN outcomes TEXT NOT NULL DEFAULT '{}';
        ALTER TABLE sync_runs ADD COLUMN faults TEXT NOT NULL DEFAULT '{}';
        """

    /// A case that waits for its resident to come back, mostly from the police.
    private static let telling: StaticString = """
        -- when the resident was told what the portal decided for good; another decision is told anew
        ALTER TABLE dossiers ADD COLUMN told_at INTEGER;
        UPDATE dossiers SET told_at = updated_at WHERE portal_status = 'resolved';
        CREATE TRIGGER dossiers_decided AFTER UPDATE OF portal_status ON dossiers
        WHEN new.told_at IS NOT NULL AND old.portal_status IS NOT new.portal_status BEGIN
            UPDATE dossiers SET told_at = NULL WHERE id = new.id;
        END;
        CREATE INDEX dossiers_to_tell ON dossiers (updated_at)
        WHERE state = 'delivered' AND told_at IS NULL AND portal_status IN ('refused', 'resolved');
        CREATE INDEX dossiers_due ON dossiers (portal_due_at)
        WHERE state = 'delivered' AND coalesce(portal_status, '') NOT IN ('resolved', 'returned', 'refused', 'withdrawn');
        """

    private static let needsByOperation: StaticString = """
        -- what an operation waits for, counted anew with each that is done
        CREATE INDEX outbox_needs_by_operation ON outbox_needs (operation);
        """

    private static let parking: StaticString = """
        -- since when a person has set it aside; null where nobody did, and again as soon as anything moves
        ALTER TABLE dossiers ADD COLUMN parked_at INTEGER;
        CREATE TRIGGER dossiers_moved AFTER UPDATE OF state, portal_status, portal_version, problem ON dossiers
        WHEN new.parked_at IS NOT NULL AND (old.state IS NOT new.state OR old.portal_status IS NOT new.portal_status
            OR old.portal_version IS NOT new.portal_version OR old.problem IS NOT new.problem) BEGIN
            UPDATE dossiers SET parked_at = NULL WHERE id = new.id;
        END;
        """
}
