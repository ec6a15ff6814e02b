"""Snooze: a reader's wish to hear nothing about a renewal for a while."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Select, select
from sqlalchemy.orm import Mapped, Session

from renewals.base import Owned, session_of, tenant
from renewals.errors import Malformed
from renewals.event import Event, EventName
from renewals.person import Person
from renewals.renewal import Renewal

LENGTHS = (14, 30)
"""Days that somebody may choose. Ours; no playbook speaks of it."""


class Snooze(Owned):
    """Holds back renewal messages to one person; legal notices, receipts and what concerns security still come.

    The database holds that one at a time is not taken back.

    Units: `begins_at` and `ends_at` are business time.
    """

    __tablename__ = "snooze"
    __table_args__ = (
        *tenant("person_id", "renewal_id"),
        Index("uq_snooze_one", "person_id", unique=True, postgresql_where="ended_at IS NULL"),
        CheckConstraint("begins_at < ends_at", name="in_order"),
    )

    person_id: Mapped[UUID]
    renewal_id: Mapped[UUID]
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    @classmethod
    def begin(cls, session: Session, renewal: Renewal, days: int, *, by: Person, at: datetime) -> Self:
        """In place of the one before. Raises: Malformed for a length that is not offered."""
        if days not in LENGTHS:
            raise Malformed("Choose how long.", "days")
        by.one_at_a_time(session)
        if before := cls.standing(session, by):
            before.ended_at = at
            session.flush()  # one at a time: the old one first
        snooze = cls(
            account_id=renewal.account_id, person_id=by.id, renewal_id=renewal.id, begins_at=at,
            ends_at=at + timedelta(days=days),
        )
        session.add(snooze)
        session.flush()  # the event names the row
        Event.record(session, EventName.SNOOZE_BEGUN, snooze, by=by, at=at, days=days)
        return snooze

    def end(self, *, by: Person, at: datetime) -> None:
        """Write to me again; once is enough."""
        if self.ended_at is None:
            self.ended_at = at
            Event.record(session_of(self), EventName.SNOOZE_ENDED, self, by=by, at=at)

    def is_on(self, at: datetime) -> bool:
        return self.ended_at is None and at < self.ends_at

    @classmethod
    def standing(cls, session: Session, person: Person) -> Self | None:
        """The one that was not taken back, whether it has run out or not."""
        return session.scalars(select(cls).where(cls.person_id == person.id, cls.ended_at.is_(None))).one_or_none()

    @classmethod
    def sleepers(cls, people: Collection[UUID], at: datetime) -> Select[UUID]:
        """Who of these wants to hear nothing now."""
        return select(cls.person_id).where(cls.person_id.in_(people), cls.ended_at.is_(None), cls.ends_at > at)


def is_snoozed(session: Session, person: Person, at: datetime) -> bool:
    """Whether this person wants to hear nothing about a renewal now."""
    return bool(sleeping(session, [person.id], at))


def sleeping(session: Session, people: Collection[UUID], at: datetime) -> set[UUID]:
    """Who of these wants to hear nothing about a renewal now."""
    return set(session.scalars(Snooze.sleepers(people, at)))
