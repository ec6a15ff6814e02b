"""Feed: a private address under which somebody's calendar reads the dates of their renewals.

The address is a keyed hash of the row's own key: nothing in the row opens it, and revoking the row ends it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, Select, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from renewals.account import Account
from renewals.base import Record, new_key, session_of
from renewals.errors import Malformed, NotFound, NotNow
from renewals.event import Event, EventName
from renewals.permission import Permission
from renewals.person import Person

MOST = 10
"""Addresses that one person has at a time."""
NOTED_EVERY = timedelta(hours=1)
"""How exactly the last reading is kept."""


class FeedScope(StrEnum):
    """What is in it: what one is concerned with oneself, or what the whole staff is."""

    OWN = "own"
    TEAM = "team"


@dataclass(frozen=True, slots=True)
class Holder:
    """For whom a feed is read."""

    feed_id: UUID
    person: Person
    account: Account | None
    scope: FeedScope
    locale: str
    read_at: datetime | None


class Feed(Record):
    """`account_id` is None for the staff. Units: business time, as people read it."""

    __tablename__ = "feed"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "person_id"], ["person.account_id", "person.id"]),
        Index("ix_feed_person", "person_id"),
    )

    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    scope: Mapped[FeedScope]
    locale: Mapped[str]
    made_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    @classmethod
    def make(cls, session: Session, scope: str, locale: str, *, by: Person, at: datetime) -> Self:
        """One more address of `by`'s own. Raises: NotYours, NotNow, Malformed."""
        by.must(Permission.VIEW)
        if scope not in ([FeedScope.OWN, FeedScope.TEAM] if by.is_staff else [FeedScope.OWN]):
            raise Malformed("Choose what the calendar shows.", "scope")
        by.one_at_a_time(session)
        if len(session.scalars(cls.of(by)).all()) >= MOST:
            raise NotNow(f"You have {MOST} calendar addresses. Take one back first.")
        feed = cls(
            id=new_key(), account_id=by.account_id, person_id=by.id, scope=FeedScope(scope), locale=locale,
            made_at=at,
        )
        session.add(feed)
        session.flush()  # the event names the row
        Event.record(session, EventName.FEED_MADE, feed, by=by, at=at, scope=scope)
        return feed

    def revoke(self, *, by: Person, at: datetime) -> None:
        """From now on the address opens nothing."""
        self.revoked_at = at
        Event.record(session_of(self), EventName.FEED_REVOKED, self, by=by, at=at)

    @classmethod
    def of(cls, person: Person) -> Select[Self]:
        """Those of one person that are still good, the oldest first."""
        return select(cls).where(cls.person_id == person.id, cls.revoked_at.is_(None)).order_by(cls.id)

    @classmethod
    def one_of(cls, session: Session, person: Person, key: UUID) -> Self:
        """Raises: NotFound, the same for an unknown one and for somebody else's."""
        found = session.scalars(cls.of(person).where(cls.id == key)).one_or_none()
        if found is None:
            raise NotFound
        return found

    @classmethod
    def holder(cls, session: Session, key: UUID) -> Holder | None:
        """Nobody when it was revoked or the person has left."""
        query = (
            select(cls, Person, Account).join(Person, Person.id == cls.person_id)
            .outerjoin(Account, Account.id == cls.account_id)
            .where(cls.id == key, cls.revoked_at.is_(None), Person.active)
        )
        row = session.execute(query).one_or_none()
        if row is None:
            return None
        feed, person, account = row
        return Holder(feed.id, person, account, feed.scope, feed.locale, feed.read_at)

    @classmethod
    def note_reading(cls, session: Session, key: UUID, *, at: datetime) -> None:
        """Programs look every few minutes; once an hour is enough to know that they do."""
        stale = or_(cls.read_at.is_(None), cls.read_at < at - NOTED_EVERY)
        session.execute(update(cls).where(cls.id == key, stale).values(read_at=at))
