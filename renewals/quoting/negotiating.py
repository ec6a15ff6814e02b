"""Negotiating: what is sent, and the four things a buyer can say to it. The renewal must be locked.

Source: timeline, "Negosiasi" and "Presentasi Proposal".
"""

from datetime import date, datetime, timedelta

from pricing.deal import Deal
from renewals.acceptance import Acceptance
from renewals.accepting import Yes, accept_apart, accept_offer
from renewals.addition import add
from renewals.base import session_of
from renewals.clauses.signed import Signed
from renewals.closing import renewal_after
from renewals.errors import Malformed, NotNow, Stale
from renewals.event import Event, EventName
from renewals.offer import Approval, Offer
from renewals.permission import Permission
from renewals.person import Person
from renewals.plan.catalogue import PROPOSAL
from renewals.plan.hold import must_not_be_held
from renewals.quoting.basis import Basis
from renewals.quoting.deciding import ask, must_still_hold
from renewals.quoting.drafting import write
from renewals.quoting.enclosed import Enclosed
from renewals.quoting.quote import ENDED, Part, Quote, QuoteState, must_lead_to_a_term, usual_last_day
from renewals.quoting.remark import Remark
from renewals.quoting.review import Review
from renewals.renewal import Renewal, RenewalState
from renewals.running import must_not_be_paying
from renewals.workday import answer_due

LONGEST_VALID = timedelta(days=183)
"""How far ahead the last day to accept a version may lie: nobody holds a price for ever."""


def send(quote: Quote, *, valid_until: date | None = None, by: Person, at: datetime) -> None:
    """Put its newest, approved version before the customer. Raises: NotYours, NotNow, Malformed."""
    by.must(Permission.QUOTE)
    if quote.state is not QuoteState.APPROVED:
        raise NotNow(f"{quote.name} is {quote.state.label}; only an approved version is sent.")
    renewal, today = quote.renewal, quote.renewal.account.today(at)
    must_not_be_held(renewal, PROPOSAL)
    basis = Basis.of_quote(quote, at=at)
    if quote.part is Part.EXPANSION and basis.choice.facts.at_risk:
        raise NotNow("They are at risk: the renewal is saved first. Send the expansion once they are out of the red.")
    last = valid_until or usual_last_day(renewal, today)
    if last < today:
        raise Malformed("Choose a day that has not gone by.", "valid_until")
    if last > today + LONGEST_VALID:
        raise Malformed("A price is held for half a year at most. Choose an earlier day.", "valid_until")
    version = quote.newest
    if version.sign_by and version.sign_by < today:
        raise NotNow("The day to sign by has gone by, and its discount with it. Price another version first.")
    quote.enclosed = Enclosed.of(quote, basis).json
    quote.show(version, by=by, at=at, valid_until=last)
    if renewal.can_move(RenewalState.PROPOSED) and renewal.state is not RenewalState.NEGOTIATING:
        renewal.advance(RenewalState.PROPOSED, by=by, at=at)


def remark(quote: Quote, words: str, *, product: str = "", by: Person, at: datetime) -> Remark:
    """Say something about the version that was sent, or about one line of it. A customer's words ask for an answer.

    Raises: NotYours, NotNow, Malformed.
    """
    by.must(Permission.QUOTE if by.is_staff else Permission.ASK)
    version = _before_them(quote)
    _must_be_a_line(version, product)
    if not by.is_staff:
        quote.renewal.must_not_flood(by, at)
    made = Remark.make(quote, version.id, words, product=product, by=by, at=at)
    if by.is_staff:
        quote.hand_back(by=by, at=at)
    else:
        quote.be_answered(by=by, at=at, answer_by=answer_by(quote, at))
    return made


def confide(quote: Quote, words: str, *, product: str = "", by: Person, at: datetime) -> Remark:
    """Say something between ourselves, about the newest version or one line of it. Raises: NotYours, Malformed."""
    by.must(Permission.NOTE_ACTIVITY)
    version = quote.newest
    _must_be_a_line(version, product)
    return Remark.make(quote, version.id, words, product=product, inside=True, by=by, at=at)


def counter(quote: Quote, deal: Deal, words: str = "", *, by: Person, at: datetime) -> Offer:
    """What they would sign instead: a version of their own. Inside standing authority, or an envelope that was
    granted, it lies before them at once; outside, those who must approve are asked at once.

    Raises: NotYours, NotNow, DealError, Malformed when nothing is different. Source: mission F3, L2, L10.
    """
    by.must(Permission.NEGOTIATE)
    shown = _before_them(quote)
    basis = Basis.of_quote(quote, at=at)
    basis.must_be_theirs_to_ask(deal, basis.deal_of(shown))
    basis.must_be_negotiable(deal)
    if basis.price(deal).content_hash == shown.content_hash:
        raise Malformed("This is what lies before you already. Change something, or accept it.", "deal")
    quote.renewal.must_not_flood(by, at)
    Review.void_all(quote, at=at)
    quote.be_answered(by=by, at=at, answer_by=answer_by(quote, at))
    if quote.state is not QuoteState.NEGOTIATING:
        quote.to_draft(by=by, at=at)
    version = write(quote, basis, deal, note=words, by=by, at=at)
    Event.record(session_of(quote), EventName.QUOTE_COUNTERED, quote, by=by, at=at, version=version.number)
    _negotiate(quote.renewal, by=by, at=at)
    return ask(quote, version, by=by, at=at)


