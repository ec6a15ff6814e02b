"""Accepting: how a yes to what was shown becomes an offer, its approval, an acceptance and what is owed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pricing.option import Option
from pricing.reading import Reading
from renewals.acceptance import Acceptance
from renewals.base import session_of
from renewals.errors import NotNow, Stale
from renewals.event import Event, EventName
from renewals.instalment import Instalment
from renewals.offer import Approval, Offer
from renewals.permission import Permission
from renewals.person import Person
from renewals.policy import Policy, PolicyKind
from renewals.renewal import Renewal, RenewalState
from renewals.wording import LOCALES

CONSENTS = ("card_consent", "charge_consent", "charge_withdrawal")
"""Words of the terms that somebody agrees to by themselves, beside the terms as a whole."""


@dataclass(frozen=True, slots=True)
class Yes:
    """What the customer pressed: the exact content they saw, and the hash of the words they saw beside it."""

    content_hash: str
    terms: Policy
    terms_hash: str
    evidence: dict[str, Any]


def accept(renewal: Renewal, option: Option, yes: Yes, *, by: Person, at: datetime) -> Acceptance:
    """A yes to one option as it is priced now.

    The renewal must be locked. The same content and words accepted again by the same
    person is the same acceptance.

    Raises: NotYours, NotNow, Stale when price or terms are not those that were shown.
    """
    by.must(Permission.RENEW)
    renewal.must_be_open()
    if renewal.is_declined:
        raise NotNow("You told us that you will not renew. Take that back first, then choose.")
    if option.content_hash != yes.content_hash:
        raise Stale("The price changed since this page was shown. Nothing was charged; please look again.")
    if not option.standing:
        raise NotNow("This offer needs our approval before it can be accepted. Ask us and we will see to it.")
    if yes.terms.content_hash != yes.terms_hash:
        raise Stale("The terms changed since this page was shown. Nothing was charged; please read them again.")
    standing = Acceptance.standing(renewal)
    if standing and standing.offer.quote_id:
        raise NotNow("A proposal was accepted for this renewal. Pay what was agreed, or ask us to change it.")
    if standing and standing.says(option.content_hash, yes.terms.name, by):
        return standing
    if standing:
        standing.lapse(by=by, at=at)
    return _accept(renewal, option, yes, by=by, person_id=by.id, at=at)


def accept_by_mandate(
    renewal: Renewal, option: Option, evidence: dict[str, Any], *, person_id: UUID, at: datetime
) -> Acceptance:
    """The yes that somebody of theirs gave beforehand, for a term that renews by itself; `evidence` cites it.

    The renewal must be locked, and `renewals.auto_renewal.may_charge` must hold. Tried again it is the same one.
    """
    terms = Policy.in_force(session_of(renewal), PolicyKind.TERMS, at.date())
    yes = Yes(option.content_hash, terms, terms.content_hash, evidence)
    standing = Acceptance.standing(renewal)
    if standing and (standing.content_hash, standing.evidence) == (option.content_hash, evidence):
        return standing
    if standing:
        standing.lapse(by=None, at=at)
    return _accept(renewal, option, yes, by=None, person_id=person_id, at=at)


def _accept(
    renewal: Renewal, option: Option, yes: Yes, *, by: Person | None, person_id: UUID, at: datetime
) -> Acceptance:
    session = session_of(renewal)
    offer = Offer.of(renewal, option, option.tier.value, at=at)
    session.add(offer)
    session.flush()  # the approval refers to it
    approval = Approval.by_policy(session, offer, option.trace.policy, at=at)
    return accept_offer(renewal, offer, approval, yes, by=by, person_id=person_id, at=at)


def accept_offer(
    renewal: Renewal, offer: Offer, approval: Approval, yes: Yes, *, by: Person | None, person_id: UUID, at: datetime
) -> Acceptance:
    """A yes to what was offered and approved, and what is owed from then on. The renewal must be locked."""
    session = session_of(renewal)
    acceptance = _keep(renewal, offer, approval, yes, by=by, person_id=person_id, at=at)
    session.add_all(Instalment.schedule(acceptance, offer))
    session.flush()  # the payment refers to the first
    if renewal.can_move(RenewalState.AGREED):
        renewal.advance(RenewalState.AGREED, by=by, at=at)
    return acceptance


def accept_apart(
    renewal: Renewal, offer: Offer, approval: Approval, yes: Yes, *, by: Person, at: datetime
) -> Acceptance:
    """A yes to what is new beside a renewal, which moves nowhere by it; what is owed follows when it is added to the
    term. The renewal must be locked, and the database refuses a second yes to the same quote."""
    return _keep(renewal, offer, approval, yes, by=by, person_id=by.id, at=at, apart_id=offer.quote_id)


def _keep(
    renewal: Renewal, offer: Offer, approval: Approval, yes: Yes, *, by: Person | None, person_id: UUID, at: datetime,
    apart_id: UUID | None = None,
) -> Acceptance:
    session = session_of(renewal)
    acceptance = Acceptance(
        account_id=renewal.account_id, renewal_id=renewal.id, offer_id=offer.id, approval_id=approval.id,
        content_hash=offer.content_hash, person_id=person_id, accepted_at=at, terms_version=yes.terms.name,
        terms_hash=yes.terms.content_hash, evidence=yes.evidence, apart_id=apart_id,
    )
    session.add(acceptance)
    session.flush()  # instalments and the event refer to it
    Event.record(
        session, EventName.OFFER_ACCEPTED, offer, by=by, at=at, content_hash=offer.content_hash, tier=offer.tier,
        terms=yes.terms.name,
    )
    return acceptance


def check_terms(content: Any) -> None:
    """The words that somebody agrees to, in each language they can be read in. Raises: PolicyError."""
    page = Reading(content, "The terms")
    if cancelled := page.get("cancel_within_days"):
        cancelled.count(1)
    for locale in LOCALES:
        page["title"][locale].text()
        if not page["text"][locale].names():
            raise page["text"][locale].refused("is empty")
        for consent in CONSENTS:
            page[consent][locale].text()
    for consent in CONSENTS:
        page[consent]["version"].text()
