"""Contract: a term of Cedar Dental's, signed with clauses by a real proposal and a real payment."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.chores.day import begin_day
from app.work import Work
from pricing.clause import LeavingEvent
from pricing.multiyear import Shape
from renewals.clauses import leaving
from renewals.clauses.early_exit import EarlyExit
from renewals.clauses.termination import Termination
from renewals.quoting import negotiating
from renewals.subscription import Term
from renewals.value import ACTIVE_USERS, Usage
from tests.quoting.desk import FARAH, MAYA, Desk, desk
from tests.world import World

CEDAR, RUTH = "cedar-dental", "ruth@cedar-dental.example"


def signed(world: World, **changes: Any) -> UUID:
    """Accepted and paid; gives the term that begins."""
    renewal = world.renewal(CEDAR)
    with desk(world, CEDAR) as at:
        quote = at.sent(**{"months": 24, "shape": Shape.FIXED} | changes)
        negotiating.take(quote, at.yes(quote.newest), by=at.who(RUTH), at=at.at)
        content_hash = quote.newest.content_hash
    form = {"option": content_hash}
    world.signed_in(RUTH).post(f"/renewals/{renewal}/payment", form, page=f"/renewals/{renewal}")
    world.work()
    with world.reading() as session:
        return session.scalars(select(Term.id).where(Term.agreement_id.is_not(None))).one()


def used(world: World, month: date, people: int) -> None:
    """So many people worked with it in a month."""
    with world.writing() as session:
        term = session.scalars(select(Term).where(Term.agreement_id.is_not(None))).one()
        session.add(Usage(
            account_id=term.account_id, subscription_id=term.subscription_id, metric=ACTIVE_USERS, month=month,
            amount=people,
        ))


def day_comes(world: World, day: date) -> None:
    """The clock moves on, and the worker does what the day brings."""
    world.stand_at(day)
    Work(world.house).run(begin_day)
    world.work()


def left(at: Desk, event: LeavingEvent, told_on: date, evidence: str, *, when: datetime) -> Termination:
    """By one of us, and with another's yes where it needs one."""
    made = leaving.leave(at.renewal, event, told_on, evidence, by=at.who(MAYA), at=when)
    return leaving.agree(made, by=at.who(FARAH), at=when) if isinstance(made, EarlyExit) else made
