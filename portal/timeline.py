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
    "papers": Doer.YOU, "notice": Doer.AUTOMATIC, "reminder": Doer.AUTOMATIC, "last_reminder": Doer.AUTOMATIC,
    "begins": Doer.AUTOMATIC,
}


@dataclass(frozen=True, slots=True)
class Mark:
    """One date of the timeline. `state` is done, now or next; `is_yours` while it waits for the customer.

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
    plan: SharedPlan, segment: Segment, notice_on: date | None, *, is_open: bool, is_won: bool
) -> list[Mark]:
    """The earliest first; once it is won what was reached, and the new term.

    `notice_on`: when the formal notice goes out, where it renews by itself.
    Before a plan is drawn only the last day to decide and the renewal date are known.
    Source: framework, "Kongsi Timeline".
    """
    days = sorted(_days(plan, segment, notice_on), key=lambda one: one[1])
    if is_won:
        days = [one for one in days if one[1] <= plan.today or one[0] == "begins"]
    come = sum(one[1] <= plan.today for one in days)
    now = None if is_won else come - 1
    return [
        Mark(
            key, day, "now" if place == now else "done" if place < come else "next", _doer(key, day, plan.today),
            is_open and key == "options", *more,
        )
        for place, (key, day, *more) in enumerate(days)
    ]


def _days(
    plan: SharedPlan, segment: Segment, notice_on: date | None
) -> Iterator[tuple[str, date, date | None, date | None]]:
    """Each phase once: a plan with more milestones in it says it on the first."""
    renewal, said = plan.renewal, set()
    for milestone in plan.milestones:
        phase = phase_of(milestone.key, segment)
        if phase and phase not in said:
            said.add(phase)
            yield phase, milestone.day, _before(plan, milestone), _done_on(plan, milestone)
    if notice_on:
        yield "notice", notice_on, None, None
    yield "decide_by", renewal.decide_by, None, None
    yield "begins", renewal.renews_on, None, None


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
