"""Offer: one exact, priced, dated content; Approval: leave for exactly that content; Acceptance: a yes to it."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from pricing.money import Money
from renewals.base import Owned, session_of, tenant
from renewals.event import Event, EventName
from renewals.lifecycle import Lifecycle
from renewals.person import Person


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


class AcceptanceState(StrEnum):
    """A yes stands until nothing was paid for it and another choice took its place."""

    STANDING = "standing"
    LAPSED = "lapsed"


class Acceptance(Lifecycle, Owned):
    """Who accepted which hash, with which words, when, and how we knew them.

    Both references carry the content hash: without an approval of the same hash the database refuses.
    """

    __tablename__ = "acceptance"
    __table_args__ = (
        *tenant("renewal_id", "person_id"),
        ForeignKeyConstraint(
            ["account_id", "offer_id", "content_hash"], ["offer.account_id", "offer.id", "offer.content_hash"]
        ),
        ForeignKeyConstraint(
            ["account_id", "approval_id", "content_hash"],
            ["approval.account_id", "approval.id", "approval.content_hash"],
        ),
        Index("uq_acceptance_standing", "renewal_id", unique=True, postgresql_where="state = 'standing'"),
    )

    MOVES: ClassVar = {AcceptanceState.STANDING: frozenset({AcceptanceState.LAPSED})}

    renewal_id: Mapped[UUID]
    offer_id: Mapped[UUID]
    approval_id: Mapped[UUID]
    content_hash: Mapped[str]
    state: Mapped[AcceptanceState] = mapped_column(default=AcceptanceState.STANDING)
    person_id: Mapped[UUID]
    accepted_at: Mapped[datetime]
    terms_version: Mapped[str]
    terms_hash: Mapped[str]
    evidence: Mapped[dict[str, Any]]

    offer: Mapped[Offer] = relationship(
        primaryjoin="Acceptance.offer_id == Offer.id", foreign_keys="Acceptance.offer_id", viewonly=True
    )

    def says(self, content_hash: str, terms: str, person: Person) -> bool:
        """Whether it is the same person's yes to the same content and the same words."""
        return (self.content_hash, self.terms_version, self.person_id) == (content_hash, terms, person.id)

    def lapse(self, *, by: Person | None, at: datetime) -> None:
        """Nothing was paid for it; another choice may be made."""
        self._move(AcceptanceState.LAPSED, EventName.ACCEPTANCE_LAPSED, by=by, at=at)
        session_of(self).flush()  # one standing acceptance at a time: the old one first
