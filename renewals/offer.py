"""Offer: one exact, priced, dated content; Approval: leave for exactly that content."""

from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from dateutil.relativedelta import relativedelta
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    UniqueConstraint,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from pricing.money import Money
from pricing.trace import Step
from renewals.base import Owned, new_key, tenant
from renewals.event import Event, EventName
from renewals.person import Person
from renewals.renewal import Renewal


class Priced(Protocol):
    """What can be offered: an option of the ladder, or a version of a quote."""

    @property
    def content(self) -> dict[str, Any]: ...
    @property
    def content_hash(self) -> str: ...
    @property
    def due_now(self) -> Money: ...
    @property
    def trace(self) -> Step: ...
    @property
    def starts_on(self) -> date: ...
    @property
    def ends_on(self) -> date: ...
    @property
    def months(self) -> int: ...


class Offer(Owned):
    """Immutable, held by a trigger. Everything that was shown can be made again from `content`.

    A version of a quote has its `number`, counted from 1, who wrote it, on either side, and what the discount matrix
    was `asked`; of the `needs` found then every one must be granted before the database takes an approval.
    Units: `due_minor` is what the first instalment asks, in minor units of `currency`.
    """

    __tablename__ = "offer"
    __table_args__ = (
        *tenant("renewal_id", "subscription_id", "quote_id"),
        UniqueConstraint("account_id", "id", "content_hash"),
        Index("uq_offer_quote_number", "quote_id", "number", unique=True),
        CheckConstraint("(quote_id IS NULL) = (number IS NULL)", name="version_has_number"),
        CheckConstraint("starts_on < ends_on", name="in_order"),
    )

    renewal_id: Mapped[UUID]
    subscription_id: Mapped[UUID]
    tier: Mapped[str]
    content: Mapped[dict[str, Any]]
    content_hash: Mapped[str]
    policies: Mapped[list[str]]
    currency: Mapped[str]
    due_minor: Mapped[int] = mapped_column(BigInteger)
    months: Mapped[int] = mapped_column(Integer)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    made_at: Mapped[datetime]
    quote_id: Mapped[UUID | None]
    number: Mapped[int | None] = mapped_column(Integer)
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    needs: Mapped[int] = mapped_column(Integer, default=0)
    asked: Mapped[dict[str, Any]] = mapped_column(default=dict)
    note: Mapped[str] = mapped_column(default="")

    author: Mapped[Person | None] = relationship(foreign_keys=[author_id], viewonly=True)

    @property
    def due_now(self) -> Money:
        return Money(self.due_minor, self.currency)

    @property
    def years(self) -> list[Money]:
        """What each contract year costs, first to last."""
        return [Money(minor, self.currency) for minor in self.content["years"]]

    @property
    def instalments(self) -> list[tuple[date, Money]]:
        """What is due when."""
        if agreed := self.content.get("instalments"):
            return [(date.fromisoformat(one["due_on"]), Money(one["amount"], self.currency)) for one in agreed]
        return [(self.starts_on + relativedelta(years=number), year) for number, year in enumerate(self.years)]

    @property
    def asked_on(self) -> list[date]:
        """The first of the days that each instalment is for, in the order of `instalments`."""
        if agreed := self.content.get("instalments"):
            return [date.fromisoformat(one["on"]) for one in agreed]
        return [self.starts_on + relativedelta(years=number) for number in range(len(self.years))]

    @property
    def sign_by(self) -> date | None:
        """The last day on which it can be accepted at a price that is for signing early; None for any other."""
        deal = self.content.get("deal", {})
        early = deal["sign_by"] if "sign_by" in deal.get("levers", ()) else None
        return date.fromisoformat(early) if early else None

    @classmethod
    def of(cls, renewal: Renewal, option: Priced, tier: str, *, at: datetime) -> "Offer":
        """What is priced for a renewal now."""
        return cls(
            id=new_key(), account_id=renewal.account_id, renewal_id=renewal.id,
            subscription_id=renewal.subscription_id, tier=tier, content=option.content,
            content_hash=option.content_hash, policies=[option.trace.policy], currency=option.due_now.currency,
            due_minor=option.due_now.minor, months=option.months, starts_on=option.starts_on, ends_on=option.ends_on,
            made_at=at,
        )


class Approval(Owned):
    """Leave for one content hash, by a person or by the policy's own floor."""

    __tablename__ = "approval"
    __table_args__ = (
        *tenant("offer_id"),
        UniqueConstraint("account_id", "id", "content_hash"),
        ForeignKeyConstraint(
            ["account_id", "offer_id", "content_hash"], ["offer.account_id", "offer.id", "offer.content_hash"]
        ),
    )

    offer_id: Mapped[UUID]
    content_hash: Mapped[str]
    authority: Mapped[str]
    granted_by: Mapped[UUID | None]
    granted_at: Mapped[datetime]

    @classmethod
    def by_policy(cls, session: Session, offer: Offer, authority: str, *, at: datetime) -> "Approval":
        """Inside the policy's floor the policy itself approves, and that is recorded like any other."""
        return cls.grant(session, offer, authority, by=None, at=at)

    @classmethod
    def grant(
        cls, session: Session, offer: Offer, authority: str, *, by: Person | None, at: datetime
    ) -> "Approval":
        """Leave for exactly this content. The database refuses while something that it needs is not granted."""
        approval = cls(
            account_id=offer.account_id, offer_id=offer.id, content_hash=offer.content_hash, authority=authority,
            granted_by=by.id if by else None, granted_at=at,
        )
        session.add(approval)
        session.flush()  # refused here, or not at all
        Event.record(
            session, EventName.OFFER_APPROVED, offer, by=by, at=at, authority=authority,
            content_hash=offer.content_hash,
        )
        return approval

    @classmethod
    def of(cls, session: Session, offer: Offer) -> "Approval | None":
        """Of exactly this version."""
        query = select(cls).where(cls.offer_id == offer.id, cls.content_hash == offer.content_hash)
        return session.scalars(query.order_by(cls.id).limit(1)).first()
