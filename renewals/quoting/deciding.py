"""Deciding: who is asked about a version, and what follows from their answers. The renewal must be locked."""

from collections.abc import Iterable, Sequence, Set
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from pricing.asked import Asked, Axis
from pricing.envelope import Envelope
from pricing.matrix import Need
from pricing.quoting import Quoted
from renewals.base import new_key, session_of
from renewals.errors import Malformed, NotNow, NotYours
from renewals.event import Event, EventName
from renewals.offer import Approval, Offer
from renewals.permission import Permission
from renewals.person import Person
from renewals.quoting.authority import Authority, authority_over, still_holds, writers
from renewals.quoting.basis import Basis
from renewals.quoting.concession import Concession
from renewals.quoting.drafting import beside, draft, write
from renewals.quoting.envelope import EnvelopeGrant
from renewals.quoting.quote import Quote, QuoteState, usual_last_day
from renewals.quoting.remark import Remark
from renewals.quoting.review import Review, ReviewState
from renewals.renewal import Renewal
from renewals.workday import answer_due

BEYOND_EVERYBODY = "This goes further than anybody here may agree to. Ask for less, or write to us."
"""For customers, who are not told how far anybody may go."""


def submit(quote: Quote, *, by: Person, at: datetime) -> Offer:
    """Ask everybody who is needed for its newest version; when nobody is, policy approves it at once.

    What is quoted beside it may have changed since it was written, or somebody said no to it: then it is judged again,
    as another version.
    Raises: NotYours, NotNow. Source: timeline, "Kelulusan Dalaman".
    """
    by.must(Permission.QUOTE)
    quote.must_be_live()
    if quote.state is not QuoteState.DRAFT:
        raise NotNow(f"{quote.name} is {quote.state.label} already.")
    return ask(quote, _as_judged_now(quote, by=by, at=at), by=by, at=at)


def propose(renewal: Renewal, *, by: Person, at: datetime) -> Quote:
    """A new quote in one press, ready to be sent where nobody has to be asked. Raises: NotYours, NotNow, DealError.

    Source: framework, "Proposal Renewal"; mission E7.
    """
    quote = draft(renewal, by=by, at=at)
    submit_standing(quote, by=by, at=at)
    return quote


def submit_standing(quote: Quote, *, by: Person, at: datetime) -> None:
    """What policy approves by itself waits for nobody. Raises: NotYours, NotNow."""
    if quote.state is QuoteState.DRAFT and not quote.newest.needs:
        submit(quote, by=by, at=at)


def ask(quote: Quote, version: Offer, *, by: Person, at: datetime) -> Offer:
    """Open the reviews of a version; what an envelope covers is granted at once."""
    basis = Basis.of_quote(quote, at=at)
    needs = basis.matrix.needs(Asked.read(version.asked))
    if lonely := [need for need in needs if not need.deciders]:
        raise NotNow(f"{lonely[0].says} Change it before you submit it." if by.is_staff else BEYOND_EVERYBODY)
    session = session_of(quote)
    session.add_all(_reviews(basis, quote, version, needs, at=at))
    session.flush()  # the approval counts them
    if needs:
        quote.await_approval(by=by, at=at, needs=[need.axis.value for need in needs])
    _go_on(quote, version, by=None, at=at)
    return version


def preview(quote: Quote, version: Offer, *, at: datetime) -> list[tuple[Need, EnvelopeGrant | None]]:
    """Who would be asked, in their order, and what was granted beforehand."""
    wrote = writers(session_of(quote), quote, version)
    return _answered(Basis.of_quote(quote, at=at), quote, Asked.read(version.asked), wrote)


class Judged:
    """A price that nobody has written down yet. `needs` are those whom nobody answered beforehand."""

    needs: Sequence[Need]

    @property
    def is_standing(self) -> bool:
        """Nobody has to be asked: proposed by a buyer, it lies before them at once."""
        return not self.needs

    @property
    def is_beyond(self) -> bool:
        """Nobody here may agree to it."""
        return any(not need.deciders for need in self.needs)


def still_needed(basis: Basis, quote: Quote, priced: Quoted) -> list[Need]:
    """Who would have to say yes to a price that nobody has written down yet, beyond what was granted beforehand."""
    asked = basis.asked(priced, beside(quote))
    return [need for need, granted in _answered(basis, quote, asked) if granted is None]


def grant(review: Review, *, by: Person, at: datetime) -> None:
    """Yes, to everything that is asked of them about this version. The last yes that was needed approves it.

    Raises: NotYours, NotNow.
    """
    _must_be_another(review, by)
    for each, authority in _theirs(review, by, at):
        each.decide(ReviewState.GRANTED, by=by, stands_in_for=authority.stands_in_for, at=at)
    session_of(review).flush()  # the approval counts them
    _go_on(review.quote, review.offer, by=by, at=at)


