"""Precedent: how others of the same segment answered what is asked for here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, func, select
from sqlalchemy.orm import Session, aliased

from pricing.asked import Asked
from renewals.account import Account
from renewals.offer import Offer
from renewals.quoting.quote import Quote, QuoteState
from renewals.renewal import Renewal, RenewalState

NEAREST = 5
A_MONTH = 25
"""Basis points: a year more or less counts as much as three points of discount. The weight is ours."""


@dataclass(frozen=True, slots=True)
class Precedent:
    """A quote that a customer accepted or declined: what lay before them then.

    `then` is the discount at which they accepted another quote of the same renewal, in basis points, None without one.
    """

    quote_id: UUID
    name: str
    account: str
    asked: Asked
    how: QuoteState
    ended_at: datetime | None
    renewal: RenewalState
    then: int | None


def precedents(session: Session, asked: Asked, renewal_id: UUID, *, most: int = NEAREST) -> Sequence[Precedent]:
    """Those of other renewals whose discount and term are the most alike, the newer of two that are equally so.

    Source: mission L14, "nearest precedents and how they ended".
    """
    query = (
        select(Quote, Offer, Account.name, Renewal.state, _accepted_instead())
        .join(Offer, Offer.id == Quote.shown_id)
        .join(Renewal, Renewal.id == Quote.renewal_id)
        .join(Account, Account.id == Quote.account_id)
        .where(
            Quote.state.in_((QuoteState.ACCEPTED, QuoteState.DECLINED)), Quote.renewal_id != renewal_id,
            Offer.asked["segment"].as_string() == asked.segment,
        )
    )
    rows = session.execute(query.order_by(_far(asked), Quote.ended_at.desc()).limit(most))
    return [
        Precedent(quote.id, quote.name, account, Asked.read(version.asked), quote.state, quote.ended_at, renewal, then)
        for quote, version, account, renewal, then in rows
    ]


def _far(asked: Asked) -> ColumnElement[int]:
    """Units: basis points."""
    effective, months = Offer.asked["effective"].as_integer(), Offer.asked["months"].as_integer()
    return func.abs(effective - asked.effective) + A_MONTH * func.abs(months - asked.months)


def _accepted_instead() -> ScalarSelect[int]:
    other, taken = aliased(Quote), aliased(Offer)
    return (
        select(taken.asked["effective"].as_integer()).join(other, other.shown_id == taken.id)
        .where(other.renewal_id == Quote.renewal_id, other.id != Quote.id, other.state == QuoteState.ACCEPTED)
        .order_by(other.ended_at.desc()).limit(1).correlate(Quote).scalar_subquery()
    )

