"""Offer: one exact, priced, dated content; Approval: leave for exactly that content."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, Session, mapped_column

from pricing.money import Money
from pricing.option import Option
from renewals.base import Owned, new_key, tenant
from renewals.event import Event, EventName
from renewals.renewal import Renewal


class Offer(Owned):
    """Immutable, held by a trigger. Everything that was shown can be made again from `content`.

    Units: `due_minor` is what the first instalment asks, in minor units of `currency`.
    """

    __tablename__ = "offer"
    __table_args__ = (
        *tenant("renewal_id", "subscription_id"),
        UniqueConstraint("account_id", "id", "content_hash"),
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

    @property
    def due_now(self) -> Money:
        return Money(self.due_minor, self.currency)

    @property
    def years(self) -> list[Money]:
        """What each contract year costs, first to last."""
        return [Money(minor, self.currency) for minor in self.content["years"]]

    @classmethod
    def of(cls, renewal: Renewal, option: Option, *, at: datetime) -> "Offer":
        """An option of a renewal as it is priced now."""
        return cls(
            id=new_key(), account_id=renewal.account_id, renewal_id=renewal.id,
            subscription_id=renewal.subscription_id, tier=option.tier.value, content=option.content,
            content_hash=option.content_hash, policies=[option.trace.policy], currency=option.due_now.currency,
            due_minor=option.due_now.minor, months=option.months, starts_on=option.starts_on, ends_on=option.ends_on,
            made_at=at,
        )


class Approval(Owned):
    """Leave for one content hash, by a person or by the policy's own floor."""

    __tablename__ = "approval"
    __table_args__ = (*tenant("offer_id"), UniqueConstraint("account_id", "id", "content_hash"))

    offer_id: Mapped[UUID]
    content_hash: Mapped[str]
    authority: Mapped[str]
    granted_by: Mapped[UUID | None]
    granted_at: Mapped[datetime]

    @classmethod
    def by_policy(cls, session: Session, offer: Offer, authority: str, *, at: datetime) -> "Approval":
        """Inside the policy's floor the policy itself approves, and that is recorded like any other."""
        approval = cls(
            account_id=offer.account_id, offer_id=offer.id, content_hash=offer.content_hash, authority=authority,
            granted_by=None, granted_at=at,
        )
        session.add(approval)
        Event.record(
            session, EventName.OFFER_APPROVED, offer, by=None, at=at, authority=authority,
            content_hash=offer.content_hash,
        )
        return approval
