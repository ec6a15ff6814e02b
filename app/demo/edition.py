"""Edition: the demo's book as it was on a day, so that a whole road can be walked; whole, or only what has a story."""

import csv
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from app.demo.time import FIRST_DAY

CAST = ("cedar-dental", "pelangi-cafe", "juno-studio", "northwind-freight", "halden-bank", "orbit-labs")
"""The companies that have a story of their own."""
Row = dict[str, str]


def edition(book: Sequence[Path], folder: Path, *, day: date, small: bool) -> Sequence[Path]:
    """The files to bring in. What runs only from a later day is not there yet, and nothing has been worked on;
    figures of later days come in with the rest and are shown when their day comes."""
    if day >= FIRST_DAY and not small:
        return book
    folder.mkdir(parents=True, exist_ok=True)
    for path in book:
        rows = _rows(path)
        kept = [row for row in rows if not small or _has_a_story(row)]
        _write(folder / path.name, rows, AS_IT_WAS.get(path.name, _as_it_is)(kept, day))
    return [folder / path.name for path in book]


def _has_a_story(row: Row) -> bool:
    """The company itself, what belongs to it, and the staff, who belong to none."""
    whose = row["account"] if "account" in row else row.get("subscription") or row.get("external_id", "")
    return not whose or whose.startswith(CAST)


def _known(rows: Sequence[Row], day: date) -> list[Row]:
    """The terms that had begun, the latest of each subscription with its renewal still ahead."""
    if day >= FIRST_DAY:
        return list(rows)
    begun = [row for row in rows if date.fromisoformat(row["starts_on"]) <= day]
    latest = {row["external_id"]: row["starts_on"] for row in sorted(begun, key=lambda row: row["starts_on"])}
    return [
        row | {"stage": "planned", "target_value": ""}
        if row["starts_on"] == latest[row["external_id"]] and date.fromisoformat(row["ends_on"]) > day else row
        for row in begun
    ]


def _met(rows: Sequence[Row], day: date) -> list[Row]:
    """Nobody was spoken with on a day that had not come."""
    return [row | {"last_contact_on": ""} if row["last_contact_on"] > day.isoformat() else row for row in rows]


def _as_it_is(rows: Sequence[Row], day: date) -> list[Row]:
    return list(rows)


AS_IT_WAS = {"subscriptions.csv": _known, "people.csv": _met}


def _rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _write(path: Path, rows: Sequence[Row], kept: Sequence[Row]) -> None:
    """With the heads of the whole file, also when no row is kept."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(kept)
