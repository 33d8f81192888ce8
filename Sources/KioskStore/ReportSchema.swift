/// The steps of the schema for reports, outreach and announcements.
enum ReportSchema {
    /// Keeps of each sealed dossier what reports count; triggers, so that no way to change a dossier forgets it.
    static let facts: StaticString = """
        CREATE TABLE dossier_facts (
            -- what reports count of a sealed dossier: codes and times, nothing about a person; it stays when the dossier is purged
            dossier_id TEXT PRIMARY KEY,
            procedure TEXT NOT NULL,
            captured_at INTEGER NOT NULL,
            sealed_at INTEGER NOT NULL,
            send_by INTEGER,
            uploaded_at INTEGER,
            received_at INTEGER,
            due_at INTEGER,
            settled_at INTEGER,
            settled_as TEXT,
            first_return_at INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX dossier_facts_by_receipt ON dossier_facts (received_at);

        CREATE TABLE return_facts (
            -- each time a dossier was returned, and the code of the reason
            id INTEGER PRIMARY KEY,
            dossier_id TEXT NOT NULL,
            at INTEGER NOT NULL,
            code TEXT NOT NULL
        ) STRICT;
        CREATE INDEX return_facts_by_time ON return_facts (at);

        INSERT INTO dossier_facts (dossier_id, procedure, captured_at, sealed_at, send_by, uploaded_at, received_at, due_at,
            settled_at, settled_as)
        SELECT id, procedure, captured_at, sealed_at, send_by, iif(portal_status IS NULL, NULL, updated_at),
            1000 * unixepoch(portal_status_at), 1000 * unixepoch(portal_due_at),
            iif(portal_status IN ('resolved', 'returned', 'refused', 'withdrawn'),
                ifnull(1000 * unixepoch(portal_status_at), updated_at), NULL),
            iif(portal_status IN ('resolved', 'returned', 'refused', 'withdrawn'), portal_status, NULL)
        FROM dossiers WHERE sealed_at IS NOT NULL;

        CREATE TRIGGER dossier_facts_kept AFTER UPDATE OF state, sealed_at, portal_status, portal_status_at, portal_due_at
        ON dossiers WHEN new.sealed_at IS NOT NULL BEGIN
            INSERT INTO dossier_facts (dossier_id, procedure, captured_at, sealed_at)
                VALUES (new.id, new.procedure, new.captured_at, new.sealed_at) ON CONFLICT DO NOTHING;
            UPDATE dossier_facts SET
                send_by = ifnull(send_by, new.send_by),
                uploaded_at = ifnull(uploaded_at, iif(new.portal_status IS NULL, NULL, new.updated_at)),
                received_at = ifnull(received_at,
                    iif(new.portal_status IS NULL, NULL, ifnull(1000 * unixepoch(new.portal_status_at), new.updated_at))),
                due_at = 1000 * unixepoch(new.portal_due_at),
                settled_at = iif(new.portal_status IN ('resolved', 'returned', 'refused', 'withdrawn'),
                    ifnull(settled_at, ifnull(1000 * unixepoch(new.portal_status_at), new.updated_at)), NULL),
                settled_as = iif(new.portal_status IN ('resolved', 'returned', 'refused', 'withdrawn'),
                    ifnull(settled_as, new.portal_status), NULL),
                first_return_at = ifnull(first_return_at, CASE
                    WHEN new.portal_status IN ('supplement-required', 'refused')
                        THEN ifnull(1000 * unixepoch(new.portal_status_at), new.updated_at)
                    WHEN new.state = 'rejected' THEN new.updated_at END)
            WHERE dossier_id = new.id;
            INSERT INTO return_facts (dossier_id, at, code)
            SELECT new.id, ifnull(1000 * unixepoch(new.portal_status_at), new.updated_at), new.portal_status
            WHERE new.portal_status IN ('supplement-required', 'refused') AND new.portal_status IS NOT old.portal_status;
        END;
        """

    /// What is done to spread the word; and who read the portal's announcements.
    static let outreach: StaticString = """
        CREATE TABLE outreach (
            -- a loudspeaker reading, a village meeting, a house visit; sealed holds the topic, which can name people
            id TEXT PRIMARY KEY,
            day TEXT NOT NULL,
            channel TEXT NOT NULL,
            people INTEGER NOT NULL,
            operator_id TEXT REFERENCES operators (id),
            made_at INTEGER NOT NULL,
            sealed BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX outreach_by_day ON outreach (day);

        -- whether whoever stands before the locked kiosk may read it
        ALTER TABLE announcements ADD COLUMN is_public INTEGER NOT NULL DEFAULT 0;
        CREATE TABLE announcement_reads (
            -- who read an announcement, and when first
            announcement_id TEXT NOT NULL REFERENCES announcements (id) ON DELETE CASCADE,
            operator_id TEXT NOT NULL REFERENCES operators (id),
            read_at INTEGER NOT NULL,
            PRIMARY KEY (announcement_id, operator_id)
        ) STRICT, WITHOUT ROWID;
        """

    /// A photograph of an outreach entry.
    static let outreachPhotos: StaticString = """
        CREATE TABLE outreach_photos (
            -- the photograph of a village meeting or a visit; its file is sealed as all papers are, and never sent
            outreach_id TEXT PRIMARY KEY REFERENCES outreach (id) ON DELETE CASCADE,
            attachment_id TEXT NOT NULL REFERENCES attachments (id),
            media_type TEXT NOT NULL,
            added_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX outreach_photos_of_attachment ON outreach_photos (attachment_id);
        """
}
