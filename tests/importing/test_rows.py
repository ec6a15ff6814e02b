"""Rows of the API go the way of the files."""

import csv
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest

from app.transaction import Role
from renewals.importing import Book, BookImport, Rejected, Sheet
from renewals.importing.kind import by_name
from tests.importing.cast import NOW, Importer, Shelf

Rows = list[dict[str, Any]]


@pytest.fixture
def post(bring: Importer) -> Callable[..., BookImport]:
    """Brings rows by the names of their kinds."""

    def enter(**rows: Rows) -> BookImport:
        book = Book.read(Sheet.of(by_name(name), found) for name, found in rows.items())
        with bring.database.begin(Role.WORKER) as (session, _):
            return book.enter(session, by=None, at=NOW)

    return enter


@pytest.fixture
def rows(cedar: dict[str, str]) -> dict[str, Rows]:
    return {name: list(csv.DictReader(StringIO(text))) for name, text in cedar.items()}


def test_rows_go_in_like_files(post: Callable[..., BookImport], rows: dict[str, Rows], look: Shelf) -> None:
    run = post(**rows)

    assert (run.rows, run.files) == (10, ["accounts", "people", "subscriptions", "value", "usage"])
    assert look("SELECT count(*) FROM renewal") == [(2,)]


def test_numbers_truth_and_nothing_are_read(
    post: Callable[..., BookImport], rows: dict[str, Rows], look: Shelf
) -> None:
    rows["accounts"][0] |= {"health_score": 91, "strategic": True, "stable_business": None, "industry": "Dental care"}

    post(**rows)

    assert look("SELECT health_score, strategic, stable_business, industry FROM account") == [
        (91, True, None, "Dental care")
    ]


def test_a_float_is_not_taken_for_an_amount(post: Callable[..., BookImport], rows: dict[str, Rows]) -> None:
    rows["subscriptions"][0]["unit_price"] = 432.1

    with pytest.raises(Rejected) as caught:
        post(**rows)

    assert "subscriptions: 1: unit_price must be a text or a whole number, not float" in map(
        str, caught.value.rejections
    )


def test_a_rows_line_is_its_place(post: Callable[..., BookImport], rows: dict[str, Rows]) -> None:
    rows["usage"][1]["amount"] = -17

    with pytest.raises(Rejected) as caught:
        post(**rows)

    assert [str(one) for one in caught.value.rejections] == [
        "usage: 2: amount: -17 is not between 0 and 9000000000000000"
    ]


def test_half_a_character_is_refused(post: Callable[..., BookImport], rows: dict[str, Rows]) -> None:
    rows["accounts"][0]["name"] = "Cedar \ud800"

    with pytest.raises(Rejected) as caught:
        post(**rows)

    assert [str(one) for one in caught.value.rejections] == [
        "accounts: 1: name: holds a character no text has: U+D800"
    ]


def test_no_rows_are_no_import(post: Callable[..., BookImport]) -> None:
    with pytest.raises(Rejected):
        post(usage=[])