def grant_envelope(review: Review, envelope: Envelope, *, by: Person, at: datetime) -> EnvelopeGrant:
    """Yes, and beforehand to every version inside this region. Nobody grants more than they could approve.

    Raises: NotYours, NotNow, Malformed. Source: mission L10.
    """
    authority, quote = may_decide(review, by=by, at=at), review.quote
    basis = Basis.of_quote(quote, at=at)
    if envelope.until < basis.on:
        raise Malformed("Choose a day that has not gone by.", "until")
    _must_reach(basis, review, envelope, authority)
    made = EnvelopeGrant.grant(quote, envelope, basis.facts_hash, holder=authority.holder, by=by, at=at)
    grant(review, by=by, at=at)
    return made


def around(review: Review, *, by: Person, at: datetime) -> Envelope:
    """Where an envelope begins: just what is asked, on every axis that its grantor has authority over.

    Raises: NotYours, NotNow.
    """
    roles = may_decide(review, by=by, at=at).holder.roles
    quote, asked = review.quote, Asked.read(review.offer.asked)
    basis = Basis.of_quote(quote, at=at)
    drawn = Envelope(until=usual_last_day(quote.renewal, basis.on), least_months=asked.months)
    for more in _limits(asked, basis.matrix.needs(asked)):
        wider = replace(drawn, **more)
        if wider.axes != drawn.axes and any(basis.matrix.may_grant(role, wider, asked) for role in roles):
            drawn = wider
    return drawn


def give_back(review: Review, reason: str, *, by: Person, at: datetime) -> None:
    """Not like this: back to its author, with what should change. Raises: NotYours, NotNow, Malformed."""
    _say_no(review, ReviewState.RETURNED, reason, by=by, at=at)


def refuse(review: Review, reason: str, *, by: Person, at: datetime) -> None:
    """No. Raises: NotYours, NotNow, Malformed without a reason."""
    _say_no(review, ReviewState.REFUSED, reason, by=by, at=at)


def question(review: Review, words: str, *, by: Person, at: datetime) -> Remark:
    """Ask its author something before deciding. Raises: NotYours, NotNow, Malformed."""
    may_decide(review, by=by, at=at)
    return Remark.make(review.quote, review.offer_id, words, inside=True, by=by, at=at)


def name_another(review: Review, person: Person, *, by: Person, at: datetime) -> None:
    """Somebody else is asked instead, who has the authority as well. Raises: NotYours, NotNow, Malformed."""
    by.must(Permission.APPROVE)
    _must_be_open(review)
    if not (person.is_staff and person.active and set(review.roles) & set(person.roles)):
        raise Malformed(f"{person.name} has no authority over this.", "person")
    review.asked_of = person.id
    Event.record(session_of(review), EventName.REVIEW_NAMED, review, by=by, at=at, person=str(person.id))


def must_still_hold(quote: Quote) -> None:
    """Authority is asked for again when a version is accepted. Raises: NotNow, naming what is missing."""
    session, version = session_of(quote), quote.shown
    if version is None or Approval.of(session, version) is None:
        raise NotNow("This version is not approved. We will send you another.")
    if not all(still_holds(session, review) for review in _decided(session, version)):
        raise NotNow("Who approved this has left or changed their role. We are asked again, and will write to you.")


def _as_judged_now(quote: Quote, *, by: Person, at: datetime) -> Offer:
    newest, basis = quote.newest, Basis.of_quote(quote, at=at)
    deal = basis.deal_of(newest)
    priced = basis.price(deal)
    alike = priced.content_hash == newest.content_hash and basis.asked(priced, beside(quote)).json == newest.asked
    if alike and not Review.of_offer(session_of(quote), newest.id):
        return newest
    version = write(quote, basis, deal, note=newest.note, by=by, at=at)
    if concession := Concession.of(session_of(quote), newest.id):
        concession.carry_to(version)
    return version


def _reviews(
    basis: Basis, quote: Quote, version: Offer, needs: Sequence[Need], *, at: datetime
) -> Iterable[Review]:
    grants = _grants(basis, quote, writers(session_of(quote), quote, version))
    asked = Asked.read(version.asked)
    for need in needs:
        if granted := _granted(need, grants, asked, basis):
            yield Review.granted_by_envelope(
                version, need.axis, need.deciders, need.order, need.says, envelope_id=granted.id,
                by=granted.granted_by, at=at,
            )
        else:
            yield Review(
                id=new_key(), account_id=version.account_id, quote_id=quote.id, offer_id=version.id,
                content_hash=version.content_hash, axis=need.axis.value, roles=list(need.deciders), rank=need.order,
                says=need.says,
            )


