"""BookImport: one run that brought rows in, and brought them in whole."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Integer
from sqlalchemy.orm import Mapped, mapped_column

from renewals.base import Record


class BookImport(Record):
    """One run that went in whole. Units: counts of rows; `counts` is `{kind: {new, changed, same}}`."""

    __tablename__ = "book_import"

    by_id: Mapped[UUID | None]
    at: Mapped[datetime]
    files: Mapped[list[str]]
    rows: Mapped[int] = mapped_column(Integer)
    counts: Mapped[dict[str, Any]]
