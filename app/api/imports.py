"""Imports: the book of business going in over the API, by the same importer as the files, whole or not at all."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from app.api.door import Call, Door, Told
from app.api.once import once
from app.api.problem import NotJson
from app.api.told import Imported
from renewals.importing import Book, Rejected, Rejection, Sheet
from renewals.importing.kind import KINDS, by_name
from renewals.permission import Permission

PATH = "/api/v1/imports"


def bring_in(call: Call) -> Told:
    call.only()
    return once(call, _bring_in)


def _bring_in(call: Call) -> Told:
    """Raises: NotJson, Rejected with every row at fault, NotNow."""
    book = Book.read(_sheets(_read(call.asked.body)))
    run = book.enter(call.session, by=call.person, at=call.now.business)
    call.session.flush()  # the database has its say before the answer is written
    return Told.of(Imported.of(run, book.warnings), status=201)


def _read(body: bytes) -> Mapping[str, Any]:
    try:
        said = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as no:
        raise NotJson(f"The body is no JSON: {no}.") from None
    if not isinstance(said, dict):
        raise NotJson("The body is an object with lists of rows, such as {\"accounts\": [...]}.")
    return said


def _sheets(said: Mapping[str, Any]) -> list[Sheet]:
    """Raises: Rejected for what is no list of rows; an empty list brings nothing and is left out."""
    wrong = [fault for name, rows in said.items() for fault in _faults(name, rows)]
    if wrong:
        raise Rejected(wrong)
    return [Sheet.of(by_name(name), rows, name) for name, rows in said.items() if rows]


def _faults(name: str, rows: object) -> list[Rejection]:
    if name not in {kind.name for kind in KINDS}:
        return [Rejection(name, 0, "", f"is none of {', '.join(kind.name for kind in KINDS)}")]
    if not isinstance(rows, Sequence) or isinstance(rows, str):
        return [Rejection(name, 0, "", "is no list of rows")]
    return [
        Rejection(name, place, "", "is no object of columns")
        for place, row in enumerate(rows, 1)
        if not isinstance(row, dict)
    ]


DOORS = (
    Door(
        "POST", PATH, bring_in, Permission.IMPORT_BOOK,
        {
            "operationId": "importBook", "status": 201, "answer": Imported, "body": "Book",
            "summary": "Bring rows in, all or none, by your own ids; the same rows again change nothing",
        },
    ),
)
