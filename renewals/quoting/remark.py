"""Remark: what either side says about a quote, or about one line of it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from renewals.base import Owned, Versioned, new_key, session_of, tenant
from renewals.errors import Malformed, NotFound
from renewals.event import Event, EventName
from renewals.person import Person
from renewals.quoting.quote import Quote

LONGEST = 2_000
"""Characters."""


class Remark(Versioned, Owned):
    """Both sides read the same rows; `product` is the line it is about, empty for the whole. An `inside` one is
    between ourselves: the database does not let a customer read it.
    """

    __tablename__ = "remark"
    __table_args__ = (*tenant("quote_id", "offer_id"), Index("ix_remark_quote", "quote_id", "id"))

    quote_id: Mapped[UUID]
    offer_id: Mapped[UUID]
    product: Mapped[str] = mapped_column(default="")
    words: Mapped[str]
    inside: Mapped[bool] = mapped_column(default=False)
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]

    by: Mapped[Person] = relationship(foreign_keys=[by_id], lazy="joined", viewonly=True)

    @classmethod
    def make(
        cls, quote: Quote, offer_id: UUID, words: str, *, product: str = "", inside: bool = False, by: Person,
        at: datetime,
    ) -> "Remark":
        """Raises: Malformed without words, with too many, or about a line that is not there."""
        if not words.strip():
            raise Malformed("Write a few words first.", "words")
        if len(words) > LONGEST:
            raise Malformed(f"This is longer than {LONGEST:,} characters. Say it shorter.", "words")
        made = cls(
            id=new_key(), account_id=quote.account_id, quote_id=quote.id, offer_id=offer_id, product=product,
            words=words.strip(), inside=inside, by_id=by.id, at=at,
        )
        session = session_of(quote)
        session.add(made)
        session.flush()  # the event names the row
        Event.record(session, EventName.REMARK_MADE, made, by=by, at=at, quote=str(quote.id), inside=inside)
        return made

    def must_be_of(self, quote: Quote) -> None:
        """Raises: NotFound."""
        if self.quote_id != quote.id:
            raise NotFound

    def resolve(self, done: bool, *, by: Person, at: datetime) -> None:
        """Seen to, or open again; saying so twice changes nothing."""
        if done == (self.resolved_at is not None):
            return
        self.resolved_at = at if done else None
        Event.record(session_of(self), EventName.REMARK_RESOLVED, self, by=by, at=at, done=done)

    @classmethod
    def of_quote(cls, session: Session, quote_id: UUID, *, inside: bool) -> Sequence["Remark"]:
        """Oldest first; those between ourselves only when asked."""
        query = select(cls).where(cls.quote_id == quote_id).order_by(cls.id)
        return session.scalars(query if inside else query.where(~cls.inside)).all()