def take(quote: Quote, yes: Yes, *, by: Person, at: datetime) -> Acceptance:
    """Yes to exactly what lies before them. Raises: NotYours, NotNow, Stale when it is another version by now."""
    by.must(Permission.RENEW)
    renewal, version = quote.renewal, _before_them(quote)
    must_lead_to_a_term(renewal, quote.part)
    if renewal.is_declined:
        raise NotNow("You told us that you will not renew. Take that back first, then choose.")
    if version.content_hash != yes.content_hash:
        raise Stale("A newer version of this proposal was sent since you opened it. Nothing was accepted; look again.")
    if yes.terms.content_hash != yes.terms_hash:
        raise Stale("The terms changed since this page was shown. Nothing was accepted; please read them again.")
    if quote.valid_until and renewal.account.today(at) > quote.valid_until:
        raise NotNow(f"This proposal could be accepted until {quote.valid_until.isoformat()}. Ask us for a fresh one.")
    must_still_hold(quote)
    approval = Approval.of(session_of(quote), version)
    assert approval
    agree = _renew if quote.part is Part.RENEWAL else _add
    made = agree(renewal, version, approval, yes, by=by, at=at)
    Review.void_all(quote, at=at)
    quote.close(QuoteState.ACCEPTED, EventName.QUOTE_ACCEPTED, by=by, at=at)
    _supersede_others(quote, at=at)
    return made


def _renew(
    renewal: Renewal, version: Offer, approval: Approval, yes: Yes, *, by: Person, at: datetime
) -> Acceptance:
    must_not_be_paying(renewal)
    if standing := Acceptance.standing(renewal):
        standing.lapse(by=by, at=at)
    return accept_offer(renewal, version, approval, yes, by=by, person_id=by.id, at=at)


def _add(renewal: Renewal, version: Offer, approval: Approval, yes: Yes, *, by: Person, at: datetime) -> Acceptance:
    """At once to the term that is signed; while none is, it waits for it: in either order they have the same."""
    made = accept_apart(renewal, version, approval, yes, by=by, at=at)
    if renewal.state is RenewalState.WON:
        add(made, Signed.of(renewal_after(session_of(renewal), renewal)), at=at)
    return made


def decline(quote: Quote, reason: str, *, by: Person, at: datetime) -> None:
    """No to this proposal, with the reason; the renewal itself stays open. Raises: NotYours, NotNow, Malformed."""
    by.must(Permission.NEGOTIATE)
    _before_them(quote)
    if not reason.strip():
        raise Malformed("Say in a few words why not; it helps us to come back with something better.", "reason")
    Review.void_all(quote, at=at)
    because = quote.renewal.because(reason, at=at)
    quote.close(QuoteState.DECLINED, EventName.QUOTE_DECLINED, by=by, at=at, **because)


def expire(quote: Quote, *, at: datetime) -> None:
    """Its last day has gone by; it can be taken up again. Said twice it changes nothing."""
    today = quote.renewal.account.today(at)
    if quote.is_live and quote.shown_id and quote.valid_until and today > quote.valid_until:
        Review.void_all(quote, at=at)
        quote.close(QuoteState.EXPIRED, EventName.QUOTE_EXPIRED, by=None, at=at)


def answer_by(quote: Quote, at: datetime) -> datetime:
    """When they hear from us who say something now: by the end of the next working day where they are."""
    return answer_due(at.astimezone(quote.renewal.account.zone))


def _before_them(quote: Quote) -> Offer:
    """Raises: NotNow."""
    if quote.shown is None or quote.state in ENDED or quote.state is QuoteState.EXPIRED:
        raise NotNow(f"{quote.name} can not be answered any more. Ask us for a fresh proposal.")
    return quote.shown


def _must_be_a_line(version: Offer, product: str) -> None:
    """Raises: Malformed; without a product the whole is meant."""
    if product and product not in {line["product"] for line in version.content["lines"]}:
        raise Malformed("This line is not part of the proposal any more.", "product")


def _negotiate(renewal: Renewal, *, by: Person, at: datetime) -> None:
    if renewal.state is RenewalState.PROPOSED:
        renewal.advance(RenewalState.NEGOTIATING, by=by, at=at)


def _supersede_others(quote: Quote, *, at: datetime) -> None:
    """What was quoted for the same thing can not be accepted any more; what is bought apart from it stays."""
    for other in Quote.of_renewal(session_of(quote), quote.renewal_id):
        if other.id != quote.id and other.is_live and _are_alike(quote, other):
            Review.void_all(other, at=at)
            other.close(QuoteState.SUPERSEDED, EventName.QUOTE_SUPERSEDED, by=None, at=at, by_quote=quote.name)


def _are_alike(one: Quote, other: Quote) -> bool:
    """Two that renew; of two for something new, those that hold a product in common."""
    if one.part is not other.part:
        return False
    products = ({line["product"] for line in each.newest.content["lines"]} for each in (one, other))
    return one.part is Part.RENEWAL or not next(products).isdisjoint(next(products))
