#!/usr/bin/env python3
"""Counts a made year of dossiers on its own and compares it with the kiosk's figures.

usage: kiosk-lab year figures --file sync-fixtures/year/dossiers.csv | sync-fixtures/year/count.py

Standard library only. It shares nothing with the kiosk but the data, the catalogue's time limits and the table of holidays.
"""
import csv
import datetime as dt
import json
import pathlib
import re
import statistics
import sys

HERE = pathlib.Path(__file__).resolve().parent
CONFIG = HERE.parent.parent / "kiosk-config"
ZONE = dt.timezone(dt.timedelta(hours=7))
OVER = {"resolved", "returned", "refused", "withdrawn"}


def calendar():
    text = re.sub(r"^\s*//.*$", "", (CONFIG / "holidays.json").read_text(encoding="utf-8"), flags=re.M)
    days = json.loads(text)["days"]
    return {d["day"] for d in days if not d.get("works")}, {d["day"] for d in days if d.get("works")}


HOLIDAYS, WORKED = calendar()


def works(day):
    return day.isoformat() in WORKED if day.weekday() >= 5 else day.isoformat() not in HOLIDAYS


def limits():
    """Working days by procedure, as the law of the catalogue's day has them."""
    catalogue = json.loads((CONFIG / "catalogue" / "catalogue.json").read_text(encoding="utf-8"))
    day = catalogue["asOf"] if catalogue["asOf"] != "today" else dt.date.today().isoformat()
    found = {}
    for procedure in catalogue["procedures"]:
        edition = [e for e in expand(procedure["editions"], catalogue) if e["from"] <= day <= e.get("until", day)][-1:]
        found[procedure["code"]] = edition[0]["deadline"].get("days") if edition else None
    return found


def expand(items, catalogue):
    """In a list {"use": "name", …} stands for the elements of a block, with its other members set over theirs."""
    done = []
    for item in items:
        if "use" not in item:
            done.append(item)
            continue
        over = {k: v for k, v in item.items() if k not in ("use", "at")}
        done += [{**element, **over} for element in expand(catalogue["blocks"][item["use"]], catalogue)]
    return done


def local(seconds):
    return dt.datetime.fromtimestamp(int(seconds), ZONE)


def load():
    with open(HERE / "dossiers.csv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            row["steps"] = [(s.split("@")[0], int(s.split("@")[1])) for s in row["history"].split()]
            yield row


def months_of(period):
    year, _, part = period.partition("-")
    spans = {"": (1, 12), "9M": (1, 9), "H1": (1, 6), "H2": (7, 12)}
    spans.update({f"Q{q}": (3 * q - 2, 3 * q) for q in range(1, 5)})
    spans.update({f"{m:02}": (m, m) for m in range(1, 13)})
    return int(year), *spans[part]


def bounds(period):
    year, first, last = months_of(period)
    begin = dt.datetime(year - 1, 12, 15, tzinfo=ZONE) if first == 1 else dt.datetime(year, first - 1, 15, tzinfo=ZONE)
    return begin.timestamp(), dt.datetime(year, last, 15, tzinfo=ZONE).timestamp()


def due_day(row, received, days):
    if row["due"]:
        return local(row["due"]).date()
    if days is None:
        return None
    day = local(received).date()
    while days:
        day += dt.timedelta(days=1)
        days -= works(day)
    return day


def count(rows, period, limit):
    begin, end = bounds(period)
    last_day = (dt.datetime.fromtimestamp(end, ZONE) - dt.timedelta(days=1)).date()
    table, reasons, waits = {}, {}, []
    kiosk = {"sealed": 0, "uploaded": 0, "waiting": 0, "failed": 0, "lateStays": 0}
    for row in rows:
        c = table.setdefault(row["procedure"], dict.fromkeys(
            ["carriedOver", "received", "settled", "early", "onTime", "late", "resolved", "refused", "withdrawn", "pending",
             "overdue", "acceptedAtOnce", "supplements"], 0))
        sealed, captured = int(row["sealed"]), int(row["captured"])
        uploaded = int(row["uploaded"]) if row["uploaded"] else None
        received = next((t for s, t in row["steps"] if s == "received"), None)
        settled = next(((s, t) for s, t in row["steps"] if s in OVER), None)
        returns = [(s, t) for s, t in row["steps"] if s.startswith("rejected:") or s in ("supplement-required", "refused")]
        for s, t in returns:
            if begin <= t < end:
                code = s.removeprefix("rejected:")
                reasons[code] = reasons.get(code, 0) + 1
                c["supplements"] += code == "supplement-required"
        kiosk["sealed"] += begin <= sealed < end
        if uploaded is not None and begin <= uploaded < end:
            kiosk["uploaded"] += 1
            waits.append((uploaded - captured) // 60)
        if sealed < end and (uploaded is None or uploaded >= end):
            kiosk["waiting"] += 1
            kiosk["failed"] += any(t < end for _, t in returns)
        if row["sendBy"] and begin <= int(row["sendBy"]) < end:
            kiosk["lateStays"] += received is None or received > int(row["sendBy"])
        if received is None or received >= end:
            continue
        due = due_day(row, received, limit.get(row["procedure"]))
        if received >= begin:
            c["received"] += 1
            c["acceptedAtOnce"] += not any(t < end for _, t in returns)
        elif settled is None or settled[1] >= begin:
            c["carriedOver"] += 1
        if settled is None or settled[1] >= end:
            c["pending"] += 1
            c["overdue"] += due is not None and due < last_day
        elif settled[1] >= begin:
            c["settled"] += 1
            c["resolved" if settled[0] in ("resolved", "returned") else settled[0]] += 1
            day = local(settled[1]).date()
            c["onTime" if due is None or day == due else "early" if day < due else "late"] += 1
    if waits:
        kiosk["medianWaitMinutes"] = int(statistics.median(waits))
    return table, reasons, kiosk


def main():
    rows, limit, wrong, seen = list(load()), limits(), 0, []
    for line in sys.stdin:
        figures = json.loads(line)
        period = figures["period"]
        seen.append(period)
        table, reasons, kiosk = count(rows, period, limit)
        theirs = {p["code"]: p["counts"] for p in figures["procedures"] if any(p["counts"].values())}
        ours = {code: counts for code, counts in table.items() if any(counts.values())}
        for what, a, b in [("procedures", ours, theirs), ("reasons", reasons, {r["code"]: r["count"] for r in figures["reasons"]}),
                           ("kiosk", kiosk, figures["kiosk"])]:
            if a != b:
                wrong += 1
                print(f"{period}: {what} differ\n  counted here: {a}\n  the kiosk:    {b}", file=sys.stderr)
    wanted = {"2026", *(f"2026-Q{q}" for q in range(1, 5)), *(f"2026-{m:02}" for m in range(1, 13))}
    if wanted - set(seen):
        sys.exit(f"no figures of {sorted(wanted - set(seen))}")
    if wrong:
        sys.exit(1)
    print(f"{len(rows)} dossiers, {len(seen)} periods: every figure is the same")


if __name__ == "__main__":
    main()
