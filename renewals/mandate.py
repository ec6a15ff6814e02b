"""Mandate: a customer's word that their card may be charged when a contract renews by itself; taken back as easily."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from renewals.account import Consent
from renewals.base import session_of
from renewals.errors import NotNow
from renewals.event import Event, EventName
from renewals.payment import OPEN, Payment, PaymentKind
from renewals.permission import Permission
from renewals.person import Person
from renewals.renewal import Renewal

GIVEN = "auto_renewal"
WITHDRAWN = "auto_renewal_withdrawn"
"""The two kinds of consent that count; the newest of them says how it stands."""


def standing(session: Session, subscription_id: UUID) -> Consent | None:
    """The consent by which a card may be charged for this subscription, by anybody of theirs; None without one."""
    newest = session.scalars(_newest([subscription_id])).first()
    return newest if newest and newest.kind == GIVEN else None


def withdrawn(session: Session, subscriptions: Iterable[UUID]) -> frozenset[UUID]:
    """Of these subscriptions the ones for which they took it back."""
    back = (each.subscription_id for each in session.scalars(_newest(subscriptions)) if each.kind == WITHDRAWN)
    return frozenset(filter(None, back))


def give(
    renewal: Renewal, text: str, *, text_version: str, by: Person, at: datetime, evidence: Mapping[str, str]
) -> Consent:
    """From now on the card may be charged on the renewal date, under the words that were shown.

    Raises: NotYours, NotNow when closed or declined, without the clause or a card that lives until then, or when it
    is so already.
    """
    by.must(Permission.RENEW)
    renewal.must_be_open()
    if renewal.is_declined:
        raise NotNow("You have already told us that you will not renew.")
    if not renewal.term.auto_renew:
        raise NotNow("This contract does not renew by itself.")
    if not renewal.has_card_until_then:
        raise NotNow("There is no card on file that is good on the renewal date.")
    if standing(session_of(renewal), renewal.subscription_id):
        raise NotNow("It is switched on already.")
    return _say(GIVEN, EventName.MANDATE_GIVEN, renewal, text, text_version, by=by, at=at, evidence=evidence)


def withdraw(
    renewal: Renewal, text: str, *, text_version: str, by: Person, at: datetime, evidence: Mapping[str, str]
) -> Consent:
    """From now on nothing is charged by itself; it says nothing about whether they renew. The renewal must be locked:
    once this is acknowledged no charge begins, so that it must wait for one that is under way.

    Raises: NotYours, NotNow.
    """
    by.must(Permission.RENEW)
    renewal.must_be_open()
    session = session_of(renewal)
    if standing(session, renewal.subscription_id) is None:
        raise NotNow("It is switched off already.")
    if session.scalar(_under_way(renewal)):
        raise NotNow("Your card is being charged at this moment. Wait until that is settled, then look again.")
    return _say(WITHDRAWN, EventName.MANDATE_WITHDRAWN, renewal, text, text_version, by=by, at=at, evidence=evidence)


def _say(
    kind: str, name: EventName, renewal: Renewal, text: str, text_version: str, *, by: Person, at: datetime,
    evidence: Mapping[str, str],
) -> Consent:
    session = session_of(renewal)
    said = Consent.keep(
        session, kind, text, text_version=text_version, by=by, at=at, ip=evidence["ip"],
        user_agent=evidence["user_agent"], subscription_id=renewal.subscription_id,
    )
    Event.record(session, name, renewal, by=by, at=at, consent=str(said.id), text_version=text_version)
    return said


def _newest(subscriptions: Iterable[UUID]) -> Select[Consent]:
    """The last word about each of them."""
    words = select(Consent).ext(distinct_on(Consent.subscription_id)).where(
        Consent.subscription_id.in_(list(subscriptions)), Consent.kind.in_([GIVEN, WITHDRAWN])
    )
    return words.order_by(Consent.subscription_id, Consent.given_at.desc(), Consent.id.desc())


def _under_way(renewal: Renewal) -> Select[UUID]:
    """A charge for this subscription that was begun by itself and may still come to something."""
    begun = select(Payment.id).join(Renewal, Renewal.id == Payment.renewal_id).where(
        Renewal.subscription_id == renewal.subscription_id, Payment.kind == PaymentKind.OFF_SESSION
    )
    return begun.where(Payment.state.in_(OPEN)).limit(1)
