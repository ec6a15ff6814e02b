"""Timeline: the plan that both sides share, in the customer's words: what happens when, and who does it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from renewals.plan.rule import days_of
from renewals.plan.shared import Agreed, SharedPlan, phase_of
from renewals.segment import Segment


class Doer(StrEnum):
    """Whose hands something is in: the customer's, those of whoever looks after them, or nobody's."""

    YOU = "you"
    US = "us"
    AUTOMATIC = "automatic"


DOERS = {
    "looked_back": Doer.AUTOMATIC, "proposal_made": Doer.US, "options": Doer.AUTOMATIC, "decide_by": Doer.YOU,
    "plan_by": Doer.YOU,
    "papers": Doer.YOU, "notice": Doer.AUTOMATIC, "reminder": Doer.AUTOMATIC, "last_reminder": Doer.AUTOMATIC,
    "begins": Doer.AUTOMATIC, "ended": Doer.AUTOMATIC,
}

DECIDED = ("decide_by", "plan_by", "papers")
"""What only the customer's own yes makes done."""

REMINDERS = ("reminder", "last_reminder")


@dataclass(frozen=True, slots=True)
class Mark:
    """One date of the timeline. `state` is done, now, next, or past: gone by, and nobody did it; `is_yours` while it
    waits for the customer.

    `moved_from` is the day it stood on before somebody moved it, `done_on` the day it was done when that is another.
    """

    key: str
    day: date
    state: str
    doer: Doer
    is_yours: bool
    moved_from: date | None = None
    done_on: date | None = None


def timeline(
    plan: SharedPlan, segment: Segment, notice_on: date | None, priced_by: date | None, *, is_open: bool, is_won: bool
) -> list[Mark]:
    """The earliest first; once it is won what was reached, and the new term.

    `notice_on`: when the formal notice goes out, where it renews by itself, and `priced_by` when our price is there
    for it.
    Before a plan is drawn only the last day to decide and the renewal date are known.
    Source: framework, "Kongsi Timeline".
    """
    days = sorted(_days(plan, segment, notice_on, priced_by), key=lambda one: one[1])
    if is_won:
        days = [one for one in days if one[1] <= plan.today or one[0] == "begins"]
    come = sum(one[1] <= plan.today for one in days)
    return [
        Mark(
            key, day, _state(key, place - come, is_won=is_won), _doer(key, day, plan.today),
            is_open and key == "options", *more,
        )
        for place, (key, day, *more) in enumerate(days)
    ]


def _state(key: str, place: int, *, is_won: bool) -> str:
    """`place` counts from the first that is still to come."""
    if place >= 0:
        return "next"
    if not is_won and key in DECIDED:
        return "past"
    return "now" if place == -1 and not is_won else "done"


def _days(
    plan: SharedPlan, segment: Segment, notice_on: date | None, priced_by: date | None
) -> Iterator[tuple[str, date, date | None, date | None]]:
    """Each phase once: a plan with more milestones in it says it on the first. Where it renews by itself nobody is
    reminded to choose after the last day for it."""
    renewal, said = plan.renewal, set()
    for milestone in plan.milestones:
        phase = phase_of(milestone.key, segment)
        if not phase or phase in said or (notice_on and phase in REMINDERS and milestone.day > renewal.decide_by):
            continue
        said.add(phase)
        day = min(milestone.day, priced_by) if priced_by and phase == "proposal_made" else milestone.day
        yield phase, day, _before(plan, milestone), _done_on(plan, milestone)
    if notice_on:
        yield "notice", notice_on, None, None
    yield "decide_by" if renewal.term.auto_renew else "plan_by", renewal.decide_by, None, None
    yield "ended" if renewal.is_open and plan.today >= renewal.renews_on else "begins", renewal.renews_on, None, None


def _done_on(plan: SharedPlan, milestone: Agreed) -> date | None:
    day = plan.renewal.account.today(milestone.at) if milestone.at else milestone.day
    return day if day != milestone.day else None


def _before(plan: SharedPlan, milestone: Agreed) -> date | None:
    """Where it would stand had nobody moved it."""
    usual = plan.renewal.renews_on - timedelta(days=days_of(milestone.key) or 0)
    return usual if milestone.moved and usual != milestone.day else None


def _doer(key: str, day: date, today: date) -> Doer:
    """Options come by themselves; from then on it is the customer who chooses."""
    return Doer.YOU if key == "options" and day <= today else DOERS[key]
