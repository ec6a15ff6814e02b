"""Concession: what a version gave more than our last word, and what was asked for it in return."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from pricing.boundary import Thing
from renewals.base import Owned, new_key, session_of, tenant
from renewals.errors import Malformed
from renewals.offer import Offer
from renewals.person import Person

LONGEST = 500
"""Characters."""
WORDS = {
    Thing.PRICE: "a lower price", Thing.PAYMENT_DAYS: "later payment", Thing.BILLING: "more invoices a year",
    Thing.LENGTH: "a shorter term", Thing.VOLUME: "fewer units", Thing.CLAUSES: "a custom clause",
    Thing.EXTRAS: "something besides",
}
"""What is given, in staff's words."""


@dataclass(frozen=True, slots=True)
class InReturn:
    """What is asked for what is given: something, or nothing and why. Empty while nobody said either."""

    asked: str = ""
    why_nothing: str = ""

    @property
    def is_said(self) -> bool:
        return bool(self.asked.strip() or self.why_nothing.strip())

    def must_answer(self, things: Sequence[Thing]) -> None:
        """Raises: Malformed without an answer for what is given, or with both."""
        if things and not self.is_said:
            said = ", ".join(WORDS[thing] for thing in things)
            raise Malformed(f"This gives {said}. Say what you ask in return; or, for nothing, say why.", "asked")
        if self.asked.strip() and self.why_nothing.strip():
            raise Malformed("Either something is asked in return, or nothing is. Say one of them.", "asked")
        if max(len(self.asked), len(self.why_nothing)) > LONGEST:
            raise Malformed(f"Say it in at most {LONGEST} characters.", "asked")


class Concession(Owned):
    """Of one version; ours alone, and never changed: the database holds both.

    Source: timeline, "Permulaan Rundingan": "Apa yang anda minta sebagai balasan?"; mission F3.
    """

    __tablename__ = "concession"
    __table_args__ = (
        *tenant("offer_id"),
        Index("uq_concession_offer", "offer_id", unique=True),
        CheckConstraint("(asked = '') <> (why_nothing = '')", name="carries_its_ask"),
        CheckConstraint("cardinality(things) > 0", name="gives_something"),
    )

    offer_id: Mapped[UUID]
    things: Mapped[list[str]]
    asked: Mapped[str] = mapped_column(default="")
    why_nothing: Mapped[str] = mapped_column(default="")
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]

    by: Mapped[Person] = relationship(foreign_keys=[by_id], lazy="joined", viewonly=True)

    @property
    def says(self) -> str:
        """What was given, in staff's words."""
        return ", ".join(WORDS[Thing(thing)] for thing in self.things)

    @classmethod
    def make(
        cls, version: Offer, things: Sequence[Thing], said: InReturn, *, by: Person, at: datetime
    ) -> "Concession":
        made = cls(
            id=new_key(), account_id=version.account_id, offer_id=version.id, things=[thing.value for thing in things],
            asked=said.asked.strip(), why_nothing=said.why_nothing.strip(), by_id=by.id, at=at,
        )
        session_of(version).add(made)
        return made

    @classmethod
    def of(cls, session: Session, offer_id: UUID) -> "Concession | None":
        return session.scalars(select(cls).where(cls.offer_id == offer_id)).one_or_none()

    @classmethod
    def of_quote(cls, session: Session, quote_id: UUID) -> Sequence["Concession"]:
        """Oldest version first."""
        query = select(cls).join(Offer, Offer.id == cls.offer_id).where(Offer.quote_id == quote_id)
        return session.scalars(query.order_by(Offer.number)).all()

    def carry_to(self, version: Offer) -> "Concession":
        """The same deal was judged again, as another version."""
        said = InReturn(self.asked, self.why_nothing)
        return Concession.make(version, [Thing(thing) for thing in self.things], said, by=self.by, at=self.at)
