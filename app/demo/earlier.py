"""Earlier: the demo's book as it was on a day before its own first one, so that a whole road can be walked."""

import csv
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from app.demo.time import FIRST_DAY

TERMS = "subscriptions.csv"
Row = dict[str, str]


def book_on(day: date, book: Sequence[Path], folder: Path) -> Sequence[Path]:
    """The files to bring in. What runs only from a later day is not there yet, and nothing has been worked on;
    figures of later days come in with the rest and are shown when their day comes."""
    if day >= FIRST_DAY:
        return book
    terms = next(path for path in book if path.name == TERMS)
    with terms.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / TERMS).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(_known(rows, day))
    return [folder / TERMS if path == terms else path for path in book]


def _known(rows: Iterable[Row], day: date) -> list[Row]:
    """The terms that had begun, the latest of each subscription with its renewal still ahead."""
    begun = [row for row in rows if date.fromisoformat(row["starts_on"]) <= day]
    latest = {row["external_id"]: row["starts_on"] for row in sorted(begun, key=lambda row: row["starts_on"])}
    return [
        row | {"stage": "planned", "target_value": ""}
        if row["starts_on"] == latest[row["external_id"]] and date.fromisoformat(row["ends_on"]) > day else row
        for row in begun
    ]
