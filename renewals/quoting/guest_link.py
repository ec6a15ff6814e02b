"""GuestLink: a private address under which somebody without an account reads their part of one proposal.

The address is a keyed hash of the row's own key: nothing in the row opens it, and revoking the row ends it.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Integer, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from renewals.base import Owned, new_key, session_of, tenant
from renewals.errors import Malformed, NotNow
from renewals.event import Event, EventName
from renewals.permission import Permission
from renewals.person import Person
from renewals.quoting.proposal import Proposal
from renewals.quoting.quote import Quote

USUAL_DAYS, MOST_DAYS = 14, 30
"""For how long a link opens: unless its maker says otherwise, and at most."""
MOST_A_DAY = 20
"""Links that one company makes within a day."""
COUNTED = 7_205_341
"""The advisory lock under which a company's links are counted."""


class GuestRole(StrEnum):
    """For whose part of the decision it is; each reads only that part. Source: mission L11."""

    SPONSOR = "sponsor"
    FINANCE = "finance"
    LEGAL = "legal"
    SECURITY = "security"


class GuestLink(Owned):
    """It shows whatever version lies before the customer, and nothing can be done through it but reading.

    Units: `ends_on` is its last day where the customer is; the moments are business time, as people read them.
    `times_opened` counts presses of its button, `opened_number` is the version that was read last. Who read it, and
    from where, is never kept.
    """

    __tablename__ = "guest_link"
    __table_args__ = (
        *tenant("quote_id", "by_id>person"),
        Index("ix_guest_link_quote", "quote_id"),
        CheckConstraint("(times_opened = 0) = (first_opened_at IS NULL)", name="opened_at_some_time"),
    )

    quote_id: Mapped[UUID]
    by_id: Mapped[UUID]
    role: Mapped[GuestRole]
    made_at: Mapped[datetime]
    ends_on: Mapped[date]
    revoked_at: Mapped[datetime | None]
    times_opened: Mapped[int] = mapped_column(Integer, default=0)
    first_opened_at: Mapped[datetime | None]
    last_opened_at: Mapped[datetime | None]
    opened_number: Mapped[int | None] = mapped_column(Integer)

    by: Mapped[Person] = relationship(
        primaryjoin="GuestLink.by_id == Person.id", foreign_keys="GuestLink.by_id", viewonly=True, lazy="joined"
    )
    quote: Mapped[Quote] = relationship(
        primaryjoin="GuestLink.quote_id == Quote.id", foreign_keys="GuestLink.quote_id", viewonly=True
    )

    @classmethod
    def make(cls, quote: Quote, role: str, ends_on: date, *, by: Person, at: datetime) -> "GuestLink":
        """Raises: NotYours, NotNow, Malformed."""
        by.must(Permission.FORWARD)
        today = quote.renewal.account.today(at)
        if not quote.can_be_answered(today):
            raise NotNow("This proposal can not be accepted any more, so there is nothing to forward.")
        if role not in list(GuestRole):
            raise Malformed("Choose for whom it is.", "role")
        if not today <= ends_on <= last_day(quote, today):
            raise Malformed("Choose a day from today on, at most 30 days ahead and within the proposal.", "ends_on")
        cls._must_not_flood(quote, at)
        link = cls(
            id=new_key(), account_id=quote.account_id, quote_id=quote.id, by_id=by.id, role=GuestRole(role),
            made_at=at, ends_on=ends_on,
        )
        session = session_of(quote)
        session.add(link)
        session.flush()  # the event names the row
        Event.record(session, EventName.GUEST_LINK_MADE, link, by=by, at=at, quote=str(quote.id), role=role)
        return link

    @classmethod
    def _must_not_flood(cls, quote: Quote, at: datetime) -> None:
        """Raises: NotNow."""
        session = session_of(quote)
        session.execute(select(func.pg_advisory_xact_lock(COUNTED, func.hashtext(str(quote.account_id)))))
        since = at - timedelta(days=1)
        made = select(func.count()).where(cls.account_id == quote.account_id, cls.made_at > since)
        if (session.scalar(made) or 0) >= MOST_A_DAY:
            raise NotNow(f"Your company has made {MOST_A_DAY} links since yesterday. Make the rest tomorrow.")

    def revoke(self, *, by: Person, at: datetime) -> None:
        """From now on the address opens nothing; saying so twice changes nothing. Raises: NotYours."""
        by.must(Permission.FORWARD)
        if self.revoked_at is None:
            self.revoked_at = at
            Event.record(session_of(self), EventName.GUEST_LINK_REVOKED, self, by=by, at=at, role=self.role.value)

    def note_opening(self, *, at: datetime) -> None:
        """Somebody pressed its button. The link must be locked. The first reading of each version is an event."""
        number = Proposal.of(self.quote).number
        if number != self.opened_number:
            Event.record(
                session_of(self), EventName.GUEST_LINK_OPENED, self, by=None, at=at, quote=str(self.quote_id),
                role=self.role.value, version=number,
            )
        self.times_opened += 1
        self.first_opened_at = self.first_opened_at or at
        self.last_opened_at, self.opened_number = at, number

    def is_good(self, on: date) -> bool:
        """Whether it still opens: not taken back, not run out, and who made it could make it today."""
        return self.revoked_at is None and on <= self.ends_on and self.by.may(Permission.FORWARD)

    @classmethod
    def company_of(cls, session: Session, key: UUID) -> UUID | None:
        """Whose proposal a link leads to, for the door: to read it with that company's rights and no others."""
        return session.scalar(select(cls.account_id).where(cls.id == key))

    @classmethod
    def of_quote(cls, session: Session, quote_id: UUID) -> Sequence["GuestLink"]:
        """Newest first."""
        return session.scalars(select(cls).where(cls.quote_id == quote_id).order_by(cls.id.desc())).all()


def last_day(quote: Quote, today: date) -> date:
    """The last day on which a link made today may open."""
    most = today + timedelta(days=MOST_DAYS)
    return min(most, quote.valid_until) if quote.valid_until else most


def usual_last_day(quote: Quote, today: date) -> date:
    return min(today + timedelta(days=USUAL_DAYS), last_day(quote, today))
