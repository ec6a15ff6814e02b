"""A whole company's book in one go."""

import csv
from collections.abc import Iterator
from io import StringIO

import pytest

from tests.importing.cast import Importer, Shelf

ACCOUNTS = "external_id,name,currency,country,timezone,owner_email"
PEOPLE = "account,email,name,roles"
SUBSCRIPTIONS = "external_id,account,plan,product,quantity,unit_price,starts_on,ends_on,stage"
VALUE = "account,subscription,external_id,metric,label_en,amount,unit,source,measured_on"
USAGE = "subscription,metric,month,amount"
MONTHS = [f"{year}-{month:02}" for year in (2025, 2026) for month in range(1, 13)][7:19]


def written(header: str, rows: Iterator[tuple[object, ...]]) -> str:
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(header.split(","))
    writer.writerows(rows)
    return text.getvalue()


def many(companies: int) -> dict[str, str]:
    """A term and its past, two people, a figure and 24 rows of usage for each company."""
    every = range(companies)
    people = [
        (f"c{n}", f"{who}@c{n}.example", who.title(), role)
        for n in every for who, role in (("olga", "owner"), ("vera", "viewer"))
    ]
    accounts = ((f"c{n}", f"Company {n}", "USD", "US", "America/Chicago", "maya@lumen.example") for n in every)
    terms = (
        (f"s{n}", f"c{n}", "growth", "growth", 5 + n % 15, "432.00", f"{year}-03-01", f"{year + 1}-03-01", stage)
        for n in every for year, stage in ((2025, "won"), (2026, ""))
    )
    value = ((f"c{n}", f"s{n}", "1", "hours_saved", "Hours", n, "hours", "Log", "2026-07-31") for n in every)
    usage = (
        (f"s{n}", metric, month, n)
        for n in every for metric in ("active_users", "hours_saved") for month in MONTHS
    )
    return {
        "accounts": written(ACCOUNTS, accounts),
        "people": written(PEOPLE, iter([("", "maya@lumen.example", "Maya", "csm"), *people])),
        "subscriptions": written(SUBSCRIPTIONS, terms),
        "value": written(VALUE, value),
        "usage": written(USAGE, usage),
    }


def test_a_thousand_companies_go_in_together(bring: Importer, look: Shelf) -> None:
    run = bring(**many(1_000))

    assert run.rows == 1_000 * (1 + 2 + 2 + 1 + 24) + 1
    assert look("SELECT state, count(*) FROM renewal GROUP BY state ORDER BY state") == [
        ("planned", 1_000), ("won", 1_000),
    ]
    assert look("SELECT count(*), min(amount), max(amount) FROM usage") == [(24_000, 0, 999)]


@pytest.mark.long
def test_ten_thousand_companies_go_in_together(bring: Importer, look: Shelf) -> None:
    run = bring(**many(10_000))

    assert run.counts["usage"] == {"new": 240_000, "changed": 0}
    assert look("SELECT count(*) FROM account") == [(10_000,)]
