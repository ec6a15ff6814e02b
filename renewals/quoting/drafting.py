"""Drafting: how a quote comes to be and changes: every change is a version with a price, a trace and needs of its own.

The renewal must be locked.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from pricing.boundary import given
from pricing.deal import Deal
from pricing.kept import kept
from renewals.base import session_of
from renewals.event import Event, EventName
from renewals.offer import Approval, Offer
from renewals.permission import Permission
from renewals.person import Person
from renewals.policy import PolicyKind
from renewals.quoting.basis import Basis
from renewals.quoting.concession import Concession, InReturn
from renewals.quoting.quote import DEAD, OURS_ALONE, Quote, QuoteState, must_lead_to_a_term
from renewals.quoting.review import Review
from renewals.renewal import Renewal

LONGEST = 500
"""Characters of why a version is as it is."""
UNSAID = InReturn()


def draft(renewal: Renewal, deal: Deal | None = None, *, by: Person, at: datetime) -> Quote:
    """A new quote in one press: what is recommended to them now, unless somebody says otherwise.

    Raises: NotYours, NotNow, DealError. Source: framework, "Proposal Renewal": the small ones take a press, the large
    ones begin from a structure.
    """
    basis = Basis.of(renewal, at=at)
    name = basis.choice.policies[PolicyKind.MATRIX].name
    quote = Quote.begin(renewal, matrix=name, by=by, at=at)
    write(quote, basis, deal or basis.recommended, by=by, at=at)
    return quote


def revise(
    quote: Quote, deal: Deal, *, note: str = "", in_return: InReturn = UNSAID, by: Person, at: datetime
) -> Offer:
    """Another version, with no approvals but those granted beforehand; the same again changes nothing. What it gives
    more than our last word carries its ask, or that it is nothing, and why.

    Raises: NotYours, NotNow, DealError, Malformed. Source: timeline, "Permulaan Rundingan"; mission F3.
    """
    by.must(Permission.QUOTE)
    must_lead_to_a_term(quote.renewal, quote.part)
    if quote.state is not QuoteState.EXPIRED:
        quote.must_be_live()
    basis = Basis.of_quote(quote, at=at)
    basis.must_be_negotiable(deal)
    priced, newest = basis.price(deal), quote.newest
    if priced.content_hash == newest.content_hash and quote.state in OURS_ALONE:
        return newest
    things = list(given(kept(quote.ours.content), priced))
    in_return.must_answer(basis.boundaries.carrying(things))
    Review.void_all(quote, at=at)
    quote.to_draft(by=by, at=at)
    version = write(quote, basis, deal, note=note, by=by, at=at)
    if things and in_return.is_said:
        Concession.make(version, things, in_return, by=by, at=at)
    return version


def write(quote: Quote, basis: Basis, deal: Deal, *, note: str = "", by: Person, at: datetime) -> Offer:
    """One more version: priced, judged together with what is quoted beside it, and kept for ever.

    Raises: DealError, also for what is not negotiable.
    """
    basis.must_be_negotiable(deal)
    session, priced = session_of(quote), basis.price(deal)
    asked = basis.asked(priced, beside(quote))
    version = Offer.of(basis.renewal, priced, "quote", at=at)
    version.quote_id, version.number, version.author_id = quote.id, len(quote.versions) + 1, by.id
    version.asked, version.needs, version.note = asked.json, len(basis.matrix.needs(asked)), note.strip()[:LONGEST]
    session.add(version)
    session.flush()  # reviews and the event name the row
    Event.record(
        session, EventName.QUOTE_PRICED, quote, by=by, at=at, version=version.number, offer=str(version.id),
        content_hash=version.content_hash, needs=version.needs,
    )
    return version


def beside(quote: Quote) -> Sequence[Offer]:
    """The newest version of every other quote of the renewal that is alive or was accepted: a discount that is split
    over two is judged as one. Source: mission F1."""
    query = select(Offer).join(Quote, Quote.id == Offer.quote_id).where(
        Quote.renewal_id == quote.renewal_id, Quote.id != quote.id,
        Quote.state.not_in(DEAD - {QuoteState.ACCEPTED}),
    )
    newest_of_each = query.ext(distinct_on(Offer.quote_id)).order_by(Offer.quote_id.desc(), Offer.number.desc())
    return session_of(quote).scalars(newest_of_each).all()


def withdraw(quote: Quote, *, by: Person, at: datetime) -> None:
    """Ours to take back until it is accepted. Raises: NotYours, NotNow."""
    by.must(Permission.QUOTE)
    Review.void_all(quote, at=at)
    quote.close(QuoteState.WITHDRAWN, EventName.QUOTE_WITHDRAWN, by=by, at=at)


def is_approved(quote: Quote, version: Offer) -> bool:
    return Approval.of(session_of(quote), version) is not None
