"""Review: one thing about one version that somebody with the authority must say yes to."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Integer, Select, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from renewals.base import Owned, new_key, session_of, tenant
from renewals.event import EventName
from renewals.lifecycle import Lifecycle
from renewals.offer import Offer
from renewals.person import Person
from renewals.quoting.quote import Quote


class ReviewState(StrEnum):
    """Where it stands."""

    WAITING = "waiting"
    """Somebody before them in the chain has not decided."""
    OPEN = "open"
    GRANTED = "granted"
    RETURNED = "returned"
    REFUSED = "refused"
    VOID = "void"
    """The content changed, or the quote ended, before it was decided."""


UNDECIDED = frozenset({ReviewState.WAITING, ReviewState.OPEN})


class Review(Lifecycle, Owned):
    """Bound to the content's hash: another version has reviews of its own.

    `roles` are those who may decide, `asked_of` a person who was named instead, `decided_for` whom the decider stood
    in for. Those of one `rank` are asked at once, the next rank after them. With an envelope nobody was asked.
    """

    __tablename__ = "review"
    __table_args__ = (
        *tenant("quote_id", "envelope_id"),
        ForeignKeyConstraint(
            ["account_id", "offer_id", "content_hash"], ["offer.account_id", "offer.id", "offer.content_hash"]
        ),
        Index("uq_review_axis", "offer_id", "axis", "rank", unique=True),
        Index("ix_review_open", "due_at", postgresql_where="state = 'open'"),
        CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", name="decided_by_somebody"),
        CheckConstraint("state NOT IN ('granted', 'returned', 'refused') OR decided_by IS NOT NULL", name="decided"),
    )

    MOVES: ClassVar = {
        ReviewState.WAITING: frozenset({ReviewState.OPEN, ReviewState.VOID}),
        ReviewState.OPEN: frozenset(
            {ReviewState.GRANTED, ReviewState.RETURNED, ReviewState.REFUSED, ReviewState.VOID}
        ),
    }

    quote_id: Mapped[UUID]
    offer_id: Mapped[UUID]
    content_hash: Mapped[str]
    axis: Mapped[str]
    roles: Mapped[list[str]]
    rank: Mapped[int] = mapped_column(Integer)
    says: Mapped[str]
    state: Mapped[ReviewState] = mapped_column(default=ReviewState.WAITING)
    asked_of: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    opened_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_for: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    envelope_id: Mapped[UUID | None]

    decider: Mapped[Person | None] = relationship(foreign_keys=[decided_by], lazy="joined", viewonly=True)
    named: Mapped[Person | None] = relationship(foreign_keys=[asked_of], lazy="joined", viewonly=True)
    offer: Mapped[Offer] = relationship(
        primaryjoin="Review.offer_id == Offer.id", foreign_keys="Review.offer_id", viewonly=True
    )
    quote: Mapped[Quote] = relationship(
        primaryjoin="Review.quote_id == Quote.id", foreign_keys="Review.quote_id", viewonly=True
    )

    @property
    def is_open(self) -> bool:
        return self.state is ReviewState.OPEN

    @classmethod
    def of_offer(cls, session: Session, offer_id: UUID) -> Sequence["Review"]:
        """In the order in which they are asked."""
        return session.scalars(select(cls).where(cls.offer_id == offer_id).order_by(cls.rank, cls.axis)).all()

    @classmethod
    def waiting(cls) -> Select["Review"]:
        """Those somebody should decide now, the most urgent first."""
        return select(cls).where(cls.state == ReviewState.OPEN).order_by(cls.due_at, cls.id)

    @classmethod
    def granted_by_envelope(
        cls, offer: Offer, axis: str, roles: Sequence[str], rank: int, says: str, *, envelope_id: UUID, by: UUID,
        at: datetime,
    ) -> "Review":
        """Approved beforehand: the content lies inside what somebody granted."""
        return cls(
            id=new_key(), account_id=offer.account_id, quote_id=offer.quote_id, offer_id=offer.id,
            content_hash=offer.content_hash, axis=axis, roles=list(roles), rank=rank, says=says,
            state=ReviewState.GRANTED, decided_by=by, decided_at=at, envelope_id=envelope_id,
        )

    def open(self, *, due_at: datetime, by: Person | None, at: datetime) -> None:
        """They are asked now."""
        self.opened_at, self.due_at = at, due_at
        self._move(ReviewState.OPEN, EventName.REVIEW_OPENED, by=by, at=at, axis=self.axis)

    def decide(
        self, how: ReviewState, *, by: Person, stands_in_for: Person | None, at: datetime, **details: str
    ) -> None:
        """Only `renewals.quoting.deciding` calls this, once the authority was looked at."""
        self.decided_by, self.decided_at = by.id, at
        self.decided_for = stands_in_for.id if stands_in_for else None
        name = {
            ReviewState.GRANTED: EventName.REVIEW_GRANTED, ReviewState.RETURNED: EventName.REVIEW_RETURNED,
            ReviewState.REFUSED: EventName.REVIEW_REFUSED,
        }[how]
        self._move(how, name, by=by, at=at, axis=self.axis, content_hash=self.content_hash, **details)

    def void(self, *, at: datetime) -> None:
        self._move(ReviewState.VOID, EventName.REVIEW_VOIDED, by=None, at=at, axis=self.axis)

    @classmethod
    def void_all(cls, quote: Quote, *, at: datetime) -> None:
        """What nobody has decided yet is not asked any more: the content is another, or the quote has ended."""
        query = select(cls).where(cls.quote_id == quote.id, cls.state.in_(UNDECIDED))
        for review in session_of(quote).scalars(query):
            review.void(at=at)
