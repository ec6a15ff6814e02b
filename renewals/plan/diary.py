"""Diary: the dates of somebody's renewals, as their calendar shows them: no words yet, those depend on the reader."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from renewals.account import Account
from renewals.event import Event, EventName
from renewals.person import Person
from renewals.plan.critical import route
from renewals.plan.field import Words
from renewals.plan.milestone import Milestone, MilestoneState
from renewals.plan.opening import catalogue_of
from renewals.plan.plan import hours_of
from renewals.plan.shared import FURTHEST, Theirs, phase_of, works
from renewals.plan.step import Step
from renewals.plan.task import Task, TaskState
from renewals.policy import Policy, PolicyKind
from renewals.renewal import CLOSED, Renewal, RenewalState
from renewals.segment import Segment

REMEMBERED, AHEAD = timedelta(days=60), timedelta(days=120)
"""How long a closed renewal stays, and how far ahead the whole team looks."""
LONGEST_BLOCK = timedelta(hours=4)
"""Of one task in one day."""

ABOUT_PLAN = frozenset(
    {
        EventName.RENEWAL_OPENED, EventName.PLAN_DRAWN, EventName.RENEWAL_DECLINED, EventName.RENEWAL_RECONSIDERED,
        EventName.RENEWAL_WON, EventName.RENEWAL_LOST,
    }
)
"""What moves every date of a renewal."""
ABOUT_STEPS = frozenset(
    {
        EventName.STEP_ADDED, EventName.STEP_CHANGED, EventName.STEP_FINISHED, EventName.STEP_REOPENED,
        EventName.STEP_REMOVED,
    }
)
"""What moves a customer's own steps: they are planned together."""


class DateKind(StrEnum):
    """What a date is."""

    MILESTONE = "milestone"
    DECIDE_BY = "decide_by"
    RENEWS = "renews"
    STEP = "step"
    TASK = "task"


@dataclass(frozen=True, slots=True)
class Revision:
    """How often something changed, as the events tell it, and when it last did."""

    count: int = 0
    at: datetime | None = None

    def __add__(self, other: "Revision") -> "Revision":
        return Revision(self.count + other.count, max(filter(None, (self.at, other.at)), default=None))


@dataclass(frozen=True, slots=True)
class Dated:
    """One date. `phase` is a milestone's in the customer's words, None in ours; `starts` is an instant for work."""

    kind: DateKind
    uid: str
    renewal: Renewal
    starts: date
    revision: Revision
    ends: datetime | None = None
    cancelled: bool = False
    phase: str | None = None
    milestone: Milestone | None = None
    step: Theirs | None = None
    task: Task | None = None
    title: Words | None = None


