"""Shared plan: what both sides look at: the milestones, and the customer's own steps worked out between them.

A customer's transaction reads no other milestones, whatever is asked of the database.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Boolean, Integer, Uuid, bindparam, cast, literal, null, select, union_all
from sqlalchemy.orm import Session

from renewals.plan.critical import Placed, Route, Work, route
from renewals.plan.hours import Hours
from renewals.plan.milestone import Milestone, MilestoneState
from renewals.plan.rule import days_of
from renewals.plan.step import EVERYTHING, Step
from renewals.renewal import Renewal
from renewals.segment import Segment

FURTHEST = 60
"""Days before the renewal date from which a plan is shared. Source: framework, "Kongsi Timeline"."""
STANDING = (MilestoneState.PLANNED, MilestoneState.REACHED)

_OURS = select(
    literal(0).label("kind"), Milestone.id, Milestone.key.label("words"), literal("").label("who"),
    Milestone.due_on.label("day"), Milestone.reached_at.label("at"), Milestone.by_hand.label("flag"),
    Milestone.days, cast(null(), Uuid).label("needs"), cast(literal(0), Integer).label("position"),
).where(
    Milestone.renewal_id == bindparam("renewal"), Milestone.state.in_(STANDING), ~Milestone.quiet,
    Milestone.days <= FURTHEST,
)
_THEIRS = select(
    literal(1), Step.id, Step.title, Step.who, Step.due_on, Step.done_at, cast(Step.after_all, Boolean), Step.days,
    Step.needs_id, Step.position,
).where(Step.renewal_id == bindparam("renewal"))
BOTH: Any = union_all(_OURS, _THEIRS).order_by("kind", "position", "day")
"""Everything in one question: the page asks it each time."""


PHASES = (
    (46, "looked_back"), (31, "proposal_made"), (15, "options"), (8, "papers"), (1, "last_reminder"),
)
"""What a milestone is about for a customer, from so many days before the renewal date on. The date itself is no
milestone to them, and what follows it is ours. Source: framework, "Kongsi Timeline"."""


def phase_of(key: str, segment: Segment) -> str | None:
    """By what it is named for, wherever it was moved; None for what is not shared. A small renewal needs no papers
    made: what comes there is one more mail."""
    days = days_of(key)
    found = next((phase for least, phase in PHASES if days is not None and least <= days <= FURTHEST), None)
    return "reminder" if found == "papers" and segment is Segment.SMB else found


class Agreed(NamedTuple):
    """A milestone as it is shared. `at` is when it was reached; `moved` when a person gave it another day."""

    id: UUID
    key: str
    day: date
    at: datetime | None
    moved: bool


class Theirs(NamedTuple):
    """A step of the customer's own, as `Step` says."""

    id: UUID
    title: str
    who: str
    due_on: date | None
    done_at: datetime | None
    after_all: bool
    days: int
    needs_id: UUID | None

    @property
    def after(self) -> str:
        """As `Step.after`."""
        return EVERYTHING if self.after_all else str(self.needs_id or "")


@dataclass
class SharedPlan:
    """One renewal's, on one day of its customer."""

    renewal: Renewal
    milestones: Sequence[Agreed]
    steps: Sequence[Theirs]
    hours: Hours
    today: date

    @classmethod
    def of(cls, session: Session, renewal: Renewal, hours: Hours, today: date) -> "SharedPlan":
        rows = session.execute(BOTH, {"renewal": renewal.id}).all()
        ours = [Agreed(row.id, row.words, row.day, row.at, row.flag) for row in rows if row.kind == 0]
        theirs = [
            Theirs(row.id, row.words, row.who, row.day, row.at, row.flag, row.days, row.needs)
            for row in rows if row.kind == 1
        ]
        return cls(renewal, ours, theirs, hours, today)

    @cached_property
    def route(self) -> Route:
        """The steps planned backwards from the last day to decide."""
        return route(works(self.steps), self.renewal.decide_by, self.today, self.hours.is_working)

    def placed(self, step: Theirs) -> Placed | None:
        """Where it stands; None when it is done."""
        return self.route.placed.get(step.id)

    def words_of(self, placed: Placed) -> str:
        return next(step.title for step in self.steps if step.id == placed.work.key)

    @property
    def urgent(self) -> Placed | None:
        """What both sides are told first, while there is something left to decide."""
        return self.route.urgent if self.renewal.is_open and not self.renewal.is_declined else None

    @property
    def key(self) -> tuple[object, ...]:
        """All that it is shown from."""
        return (tuple(self.milestones), tuple(self.steps), self.hours)


def works(steps: Iterable[Theirs]) -> list[Work]:
    """The steps as the arithmetic takes them. One that comes after everything waits for all that does not wait for
    such a one itself."""
    known = {step.id: step for step in steps}
    last = {key for key, step in known.items() if _ends(step, known)}
    return [
        Work(
            step.id, step.days, frozenset(known.keys() - last if step.after_all else {step.needs_id} & known.keys()),
            step.due_on, step.done_at is not None,
        )
        for step in known.values()
    ]


def _ends(step: Theirs, known: dict[UUID, Theirs]) -> bool:
    """Whether it comes after everything, or waits for one that does."""
    met: Theirs | None = step
    for _ in known:
        if met is None or met.after_all:
            break
        met = known.get(met.needs_id) if met.needs_id else None
    return met is not None and met.after_all
