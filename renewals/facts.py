"""Facts: all that the paper of an agreement says, written down when it is made; it is printed from nothing else."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from pricing.reading import Reading
from renewals.acceptance import Acceptance
from renewals.base import session_of
from renewals.offer import Offer
from renewals.payment import Payment
from renewals.policy import Policy, PolicyKind
from renewals.renewal import Renewal

COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
LOCALES = ("en", "ms")
"""The languages in which we may say where data lies; said in one, it is said in each."""
PRINTED = ("name", "legal_name", "registration", "accent")
"""What is printed of us, beside the lines of our address."""


def facts_of(renewal: Renewal, acceptance: Acceptance, payment: Payment, *, at: datetime) -> dict[str, Any]:
    """As JSON, money in minor units: whatever is renamed or published later, the agreement says what it said."""
    session, offer, locale = session_of(renewal), acceptance.offer, renewal.account.locale
    vendor = Policy.in_force(session, PolicyKind.VENDOR, at.date()).content
    return {
        "schema": "agreement@1",
        "locale": locale,
        "vendor": {key: vendor[key] for key in ("address", *PRINTED)},
        "customer": {"legal_name": renewal.account.name, "country": renewal.account.country},
        "names": names_in(session, offer),
        "content": offer.content,
        "content_hash": offer.content_hash,
        "terms": _terms(session, acceptance, locale),
        "evidence": _evidence(acceptance),
        "payment": _payment(payment, at),
        "decline_by": (offer.ends_on - timedelta(days=renewal.term.notice_days)).isoformat(),
    }


def names_in(session: Session, offer: Offer) -> Mapping[str, str]:
    """What the products of an offer were called in the catalogue it was priced by."""
    catalogue = Policy.named(session, offer.policies[0]).content["catalogue"]
    content = offer.content
    keys = {content["plan"], *(line["product"] for line in [*content["lines"], *content["today"]["lines"]])}
    return {key: catalogue[key]["name"] for key in sorted(keys) if key in catalogue}


def _terms(session: Session, acceptance: Acceptance, locale: str) -> dict[str, Any]:
    """The words of the version that was accepted, not of the newest."""
    words = Policy.named(session, acceptance.terms_version).content
    return {
        "version": acceptance.terms_version, "hash": acceptance.terms_hash, "title": words["title"][locale],
        "text": words["text"][locale],
    }


def _evidence(acceptance: Acceptance) -> dict[str, Any]:
    """Who accepted, as they were called then, and how we knew them."""
    person, known = acceptance.person, acceptance.evidence
    return {
        "person_id": str(person.id), "name": person.name, "title": person.title, "mail": person.email,
        "at": acceptance.accepted_at.isoformat(),
        **{key: known.get(key, "") for key in ("known_by", "ip", "user_agent")},
    }


def _payment(payment: Payment, at: datetime) -> dict[str, Any]:
    card = payment.card
    return {
        "amount": payment.amount_minor, "on": at.date().isoformat(), "brand": card.brand if card else "",
        "last4": card.last4 if card else "", "reference": payment.reference or "",
    }


def check_vendor(content: Any) -> None:
    """Who we are, as pages, mails and papers say it. Raises: PolicyError."""
    page = Reading(content, "The vendor policy")
    for name in (*PRINTED, "support_email", "radius"):
        page[name].text()
    if not page["address"].names():
        raise page["address"].refused("is empty")
    if where := page.get("data_location"):
        for locale in LOCALES:
            where[locale].text()
    if not COLOUR.fullmatch(content["accent"]):
        raise page["accent"].refused("is no colour; write it like #0c5a47")
