"""Staging: the rows of a sheet in a temporary table of the transaction, read and checked on the way."""

import re
from collections.abc import Iterator
from typing import Any

from psycopg import Cursor
from sqlalchemy import text
from sqlalchemy.orm import Session

from renewals.base import new_key
from renewals.errors import Malformed
from renewals.importing import rule
from renewals.importing.kind import KINDS, SUBSCRIPTIONS, Column, Kind
from renewals.importing.rejection import Rejection, Warned
from renewals.importing.rule import RULES, Fault, Known, Values
from renewals.importing.sheet import Row, Sheet, Unreadable

_CONTROL = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


class Staging:
    """`rows` counts what was staged by kind, `unread` names rows that could not be read, by file and line;
    `whole` is False when a sheet could not be read to its end.
    """

    def __init__(self, session: Session, known: Known) -> None:
        self.session = session
        self.known = known
        self.rows: dict[str, int] = {}
        self.faults: list[Rejection] = []
        self.warnings: list[Warned] = []
        self.unread: set[tuple[str, int]] = set()
        self.whole = True
        for kind in KINDS:
            session.execute(text(f"DROP TABLE IF EXISTS pg_temp.{kind.staged}"))
            session.execute(text(_table(kind)))

    def take(self, sheet: Sheet, kind: Kind) -> None:
        """Every row goes in, those at fault with gaps: a reference to them is then no second fault."""
        self.rows[kind.name] = 0
        with _cursor(self.session) as cursor, cursor.copy(_copy(kind)) as copy:
            try:
                for row in sheet.rows:
                    copy.write_row(self._staged(row, sheet, kind))
            except Unreadable as problem:
                self.whole = False
                self.faults.append(Rejection(sheet.name, problem.line, "", str(problem)))
        if not self.rows[kind.name] and self.whole:
            self.faults.append(Rejection(sheet.name, 1, "", "has a header and no rows below it"))
        self.session.execute(text(f"ANALYZE {kind.staged}"))

    def _staged(self, row: Row, sheet: Sheet, kind: Kind) -> list[Any]:
        self.rows[kind.name] += 1
        cells = dict(zip(sheet.header, row.cells, strict=True))
        values, faults = self._values(cells, kind)
        if row.problem:
            self.unread.add((sheet.name, row.line))
            self.faults.append(Rejection(sheet.name, row.line, "", row.problem))
        else:
            self.faults += [Rejection(sheet.name, row.line, column, reason) for column, reason in faults]
        if kind is SUBSCRIPTIONS:
            self._look_at_end(values, row.line, sheet.name)
        return [row.line, *(new_key() for _ in kind.keys), *values.values()]

    def _values(self, cells: dict[str, str], kind: Kind) -> tuple[Values, list[Fault]]:
        values: Values = {}
        faults: list[Fault] = []
        for column in kind.columns:
            try:
                values[column.name] = _value(cells.get(column.name, ""), column)
            except Malformed as problem:
                values[column.name] = None
                faults.append((column.name, str(problem)))
        if check := RULES.get(kind):
            faults += check(values, self.known)
        return values, faults

    def _look_at_end(self, values: Values, line: int, name: str) -> None:
        starts, ends = values["starts_on"], values["ends_on"]
        if starts and ends and rule.looks_inclusive(starts, ends):
            reason = f"{ends} looks like the last covered day; write the first day that is not covered"
            self.warnings.append(Warned(name, line, "ends_on", reason))


def _value(text: str, column: Column) -> Any:
    """Raises: Malformed."""
    if not text:
        if column.required:
            raise Malformed("is empty")
        return column.default
    if found := _CONTROL.search(text):
        raise Malformed(f"holds a character no text has: U+{ord(found[0]):04X}")
    return column.read(text)


def _fields(kind: Kind) -> Iterator[tuple[str, str]]:
    yield "line", "integer"
    yield from ((key, "uuid") for key in kind.keys)
    yield from ((column.name, column.sql) for column in kind.columns)
    yield from kind.derived


def _table(kind: Kind) -> str:
    fields = ", ".join(f"{name} {sql}" for name, sql in _fields(kind))
    return f"CREATE TEMPORARY TABLE {kind.staged} ({fields}) ON COMMIT DROP"


def _copy(kind: Kind) -> str:
    return f"COPY {kind.staged} ({', '.join(name for name, _ in _fields(kind))}) FROM STDIN"


def _cursor(session: Session) -> Cursor[Any]:
    """The transaction's own connection, as psycopg knows it."""
    connection = session.connection().connection.driver_connection
    assert connection is not None
    cursor: Cursor[Any] = connection.cursor()
    return cursor
