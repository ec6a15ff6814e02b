"""Minding: what happens to quotes by the clock: who has not answered is reminded, then somebody above them asked."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Date, Select, and_, cast, func, literal, select
from sqlalchemy.orm import Session

from renewals.account import Account
from renewals.base import Moment, session_of
from renewals.event import Event, EventName
from renewals.person import Person, Role
from renewals.plan.readers import Staff
from renewals.quoting.authority import writers
from renewals.quoting.delegation import Delegation
from renewals.quoting.negotiating import expire
from renewals.quoting.quote import DEAD, Part, Quote, QuoteState
from renewals.quoting.review import Review
from renewals.renewal import Renewal, RenewalState

ABOVE = (Role.MANAGER, Role.EXECUTIVE)
"""Who hears of a review that nobody answered, the lower first."""
AT_ONCE = 200
"""Rows of one transaction."""


def asked(session: Session, review: Review, at: datetime) -> list[Person]:
    """Everybody who could decide it now: who was named, else who has a role; in place of the absent, who stands in."""
    if review.named is not None:
        people = [review.named]
    else:
        people = [person for person in Person.staff(session) if set(person.roles) & set(review.roles[:1])]
        people = people or [person for person in Person.staff(session) if set(person.roles) & set(review.roles)]
    wrote = writers(session, review.quote, review.offer)
    return _with_deputies(session, [person for person in people if person.id not in wrote], at)


def mind(session: Session, *, at: datetime) -> int:
    """Reviews whose answer was due: reminded once, and escalated when still nothing came. Gives how many moved."""
    today = at.replace(hour=0, minute=0, second=0, microsecond=0)
    late = Review.waiting().where(Review.due_at <= at, Review.escalated_at.is_(None))
    to_tell = late.where(Review.reminded_at.is_(None) | (Review.reminded_at < today)).limit(AT_ONCE)
    found = session.scalars(to_tell.with_for_update(skip_locked=True, of=Review)).all()
    for review in found:
        _remind(review, at=at) if review.reminded_at is None else _escalate(review, at=at)
    return len(found)


def expire_due(session: Session, *, at: datetime) -> int:
    """Quotes whose last day has gone by, and those of renewals that are closed; what is new outlives one that was won.
    """
    their_day = cast(func.timezone(Account.timezone, literal(at, Moment)), Date)
    is_over = and_(Quote.shown_id.is_not(None), Quote.valid_until <= at.date(), Quote.valid_until < their_day)
    closed = Quote.renewal_id.in_(_closed()) & ((Quote.part == Part.RENEWAL) | Quote.renewal_id.in_(_lost()))
    live = select(Quote).join(Account, Account.id == Quote.account_id).where(Quote.state.not_in(DEAD), is_over | closed)
    found = session.scalars(live.limit(AT_ONCE).with_for_update(skip_locked=True, of=Quote)).all()
    return sum(_end(quote, at=at) for quote in found)


def who_is_above(session: Session, review: Review) -> list[Person]:
    """Managers, or executives where a manager was asked already."""
    for role in ABOVE:
        if role.value not in review.roles[:1] and (people := Staff(session).with_role(role)):
            return people
    return []


def _end(quote: Quote, *, at: datetime) -> bool:
    if not quote.leads_to_a_term:
        Review.void_all(quote, at=at)
        quote.close(QuoteState.SUPERSEDED, EventName.QUOTE_SUPERSEDED, by=None, at=at)
    else:
        expire(quote, at=at)
    return not quote.is_live


def _remind(review: Review, *, at: datetime) -> None:
    review.reminded_at = at
    Event.record(session_of(review), EventName.REVIEW_REMINDED, review, by=None, at=at, axis=review.axis)


def _escalate(review: Review, *, at: datetime) -> None:
    """A day after the reminder."""
    review.escalated_at = at
    Event.record(session_of(review), EventName.REVIEW_ESCALATED, review, by=None, at=at, axis=review.axis)


def _closed() -> Select[UUID]:
    return select(Renewal.id).where(Renewal.closed_at.is_not(None))


def _lost() -> Select[UUID]:
    return select(Renewal.id).where(Renewal.state == RenewalState.LOST)


def _with_deputies(session: Session, people: Sequence[Person], at: datetime) -> list[Person]:
    """Who is away is asked too, and beside them who decides for them."""
    found = {person.id: person for person in people}
    for person in people:
        for lent in Delegation.by_person(session, person, at.date()):
            if lent.from_on <= at.date():
                found[lent.to_id] = lent.to
    return list(found.values())
