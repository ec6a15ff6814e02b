"""EnvelopeGrant: a region that somebody approved beforehand: what a counter-offer may reach without asking again."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from pricing.asked import Asked, Axis
from pricing.envelope import Envelope
from pricing.matrix import Need
from renewals.base import Owned, new_key, session_of, tenant
from renewals.event import Event, EventName
from renewals.person import Person
from renewals.quoting.quote import Quote


class EnvelopeGrant(Owned):
    """For one quote and for the facts it was granted on: when they change, `facts_hash` does not fit any more and
    everybody is asked again. `holder_id` is whose authority it is, the grantor's own or lent.
    """

    __tablename__ = "envelope"
    __table_args__ = (*tenant("quote_id"), Index("ix_envelope_quote", "quote_id"))

    quote_id: Mapped[UUID]
    region: Mapped[dict[str, Any]]
    facts_hash: Mapped[str]
    until_on: Mapped[date]
    granted_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    holder_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    granted_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    grantor: Mapped[Person] = relationship(foreign_keys=[granted_by], lazy="joined", viewonly=True)
    holder: Mapped[Person] = relationship(foreign_keys=[holder_id], lazy="joined", viewonly=True)

    @property
    def envelope(self) -> Envelope:
        return Envelope.read(self.region)

    def answers(self, need: Need, asked: Asked, on: date) -> bool:
        """Whether a need lies inside it, and is still its holder's to approve."""
        return bool(set(need.deciders) & set(self.holder.roles)) and self.envelope.answers(Axis(need.axis), asked, on)

    @classmethod
    def grant(
        cls, quote: Quote, envelope: Envelope, facts_hash: str, *, holder: Person, by: Person, at: datetime
    ) -> "EnvelopeGrant":
        """Only `renewals.quoting.deciding` calls this, once the authority was looked at."""
        made = cls(
            id=new_key(), account_id=quote.account_id, quote_id=quote.id, region=envelope.json, facts_hash=facts_hash,
            until_on=envelope.until, granted_by=by.id, holder_id=holder.id, granted_at=at,
        )
        session = session_of(quote)
        session.add(made)
        session.flush()  # the event names the row
        Event.record(session, EventName.ENVELOPE_GRANTED, made, by=by, at=at, region=envelope.json)
        return made

    def revoke(self, *, by: Person, at: datetime) -> None:
        """What was approved inside it stays; nothing more is. Said twice it changes nothing."""
        if self.revoked_at is None:
            self.revoked_at = at
            Event.record(session_of(self), EventName.ENVELOPE_REVOKED, self, by=by, at=at)

    @classmethod
    def of_quote(cls, session: Session, quote_id: UUID, facts_hash: str, on: date) -> Sequence["EnvelopeGrant"]:
        """Those that hold on a day, for the facts as they are, by somebody who is still here."""
        query = select(cls).join(Person, Person.id == cls.holder_id).where(
            cls.quote_id == quote_id, cls.revoked_at.is_(None), cls.until_on >= on, cls.facts_hash == facts_hash,
            Person.active,
        )
        return session.scalars(query.order_by(cls.granted_at, cls.id)).all()
