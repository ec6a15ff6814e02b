"""Whatever bytes come, the reader answers with rows or with a reason."""

from contextlib import suppress
from io import BytesIO
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from renewals.errors import Malformed
from renewals.importing import Rejected, Sheet
from renewals.importing.kind import KINDS, Column
from renewals.importing.sheet import Unreadable
from tests.importing.cast import CEDAR, Importer

COLUMNS = [column for kind in KINDS for column in kind.columns]
HEADERS = [",".join(kind.names).encode() + b"\n" for kind in KINDS]
PIECES = st.sampled_from([b",", b'"', b"\n", b"\r", b"\r\n", b"\0", b"'=", b"\xff", b"\xc3", b"9", b"-1"])
ALMOST = st.from_regex(r"-?[0-9]{1,20}(\.[0-9]{0,6})?|[0-9]{4}-[0-9]{2}(-[0-9]{2})?")
TEXT = st.text(st.characters(codec="utf-8", exclude_characters=[chr(code) for code in (*range(32), 127)]))


def read(content: bytes) -> int:
    """How many rows were read before the end, or before the file could not be read on."""
    sheet, count = Sheet.csv("book.csv", BytesIO(content)), 0
    with suppress(Unreadable):
        for row in sheet.rows:
            assert len(row.cells) == len(sheet.header)
            count += 1
    return count


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400) | st.builds(bytes.__add__, st.sampled_from(HEADERS), st.binary(max_size=400)))
@example(b"\xef\xbb\xbf")
@example(b'a,b\n"')
@example(b"a\r")
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    assert read(content) <= content.count(b"\n") + content.count(b"\r") + 1


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(TEXT, min_size=2, max_size=2), max_size=8))
def test_what_is_quoted_is_read_as_it_was_written(rows: list[list[str]]) -> None:
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    sheet = Sheet.csv("book.csv", BytesIO("\n".join(["month,amount", *quoted]).encode()))

    wanted = [[cell.strip() for cell in row] for row in rows if any(cell.strip() for cell in row)]
    assert [cell for row in sheet.rows for cell in row.cells] == [
        cell[1:] if cell[:2] in ("'=", "'+", "'-", "'@") else cell for row in wanted for cell in row
    ]


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.name)
@settings(max_examples=40, deadline=None)
@given(text=st.text(min_size=1, max_size=40) | ALMOST)
def test_any_cell_is_read_or_refused(column: Column, text: str) -> None:
    with suppress(Malformed):
        assert column.read(text) is not None


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.name)
def test_every_example_can_be_read(column: Column) -> None:
    assert column.read(column.example) is not None


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_book_goes_in_or_is_refused(bring: Importer, data: st.DataObject) -> None:
    book: dict[str, Any] = {name: text.encode() for name, text in CEDAR.items()}
    name = data.draw(st.sampled_from(sorted(book)))
    place = data.draw(st.integers(0, len(book[name])))
    gone = data.draw(st.integers(0, 12))
    book[name] = book[name][:place] + b"".join(data.draw(st.lists(PIECES, max_size=3))) + book[name][place + gone :]
    with suppress(Rejected):
        assert bring(**book).rows >= 8