def _go_on(quote: Quote, version: Offer, *, by: Person | None, at: datetime) -> None:
    """Ask the next rank, or approve the version when nobody is left to ask."""
    session = session_of(quote)
    waiting = [each for each in Review.of_offer(session, version.id) if each.state is not ReviewState.GRANTED]
    if waiting:
        rank = min(each.rank for each in waiting)
        due_at = answer_due(at)
        for review in waiting:
            if review.rank == rank and review.state is ReviewState.WAITING:
                review.open(due_at=due_at, by=by, at=at)
        return
    Approval.grant(session, version, _authority_of(quote, session, version), by=by, at=at)
    quote.approve(version, by=by, at=at)
    if version.author and not version.author.is_staff:  # what they asked for themselves lies before them at once
        today = quote.renewal.account.today(at)
        last = max(quote.valid_until or today, usual_last_day(quote.renewal, today))
        quote.show(version, by=by, at=at, valid_until=last)


def _authority_of(quote: Quote, session: Session, version: Offer) -> str:
    """By what it was approved: the matrix, and on which axes by whom."""
    granted = [f"{each.axis}:{each.decided_by}" for each in _decided(session, version)]
    return " ".join([quote.matrix, *granted])


def _decided(session: Session, version: Offer) -> list[Review]:
    return [each for each in Review.of_offer(session, version.id) if each.state is ReviewState.GRANTED]


def _say_no(review: Review, how: ReviewState, reason: str, *, by: Person, at: datetime) -> None:
    authority = may_decide(review, by=by, at=at)
    if not reason.strip():
        raise Malformed("Say what should change, or why not.", "reason")
    quote = review.quote
    review.decide(
        how, by=by, stands_in_for=authority.stands_in_for, at=at, **quote.renewal.because(reason, at=at)
    )
    Review.void_all(quote, at=at)
    quote.to_draft(by=by, at=at)


def may_decide(review: Review, *, by: Person, at: datetime) -> Authority:
    """By whose authority somebody decides it now. Raises: NotYours, NotNow."""
    if not by.is_staff:
        raise NotYours("Only the staff approve quotes.")
    _must_be_open(review)
    return authority_over(session_of(review), review, review.quote, by, at.date())


def _must_be_open(review: Review) -> None:
    if not review.is_open:
        raise NotNow(f"This is {review.state.value} already; look at the quote as it is now.")


def _theirs(review: Review, by: Person, at: datetime) -> list[tuple[Review, Authority]]:
    """It, and whatever else is open about the same version and theirs to decide. Raises: NotYours, NotNow."""
    found = [(review, may_decide(review, by=by, at=at))]
    for other in Review.of_offer(session_of(review), review.offer_id):
        if other.is_open and other.id != review.id:
            with suppress(NotYours):
                found.append((other, may_decide(other, by=by, at=at)))
    return found


def _must_be_another(review: Review, by: Person) -> None:
    """Who is asked later in the chain is another person. Raises: NotNow."""
    for other in _decided(session_of(review), review.offer):
        if other.decided_by == by.id and other.rank != review.rank and other.envelope_id is None:
            raise NotNow(f"{by.first_name}, you approved this version before; the next yes is somebody else’s.")


def _must_reach(basis: Basis, review: Review, envelope: Envelope, authority: Authority) -> None:
    """Raises: NotYours when the envelope goes further than its grantor could approve."""
    asked = Asked.read(review.offer.asked)
    if not any(basis.matrix.may_grant(role, envelope, asked) for role in authority.holder.roles):
        raise NotYours(f"{authority.person.first_name}, this goes further than you may approve. Draw it smaller.")


def _answered(
    basis: Basis, quote: Quote, asked: Asked, wrote: Set[UUID] = frozenset()
) -> list[tuple[Need, EnvelopeGrant | None]]:
    grants = _grants(basis, quote, wrote)
    return [(need, _granted(need, grants, asked, basis)) for need in basis.matrix.needs(asked)]


def _limits(asked: Asked, needs: Iterable[Need]) -> Iterable[dict[str, Any]]:
    """What an envelope may say of each axis, exactly as far as it is asked; what is not a number only when asked."""
    found = {need.axis for need in needs}
    yield {"most_discount": asked.effective}
    yield {"most_line": asked.worst_line}
    if asked.net_days:
        yield {"most_net_days": asked.net_days}
    if Axis.EXPANSION in found:
        yield {"most_expansion": asked.expansion, "most_expansion_bps": asked.expansion_bps}
    if Axis.CLAUSES in found:
        yield {"clauses": asked.clauses}
    if Axis.PROPOSAL in found:
        yield {"proposal": True}
    if Axis.ECONOMICS in found:
        yield {"economics": True}


def _grants(basis: Basis, quote: Quote, wrote: Set[UUID]) -> Sequence[EnvelopeGrant]:
    """What was granted beforehand, but for who wrote what is judged: nobody approves their own."""
    found = EnvelopeGrant.of_quote(session_of(quote), quote.id, basis.facts_hash, basis.on)
    return [each for each in found if wrote.isdisjoint((each.granted_by, each.holder_id))]


def _granted(need: Need, grants: Iterable[EnvelopeGrant], asked: Asked, basis: Basis) -> EnvelopeGrant | None:
    return next((each for each in grants if each.answers(need, asked, basis.on)), None)


