"""Waiting: the versions that somebody must decide, as one approver sees them: theirs first, then the others'."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, and_, any_, cast, func, not_, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, aliased, contains_eager

from renewals.offer import Offer
from renewals.person import Person
from renewals.quoting.authority import holders
from renewals.quoting.quote import Quote
from renewals.quoting.review import Review, ReviewState

MOST = 200
"""Reviews that are looked at; the most urgent come first."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One version with what is open about it; whoever says yes says it to all of these."""

    version: Offer
    quote: Quote
    reviews: Sequence[Review]

    @property
    def first(self) -> Review:
        return self.reviews[0]

    @property
    def due_at(self) -> datetime | None:
        return self.first.due_at

    def is_due(self, on: date) -> bool:
        """Today, or before."""
        return self.due_at is not None and self.due_at.date() <= on


@dataclass(frozen=True, slots=True)
class Piles:
    """`theirs` is what somebody is asked, by their own roles, by name, or in somebody's place, each version with just
    that; `others` the versions that wait for others alone. The next to be due first.
    """

    theirs: Sequence[Waiting]
    others: Sequence[Waiting]

    @classmethod
    def of(cls, session: Session, person: Person, on: date) -> "Piles":
        mine = is_asked(session, person, on)
        rows = [(review, asked) for review, asked in session.execute(_open(mine)).unique()]
        theirs = _by_version(review for review, asked in rows if asked)
        named = {one.version.id for one in theirs}
        return cls(theirs, _by_version(review for review, _ in rows if review.offer_id not in named))


def count(session: Session, person: Person, on: date) -> int:
    """How many versions wait for somebody."""
    mine = is_asked(session, person, on)
    query = select(func.count(Review.offer_id.distinct())).join(Offer, Offer.id == Review.offer_id)
    query = query.join(Quote, Quote.id == Review.quote_id).where(Review.state == ReviewState.OPEN, mine)
    return session.execute(query).scalar_one()


def is_asked(session: Session, person: Person, on: date) -> ColumnElement[bool]:
    """As `minding.asked`, of a review beside its version and quote: the lowest role that suffices; once that was
    escalated everybody with the authority. Who said yes earlier in the chain is not asked again.
    """
    asked = [_asked_of(holder) for holder in holders(session, person, on)]
    return and_(not_(_wrote(person)), not_(_said_yes(person)), or_(*asked))


def _asked_of(holder: Person) -> ColumnElement[bool]:
    able = Review.roles.overlap(holder.roles)
    named = and_(func.coalesce(Review.asked_of == holder.id, False), able)
    lowest = Review.roles[1] == any_(cast(holder.roles, ARRAY(Text)))
    beyond = and_(able, or_(Review.escalated_at.is_not(None), not_(_anybody_lowest())))
    return and_(not_(_wrote(holder)), or_(named, and_(Review.asked_of.is_(None), or_(lowest, beyond))))


def _wrote(person: Person) -> ColumnElement[bool]:
    """As `authority.writers`."""
    same = aliased(Offer)
    version = select(same.id).where(
        same.quote_id == Offer.quote_id, same.content_hash == Offer.content_hash, same.author_id == person.id
    )
    return or_(Quote.author_id == person.id, version.exists())


def _anybody_lowest() -> ColumnElement[bool]:
    """Whether somebody here has the lowest role that suffices."""
    colleague = aliased(Person)
    has_it = Review.roles[1] == any_(colleague.roles)
    return select(colleague.id).where(colleague.account_id.is_(None), colleague.active, has_it).exists()


def _said_yes(person: Person) -> ColumnElement[bool]:
    before = aliased(Review)
    return select(before.id).where(
        before.offer_id == Review.offer_id, before.rank != Review.rank, before.decided_by == person.id,
        before.state == ReviewState.GRANTED, before.envelope_id.is_(None),
    ).exists()


def _open(mine: ColumnElement[bool]) -> Select[Review, bool]:
    """Those that are theirs first, then by when they are due."""
    return (
        select(Review, mine.label("mine")).join(Offer, Offer.id == Review.offer_id)
        .join(Quote, Quote.id == Review.quote_id)
        .where(Review.state == ReviewState.OPEN).order_by(mine.desc(), Review.due_at, Review.id).limit(MOST)
        .options(
            contains_eager(Review.offer).joinedload(Offer.author),
            contains_eager(Review.quote).joinedload(Quote.renewal),
        )
    )


def _by_version(reviews: Iterable[Review]) -> list[Waiting]:
    found: dict[UUID, list[Review]] = {}
    for review in reviews:
        found.setdefault(review.offer_id, []).append(review)
    return [Waiting(many[0].offer, many[0].quote, many) for many in found.values()]