@dataclass
class Diary:
    """Reads for a few renewals at once: a question for each kind of row, not for each renewal."""

    session: Session
    policies: Mapping[PolicyKind, Policy]
    today: date
    _revisions: dict[UUID, dict[str, Revision]] = field(default_factory=lambda: defaultdict(dict))

    def of_customer(self, person: Person) -> list[Dated]:
        """What is shared with them of their company's renewals, and their own steps."""
        renewals = self._renewals(Renewal.account_id == person.account_id)
        keys = list(renewals)
        known = self._milestones(keys)
        phases = {one.id: phase_of(one.key, self._segment(renewals[one.renewal_id])) for one in known}
        shared = [
            one for one in known if phases[one.id] and one.days <= FURTHEST and not one.quiet
        ]
        steps = self.session.scalars(select(Step).where(Step.renewal_id.in_(keys)).order_by(Step.position)).all()
        self._read_revisions([*keys, *(one.id for one in shared)])
        return [
            *(self._milestone(renewals[one.renewal_id], one, phases[one.id]) for one in shared),
            *(dated for renewal in renewals.values() for dated in self._dates(renewal)),
            *(dated for renewal in renewals.values()
              for dated in self._steps(renewal, [one for one in steps if one.renewal_id == renewal.id])),
        ]

    def of_staff(self, person: Person) -> list[Dated]:
        """The milestones of what they look after, and their tasks as work."""
        account = select(Account.id).where(Account.owner_id == person.id)
        owned = or_(
            Renewal.owner_id == person.id, and_(Renewal.owner_id.is_(None), Renewal.account_id.in_(account))
        )
        given = select(Task).where(Task.assignee_id == person.id, Task.state != TaskState.DONE)
        tasks = self.session.scalars(given.order_by(Task.due_on, Task.id)).all()
        own = self._renewals(owned)
        others = self._renewals(Renewal.id.in_({task.renewal_id for task in tasks} - own.keys()))
        milestones = [one for one in self._milestones(list(own)) if not one.quiet]
        self._read_revisions([*own, *(one.id for one in [*milestones, *tasks])])
        return [
            *(self._milestone(own[one.renewal_id], one) for one in milestones),
            *(dated for renewal in own.values() for dated in self._dates(renewal)),
            *self._work(own | others, tasks),
        ]

    def of_team(self) -> list[Dated]:
        """Everybody's milestones of the next months."""
        every = self._renewals(Renewal.state.not_in(CLOSED))
        first, last = self.today - timedelta(days=14), self.today + AHEAD
        milestones = [
            one for one in self._milestones(list(every)) if not one.quiet and first <= one.due_on <= last
        ]
        near = {key: one for key, one in every.items() if first <= one.renews_on <= last}
        self._read_revisions([*every, *(one.id for one in milestones)])
        return [
            *(self._milestone(every[one.renewal_id], one) for one in milestones),
            *(dated for renewal in near.values() for dated in self._dates(renewal)),
        ]

    # Rows

    def _renewals(self, whose: Any) -> dict[UUID, Renewal]:
        """Open ones, and those closed lately."""
        fresh = or_(Renewal.state.not_in(CLOSED), Renewal.renews_on >= self.today - REMEMBERED)
        query: Select[Renewal] = select(Renewal).where(whose, fresh).order_by(Renewal.renews_on, Renewal.id)
        return {one.id: one for one in self.session.scalars(query).unique()}

    def _milestones(self, renewals: Sequence[UUID]) -> Sequence[Milestone]:
        query = select(Milestone).where(Milestone.renewal_id.in_(renewals))
        return self.session.scalars(query.order_by(Milestone.due_on, Milestone.key)).all()

    def _read_revisions(self, subjects: Iterable[UUID]) -> None:
        query = (
            select(Event.subject_id, Event.name, func.count(), func.max(Event.at))
            .where(Event.subject_id.in_(list(subjects))).group_by(Event.subject_id, Event.name)
        )
        for subject, name, count, at in self.session.execute(query):
            self._revisions[subject][name] = Revision(count, at)

    def _revision(self, subject: UUID, names: frozenset[EventName] | None = None) -> Revision:
        told = self._revisions.get(subject, {})
        return sum((one for name, one in told.items() if names is None or name in names), Revision())

    def _segment(self, renewal: Renewal) -> Segment:
        return renewal.segment(self.policies[PolicyKind.SEGMENT].content)

    # Dates

    def _milestone(self, renewal: Renewal, one: Milestone, phase: str | None = None) -> Dated:
        gone = one.state in (MilestoneState.WAIVED, MilestoneState.DROPPED)
        revision = self._revision(renewal.id, ABOUT_PLAN) + self._revision(one.id)
        return Dated(
            DateKind.MILESTONE, f"{one.id}@kekal", renewal, one.due_on, revision, cancelled=gone, phase=phase,
            milestone=one,
        )

    def _dates(self, renewal: Renewal) -> Iterator[Dated]:
        """The two that matter most; with the decision the first one falls away."""
        revision = self._revision(renewal.id, ABOUT_PLAN)
        yield Dated(
            DateKind.DECIDE_BY, f"{renewal.id}-decide@kekal", renewal, renewal.decide_by, revision,
            cancelled=not renewal.is_open,
        )
        yield Dated(
            DateKind.RENEWS, f"{renewal.id}-renews@kekal", renewal, renewal.renews_on, revision,
            cancelled=renewal.state is RenewalState.LOST,
        )

    def _steps(self, renewal: Renewal, steps: Sequence[Step]) -> Iterator[Dated]:
        """Each on the day it was given or is needed by; what is done on the day it was."""
        hours = hours_of(renewal.account, self.policies[PolicyKind.PLAN])
        theirs = [
            Theirs(one.id, one.title, one.who, one.due_on, one.done_at, one.after_all, one.days, one.needs_id)
            for one in steps
        ]
        revision = self._revision(renewal.id, ABOUT_PLAN) + self._revision(renewal.id, ABOUT_STEPS)
        placed = route(works(theirs), renewal.decide_by, self.today, hours.is_working).placed
        for one in theirs:
            if one.done_at:
                day = renewal.account.today(one.done_at)
            else:
                day = one.due_on or placed[one.id].end_by
            yield Dated(
                DateKind.STEP, f"{one.id}@kekal", renewal, day, revision, step=one,
                cancelled=not renewal.is_open and not one.done_at,
            )

    def _work(self, renewals: Mapping[UUID, Renewal], tasks: Sequence[Task]) -> Iterator[Dated]:
        """One block after the other from the hour the office opens. Units: instants in UTC."""
        free: dict[date, datetime] = {}
        patterns = catalogue_of(self.policies[PolicyKind.TASKS])
        known = {pattern.key: pattern for pattern in patterns.patterns}
        for task in tasks:
            renewal = renewals.get(task.renewal_id)
            pattern = known.get(task.pattern)
            if renewal is None or pattern is None:
                continue
            minutes = pattern.served(self._segment(renewal)).minutes
            opening = hours_of(renewal.account, self.policies[PolicyKind.PLAN]).opening(task.due_on)
            starts = max(opening, free.get(task.due_on, opening))
            ends = starts + min(timedelta(minutes=minutes), LONGEST_BLOCK)
            if task.is_open:
                free[task.due_on] = ends
            yield Dated(
                DateKind.TASK, f"{task.id}@kekal", renewal, starts, self._revision(task.id), ends=ends,
                cancelled=not task.is_open, task=task, title=pattern.title,
            )
