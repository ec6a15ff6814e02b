"""Wanting: what they do not have of what we sell, and what they said of it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from pricing.policy import PricePolicy
from renewals.activity import NOTED, Activity, ActivityKind
from renewals.policy import Policy, PolicyKind
from renewals.renewal import Renewal
from renewals.stakeholder import Stakeholder

LOOKED_BACK = timedelta(days=365)
HEARD = (*NOTED, ActivityKind.QUESTION)
SHORT = 160
"""Characters of what somebody said, where it is cited."""


@dataclass(frozen=True, slots=True)
class Asking:
    """Where a product was named: by whom, None where only the company is known, and when, None for what weighs on
    somebody."""

    product: str
    words: str
    who: str | None
    on: date | None

    @property
    def said(self) -> str:
        """Insights: "We need reports" (Petra, 2026-06-02)."""
        source = ", ".join(part for part in (self.who, self.on.isoformat() if self.on else None) if part)
        return f"{self.product}: “{self.words}”" + (f" ({source})" if source else "")


def unsold(session: Session, renewal: Renewal, on: date) -> Sequence[str]:
    """The add-ons of the catalogue, sold in their currency, that they do not have; by name."""
    policy = Policy.all_in_force(session, on)[PolicyKind.PRICE].parsed(PricePolicy.parse)
    held = {line.product for line in renewal.term.lines}
    products = policy.catalogue.products.values()
    return [
        one.name for one in products
        if not one.is_plan and one.id not in held and renewal.term.currency in one.prices
    ]


def asked_for(
    session: Session, renewal: Renewal, names: Sequence[str], people: Sequence[Stakeholder], on: date
) -> list[Asking]:
    """What was said of these products in the last year, the newest first; then what weighs on their people."""
    known = {one.person.id: one.person.name for one in people}
    query = select(Activity).where(
        Activity.account_id == renewal.account_id, Activity.kind.in_(HEARD),
        Activity.happened_on > on - LOOKED_BACK, Activity.happened_on <= on,
    )
    spoken = session.scalars(query.order_by(Activity.happened_on.desc(), Activity.id))
    found = [
        Asking(name, _cited(each.words, name), known.get(each.person_id) if each.person_id else None, each.happened_on)
        for each in spoken for name in _named(each.words, names)
    ]
    return found + [
        Asking(name, _cited(one.stake.concern, name), one.person.name, None)
        for one in people if one.stake for name in _named(one.stake.concern, names)
    ]


def _named(words: str, names: Sequence[str]) -> Iterator[str]:
    return (name for name in names if _place_of(name, words))


def _place_of(name: str, words: str) -> re.Match[str] | None:
    return re.search(rf"\b{re.escape(name)}\b", words, re.IGNORECASE)


def _cited(words: str, name: str) -> str:
    """The words around the name."""
    found = _place_of(name, words)
    begin = max(0, found.start() - SHORT // 2) if found else 0
    cut = " ".join(words[begin : begin + SHORT].split())
    return ("…" if begin else "") + cut + ("…" if begin + SHORT < len(words) else "")
