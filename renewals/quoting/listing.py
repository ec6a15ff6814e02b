"""Listing: quotes as one list, each with whose turn it is and who is waited for."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Select, Text, cast, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from pricing.money import Money
from renewals.account import Account
from renewals.offer import Offer
from renewals.person import Person
from renewals.quoting.authority import either
from renewals.quoting.quote import DEAD, Quote, QuoteState, Side, name_of
from renewals.quoting.review import Review, ReviewState
from renewals.renewal import Renewal
from renewals.subscription import Subscription

Query = Select[*tuple[Any, ...]]
PAGE = 50
"""Rows of one page."""


class Standing(StrEnum):
    """What somebody looks for: at whom a quote stands."""

    APPROVAL = "approval"
    CUSTOMER = "customer"
    OURS = "ours"
    ENDED = "ended"

    @property
    def label(self) -> str:
        return {
            "approval": "Waiting for approval", "customer": "With the customer", "ours": "Our turn", "ended": "Ended",
        }[self.value]

    @property
    def condition(self) -> ColumnElement[bool]:
        live = Quote.state.not_in(DEAD)
        return {
            Standing.APPROVAL: Quote.state == QuoteState.SUBMITTED,
            Standing.CUSTOMER: live & (Quote.turn == Side.THEIRS),
            Standing.OURS: live & (Quote.turn == Side.OURS),
            Standing.ENDED: Quote.state.in_(DEAD),
        }[self]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Without a standing only live quotes are meant. `of` wrote the quote or looks after the renewal."""

    text: str = ""
    standing: Standing | None = None
    of: UUID | None = None
    page: int = 1


@dataclass(frozen=True, slots=True)
class Listed:
    """`waits_for` are those who were asked to decide, in words; `due_at` is when the first of them should have."""

    id: UUID
    name: str
    renewal_id: UUID
    account: str
    plan: str
    per_year: Money
    version: int
    state: QuoteState
    turn: Side
    valid_until: date | None
    answer_by: datetime | None
    author: str
    owner: str | None
    waits_for: tuple[str, ...]
    due_at: datetime | None


def page(session: Session, wanted: Wanted) -> list[Listed]:
    """What we promised an answer to first, then what renews first."""
    query = _filtered(_rows(), wanted).order_by(Quote.answer_by.nulls_last(), Renewal.renews_on, Quote.number)
    found = session.execute(query.limit(PAGE).offset((wanted.page - 1) * PAGE)).all()
    reviews = _open_reviews(session, [row.id for row in found])
    return [_listed(row, [each for each in reviews if each.quote_id == row.id]) for row in found]


def count(session: Session, wanted: Wanted) -> int:
    return session.execute(_filtered(_rows(), wanted).with_only_columns(func.count())).scalar_one()


def _rows() -> Query:
    author, owner, later = aliased(Person), aliased(Person), aliased(Offer)
    newest = select(func.max(later.number)).where(later.quote_id == Quote.id).scalar_subquery()
    per_year = cast(Offer.content["per_year"].astext, BigInteger).label("minor")
    return (
        select(
            Quote.id, Quote.number, Quote.renewal_id, Account.name.label("account"), Subscription.plan, per_year,
            Offer.currency, Offer.number.label("version"), Quote.state, Quote.turn, Quote.valid_until, Quote.answer_by,
            author.name.label("author"), owner.name.label("owner"),
        )
        .select_from(Quote)
        .join(Offer, (Offer.quote_id == Quote.id) & (Offer.number == newest))
        .join(Renewal, Renewal.id == Quote.renewal_id)
        .join(Subscription, Subscription.id == Renewal.subscription_id)
        .join(Account, Account.id == Quote.account_id)
        .join(author, author.id == Quote.author_id)
        .outerjoin(owner, owner.id == Renewal.owner_id)
    )


def _filtered(query: Query, wanted: Wanted) -> Query:
    query = query.where(wanted.standing.condition if wanted.standing else Quote.state.not_in(DEAD))
    if wanted.text:
        number = literal("Q-") + func.lpad(cast(Quote.number, Text), 5, "0")
        named = (Account.name, Account.external_id, number)
        query = query.where(or_(*(column.icontains(wanted.text, autoescape=True) for column in named)))
    if wanted.of:
        query = query.where((Quote.author_id == wanted.of) | (Renewal.owner_id == wanted.of))
    return query


def _open_reviews(session: Session, quotes: Collection[UUID]) -> Sequence[Review]:
    query = select(Review).where(Review.quote_id.in_(quotes), Review.state == ReviewState.OPEN)
    return session.scalars(query.order_by(Review.due_at, Review.axis)).all()


def _listed(row: Any, reviews: Sequence[Review]) -> Listed:
    waits_for = dict.fromkeys(each.named.name if each.named else either(each.roles[:1]) for each in reviews)
    return Listed(
        id=row.id, name=name_of(row.number), renewal_id=row.renewal_id, account=row.account, plan=row.plan,
        per_year=Money(row.minor, row.currency), version=row.version, state=row.state, turn=row.turn,
        valid_until=row.valid_until, answer_by=row.answer_by, author=row.author, owner=row.owner,
        waits_for=tuple(waits_for), due_at=reviews[0].due_at if reviews else None,
    )
