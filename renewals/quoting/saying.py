"""Saying: what an event of a quote was about, in the words of whoever did it."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from renewals.activity import Activity
from renewals.event import Event, EventName
from renewals.offer import Offer
from renewals.quoting.quote import Quote
from renewals.quoting.remark import Remark
from renewals.quoting.review import Review


def version_of(session: Session, quote: Quote, event: Event) -> Offer:
    """The version that was decided, remarked on or countered with; else what lies before the customer."""
    match event.subject_type:
        case "review":
            return Review.find(session, event.subject_id).offer
        case "remark":
            return Offer.find(session, Remark.find(session, event.subject_id).offer_id)
    if number := event.details.get("version"):
        return session.scalars(select(Offer).where(Offer.quote_id == quote.id, Offer.number == number)).one()
    return quote.shown or quote.newest


def words_of(session: Session, quote: Quote, event: Event) -> str:
    """A remark, the reason of a no, or what was written beside a counter-offer; empty when nothing was said, or when
    it was erased."""
    if event.subject_type == "remark":
        return Remark.find(session, event.subject_id).words
    if key := event.details.get("activity"):
        kept = session.get(Activity, UUID(key))
        return kept.words if kept else ""
    return version_of(session, quote, event).note if event.name == EventName.QUOTE_COUNTERED else ""
