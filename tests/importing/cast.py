"""Cedar Dental's book as texts, and short ways to bring a book in and to look at what came of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.transaction import Database, Role
from renewals.importing import Book, BookImport, Rejected, Sheet

NOW = datetime(2026, 8, 5, 9, 0, tzinfo=UTC)

CEDAR = {
    "accounts": """\
external_id,name,currency,country,timezone,locale,health_score,owner_email
cedar-dental,Cedar Dental,USD,US,America/Chicago,en,91,maya@lumen.example
""",
    "people": """\
account,email,name,title,roles,locale
,maya@lumen.example,Maya Iskandar,Customer success,csm,en
cedar-dental,ruth@cedar-dental.example,Ruth Calder,Practice manager,owner;buyer,en
""",
    "subscriptions": """\
external_id,account,plan,product,quantity,unit_price,starts_on,ends_on,notice_days,stage,owner_email,target_value
growth-1,cedar-dental,growth,growth,16,432.00,2024-09-04,2025-09-04,14,won,,
growth-1,cedar-dental,growth,growth,20,432.00,2025-09-04,2026-09-04,14,engaged,,9000
growth-1,cedar-dental,growth,insights,20,24.00,2025-09-04,2026-09-04,14,engaged,,9000
""",
    "value": """\
account,subscription,external_id,metric,label_en,label_ms,amount,unit,currency,source,assumption,measured_on
cedar-dental,growth-1,hours,hours_saved,Hours saved,Jam dijimatkan,312,hours,,Log,,2026-07-31
cedar-dental,growth-1,cost,hourly_cost,Cost of an hour,Kos sejam,45.00,money,USD,Ruth,,2026-03-03
""",
    "usage": """\
subscription,metric,month,amount
growth-1,active_users,2026-06,16
growth-1,active_users,2026-07,17
""",
}


class Importer:
    """Brings files, given as texts by their names, into a database."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.book = Book()

    def __call__(self, **files: str | bytes) -> BookImport:
        """Raises: Rejected."""
        self.book = Book.read(
            Sheet.csv(f"{name}.csv", BytesIO(content if isinstance(content, bytes) else content.encode()))
            for name, content in files.items()
        )
        with self.database.begin(Role.WORKER) as (session, _):
            return self.book.enter(session, by=None, at=NOW)

    @contextmanager
    def change(self) -> Iterator[Session]:
        """What people do between two imports."""
        with self.database.begin(Role.WORKER) as (session, _):
            yield session

    def refused(self, **files: str | bytes) -> list[str]:
        """The report, one line for each fault."""
        with pytest.raises(Rejected) as caught:
            self(**files)
        return [str(rejection) for rejection in caught.value.rejections]


class Shelf:
    """Looks into a database."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @contextmanager
    def session(self) -> Iterator[Session]:
        with self.database.begin(Role.WORKER, read_only=True) as (session, _):
            yield session

    def __call__(self, sql: str) -> list[tuple[Any, ...]]:
        with self.session() as session:
            return [tuple(row) for row in session.execute(text(sql))]
