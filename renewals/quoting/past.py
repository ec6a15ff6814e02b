"""Past: the quotes that were decided, as a replay of the matrix reads them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, union_all
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from pricing.asked import Asked
from pricing.money import Money
from pricing.replaying import Past
from pricing.trace import Step, subtotal
from renewals.account import Account
from renewals.offer import Approval, Offer
from renewals.person import Person
from renewals.quoting.quote import Quote
from renewals.quoting.review import Review, ReviewState

MINUTE = timedelta(minutes=1)
ANSWERS = (ReviewState.RETURNED, ReviewState.REFUSED)
"""How a version is decided without being approved."""


@dataclass(frozen=True, slots=True)
class Decided:
    """One quote by the newest of its versions that was approved, returned or refused, and whose it is."""

    past: Past
    quote: Quote
    account: str


def decided(session: Session, since: datetime) -> list[Decided]:
    """Every quote that was decided since then, oldest first; who decided about any of its versions tells the pace."""
    paces = _paces(session, since)
    found = [
        Decided(_past(quote, asked, ask, at, paces), quote, account)
        for quote, account, asked, ask, at in session.execute(_newest_decided(since))
    ]
    return sorted(found, key=lambda one: (one.past.on, one.quote.number))


def _newest_decided(since: datetime) -> Select[Any]:
    answers = union_all(
        select(Approval.offer_id, Approval.granted_at.label("at")),
        select(Review.offer_id, Review.decided_at).where(Review.state.in_(ANSWERS)),
    ).subquery()
    return (
        select(Quote, Account.name, Offer.asked, Offer.content["ask"], answers.c.at)
        .join(Offer, Offer.quote_id == Quote.id).join(answers, answers.c.offer_id == Offer.id)
        .join(Account, Account.id == Quote.account_id)
        .where(answers.c.at >= since).ext(distinct_on(Quote.id))
        .order_by(Quote.id, Offer.number.desc(), answers.c.at.desc())
    )


def _past(
    quote: Quote, asked: Mapping[str, Any], ask: Mapping[str, Any], at: datetime,
    paces: Mapping[UUID, list[tuple[str, int]]],
) -> Past:
    return Past(str(quote.id), Asked.read(asked), at.date(), _price(Step.parse(ask)), tuple(paces.get(quote.id, ())))


def _price(ask: Step) -> Money:
    """What policy asks by itself for a full first year."""
    return Money(subtotal(part for part in ask.parts[0].parts if part.rule == "line"), ask.amount.currency)


def _paces(session: Session, since: datetime) -> dict[UUID, list[tuple[str, int]]]:
    found: dict[UUID, list[tuple[str, int]]] = defaultdict(list)
    for quote, role, minutes in _decisions(session, since):
        found[quote].append((role, minutes))
    return found


def _decisions(session: Session, since: datetime) -> Iterator[tuple[UUID, str, int]]:
    """The role is the one by which they, or whom they stood in for, were asked; what an envelope covered was never
    open, and took nobody's time."""
    query = (
        select(Review.quote_id, Review.roles, Person.roles, Review.opened_at, Review.decided_at)
        .join(Person, Person.id == func.coalesce(Review.decided_for, Review.decided_by))
        .where(Review.decided_at >= since).order_by(Review.decided_at, Review.id)
    )
    for quote, asked, held, opened, done in session.execute(query):
        role = next((role for role in asked if role in held), None)
        if role and opened and done:
            yield quote, role, (done - opened) // MINUTE
