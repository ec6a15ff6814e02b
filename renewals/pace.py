"""Pace: how fast the workers together may call an outside party; one row for each, the database keeps the time."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, Session

from renewals.base import Record

TAKE = text(
    "UPDATE pace SET next_at = greatest(next_at, clock_timestamp()) + make_interval(secs => 1.0 / :rate) "
    "WHERE party = :party "
    "RETURNING extract(epoch FROM next_at - clock_timestamp()) - 1.0 / :rate"
)


class Pace(Record):
    """A bucket that holds one token and is filled evenly. Units: `next_at` is the database's own time."""

    __tablename__ = "pace"
    __table_args__ = (Index("uq_pace_party", "party", unique=True),)

    party: Mapped[str]
    next_at: Mapped[datetime]

    @classmethod
    def take(cls, session: Session, party: str, rate: int) -> float:
        """The next free place in the row, ours from now on. The caller commits at once and waits.

        Units: `rate` in calls a second. Returns: seconds until it is our turn.
        """
        wait: float | None = session.execute(TAKE, {"party": party, "rate": rate}).scalar_one()
        return max(0.0, float(wait or 0))
