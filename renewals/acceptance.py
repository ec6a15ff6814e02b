"""Acceptance: a customer's yes to one offer, with the words that were accepted beside it."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from renewals.base import Owned, session_of, tenant
from renewals.event import EventName
from renewals.lifecycle import Lifecycle
from renewals.offer import Offer
from renewals.person import Person
from renewals.renewal import Renewal


class AcceptanceState(StrEnum):
    """A yes stands until nothing was paid for it and another choice took its place."""

    STANDING = "standing"
    LAPSED = "lapsed"


class Acceptance(Lifecycle, Owned):
    """Who accepted which hash, with which words, when, and how we knew them.

    Both references carry the content hash: without an approval of the same hash the database refuses. `apart_id` is
    the quote of what is new apart from the renewal; a yes to it adds to the term that follows, and renews nothing.
    """

    __tablename__ = "acceptance"
    __table_args__ = (
        *tenant("renewal_id", "person_id", "apart_id>quote"),
        ForeignKeyConstraint(
            ["account_id", "offer_id", "content_hash"], ["offer.account_id", "offer.id", "offer.content_hash"]
        ),
        ForeignKeyConstraint(
            ["account_id", "approval_id", "content_hash"],
            ["approval.account_id", "approval.id", "approval.content_hash"],
        ),
        Index(
            "uq_acceptance_standing", "renewal_id", unique=True,
            postgresql_where="state = 'standing' AND apart_id IS NULL",
        ),
        Index(
            "uq_acceptance_apart", "apart_id", unique=True,
            postgresql_where="state = 'standing' AND apart_id IS NOT NULL",
        ),
    )

    MOVES: ClassVar = {AcceptanceState.STANDING: frozenset({AcceptanceState.LAPSED})}

    renewal_id: Mapped[UUID]
    offer_id: Mapped[UUID]
    approval_id: Mapped[UUID]
    content_hash: Mapped[str]
    apart_id: Mapped[UUID | None]
    state: Mapped[AcceptanceState] = mapped_column(default=AcceptanceState.STANDING)
    person_id: Mapped[UUID]
    accepted_at: Mapped[datetime]
    terms_version: Mapped[str]
    terms_hash: Mapped[str]
    evidence: Mapped[dict[str, Any]]

    offer: Mapped[Offer] = relationship(
        primaryjoin="Acceptance.offer_id == Offer.id", foreign_keys="Acceptance.offer_id", viewonly=True
    )

    person: Mapped[Person] = relationship(
        primaryjoin="Acceptance.person_id == Person.id", foreign_keys="Acceptance.person_id", viewonly=True
    )

    @classmethod
    def standing(cls, renewal: Renewal) -> "Acceptance | None":
        """The yes that holds for a renewal."""
        return session_of(renewal).scalars(
            select(cls).where(
                cls.renewal_id == renewal.id, cls.state == AcceptanceState.STANDING, cls.apart_id.is_(None)
            )
        ).one_or_none()

    @classmethod
    def apart(cls, renewal: Renewal) -> "Sequence[Acceptance]":
        """Each yes to something new beside a renewal, oldest first."""
        query = select(cls).where(
            cls.renewal_id == renewal.id, cls.state == AcceptanceState.STANDING, cls.apart_id.is_not(None)
        )
        return session_of(renewal).scalars(query.order_by(cls.accepted_at, cls.id)).all()

    @classmethod
    def of_apart(cls, session: Session, quote_id: UUID) -> "Acceptance | None":
        """The last yes to a quote of what is new, be it that it lapsed."""
        query = select(cls).where(cls.apart_id == quote_id).order_by(cls.accepted_at.desc(), cls.id.desc())
        return session.scalars(query.limit(1)).first()

    def says(self, content_hash: str, terms: str, person: Person) -> bool:
        """Whether it is the same person's yes to the same content and the same words."""
        return (self.content_hash, self.terms_version, self.person_id) == (content_hash, terms, person.id)

    def lapse(self, *, by: Person | None, at: datetime) -> None:
        """Nothing was paid for it; another choice may be made."""
        self._move(AcceptanceState.LAPSED, EventName.ACCEPTANCE_LAPSED, by=by, at=at)
        session_of(self).flush()  # one standing acceptance at a time: the old one first
