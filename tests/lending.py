"""Lending: an engine goes from one test's database to the next, so that a statement is compiled once in a run."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import URL, Dialect, Engine, event

from app.transaction import Database


class Loan:
    """One engine, and where its connections lead now."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.url: URL = engine.url
        event.listen(engine, "do_connect", self._lead)

    def _lead(self, dialect: Dialect, record: Any, arguments: Any, named: dict[str, Any]) -> None:
        named.update(dialect.create_connect_args(self.url)[1])


FREE: dict[int, list[Loan]] = defaultdict(list)
"""By how many connections an engine holds."""


@contextmanager
def lent(database: Database) -> Iterator[Database]:
    """The same database through an engine that others had before it; closed at the end."""
    free = FREE[database.engine.pool.size()]  # type: ignore[attr-defined]
    loan = free.pop() if free else Loan(database.engine)
    loan.url, database.engine = database.engine.url, loan.engine
    try:
        yield database
    finally:
        database.close()
        if not loan.engine.dispatch.before_cursor_execute:  # somebody listens in: theirs to keep
            free.append(loan)
