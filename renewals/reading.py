"""Reading: what was said of a customer's health on one day, and by whom; the history of the score."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Integer, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from renewals.base import Owned, tenant

IMPORT = "import"
"""The source of a score that came in with a book."""
SOURCE = re.compile(r"[a-z0-9][a-z0-9_.-]{0,59}")


class HealthReading(Owned):
    """Append-only, held by a trigger. A later one about the same day corrects the earlier.

    Units: `score` 0 to 100, None when it is not known; `taken_on` is a day in the account's time zone, `at` the
    moment we heard of it. `by_id` is None when a book was brought in from the command line.
    """

    __tablename__ = "health_reading"
    __table_args__ = (
        *tenant(),
        Index("ix_health_reading_account", "account_id", "taken_on"),
        CheckConstraint("score BETWEEN 0 AND 100", name="score"),
    )

    score: Mapped[int | None] = mapped_column(Integer)
    taken_on: Mapped[date]
    source: Mapped[str]
    by_id: Mapped[UUID | None]
    at: Mapped[datetime]

    @classmethod
    def of_account(cls, session: Session, account_id: UUID) -> Sequence["HealthReading"]:
        """Day by day, and on one day as they came."""
        query = select(cls).where(cls.account_id == account_id)
        return session.scalars(query.order_by(cls.taken_on, cls.id)).all()
