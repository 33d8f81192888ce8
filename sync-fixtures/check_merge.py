"""Holds the kiosk's merge against SQLite's session extension, an independent oracle, on flat records.

usage: check_merge.py < CASES    (needs the package apsw; CASES is what `kiosk-lab merge-cases` prints)

Records are rows: our edits are recorded as a changeset and applied to a database that has their edits. Where SQLite reports no
conflict its table has to be the merged records, and no clash is told; where it reports one, the clashes are the same: of a row
that one side deleted the whole row, else the columns that both changed to different values. SQLite calls it a conflict too where both
sides made the same change; that is none for the kiosk and is left out by comparing the values.
"""

import json
import sys

import apsw

COLUMNS = ("a", "b", "c")


def database(records: list[dict]) -> apsw.Connection:
    db = apsw.Connection(":memory:")
    db.execute("CREATE TABLE record (id TEXT PRIMARY KEY NOT NULL, a, b, c)")
    for record in records:
        insert(db, record)
    return db


def insert(db: apsw.Connection, record: dict) -> None:
    db.execute("INSERT INTO record VALUES (?, ?, ?, ?)", (record["id"], *(record[name] for name in COLUMNS)))


def rows(db: apsw.Connection) -> dict[str, tuple]:
    return {row[0]: row[1:] for row in db.execute("SELECT id, a, b, c FROM record")}


def edit(db: apsw.Connection, base: list[dict], records: list[dict]) -> None:
    """Makes a database of the base hold these records, by the statements that a person's edits would be."""
    before = {record["id"]: record for record in base}
    after = {record["id"]: record for record in records}
    for key in before.keys() - after.keys():
        db.execute("DELETE FROM record WHERE id = ?", (key,))
    for key, record in after.items():
        if key not in before:
            insert(db, record)
            continue
        for name in COLUMNS:
            if before[key][name] != record[name]:
                db.execute(f"UPDATE record SET {name} = ? WHERE id = ?", (record[name], key))


def changeset(base: list[dict], records: list[dict]) -> bytes:
    db = database(base)
    session = apsw.Session(db, "main")
    session.attach("record")
    edit(db, base, records)
    return session.changeset()


def oracle(case: dict) -> tuple[dict[str, tuple], set[str], set[str]]:
    """The rows that SQLite makes of both sides, its conflicts as the kiosk's pointers, and the rows on which it stopped."""
    ours = {record["id"]: record for record in case["ours"]}
    theirs = {record["id"]: record for record in case["theirs"]}
    clashes: set[str] = set()

    def conflict(reason: int, change: apsw.TableChange) -> int:
        key = (change.old or change.new)[0]
        if reason == apsw.SQLITE_CHANGESET_CONFLICT:  # both made a record of this id
            clashes.update(f"/@{key}/{name}" for name in COLUMNS if ours[key][name] != theirs[key][name])
        elif reason == apsw.SQLITE_CHANGESET_NOTFOUND:  # they deleted it
            if key in ours:
                clashes.add(f"/@{key}")
        elif reason == apsw.SQLITE_CHANGESET_DATA and key not in ours:  # we deleted what they changed
            clashes.add(f"/@{key}")
        elif reason == apsw.SQLITE_CHANGESET_DATA:
            for index, name in enumerate(COLUMNS, start=1):
                old, new, there = change.old[index], change.new[index], change.conflict[index]
                # In an update SQLite leaves out the columns that were not changed.
                if new is not apsw.no_change and there not in (old, new):
                    clashes.add(f"/@{key}/{name}")
        else:
            raise AssertionError(f"reason {reason}")
        touched.add(key)
        return apsw.SQLITE_CHANGESET_OMIT

    touched: set[str] = set()
    db = database(case["base"])
    edit(db, case["base"], case["theirs"])
    apsw.Changeset.apply(changeset(case["base"], case["ours"]), db, conflict=conflict)
    return rows(db), clashes, touched


def main() -> None:
    count = with_clash = 0
    for line in sys.stdin:
        case = json.loads(line)
        expected, clashes, touched = oracle(case)
        told = set(case["clashes"])
        merged = {record["id"]: tuple(record[name] for name in COLUMNS) for record in case["merged"]}
        # Rows on which SQLite stopped hold one side only; all others are compared whole.
        keys = (expected.keys() | merged.keys()) - touched
        wrong = sorted(key for key in keys if merged.get(key) != expected.get(key))
        if told != clashes or wrong:
            sys.exit(f"differs in case {count}: clashes {sorted(told)}, SQLite {sorted(clashes)}, rows {wrong}\n{line}")
        count += 1
        with_clash += bool(clashes)
    if not count or not with_clash or with_clash == count:
        sys.exit(f"{count} cases, {with_clash} with a clash: nothing was compared")
    print(f"{count} cases merged as SQLite's session extension does, {with_clash} of them with clashes")


if __name__ == "__main__":
    main()
