"""Story: a renewal's whole road on one page: the line of its milestones, what comes next, and what happened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from renewals.dossier import messages_of
from renewals.event import EventName
from renewals.message import Message, MessageState
from renewals.person import Person
from renewals.plan.action import Action, ActionState
from renewals.plan.catalogue import Pattern
from renewals.plan.milestone import Milestone, MilestoneState
from renewals.plan.opening import work_of
from renewals.plan.plan import Plan
from renewals.plan.rule import ActionKind, rules
from renewals.plan.schedule import rungs, said_of
from renewals.plan.task import Task
from renewals.plan.working import Duty, duties_of
from renewals.policy import Policy, PolicyKind
from renewals.renewal import Renewal
from renewals.trail import Told, of_renewal

SAID_OTHERWISE = frozenset(
    {
        EventName.MESSAGE_PLANNED, EventName.MESSAGE_SENT, EventName.MESSAGE_FAILED, EventName.MESSAGE_DROPPED,
        EventName.ACTION_ENDED, EventName.TASK_OPENED,
    }
)
"""Events that the page tells from their own records, in fewer and better words."""


@dataclass(frozen=True, slots=True)
class Step:
    """One milestone of the line. `changed_by` moved, waived or took it up last; `coming` is what it will bring."""

    milestone: Milestone
    duties: Sequence[Duty]
    late: int
    changed_by: str | None
    kinds: Sequence[ActionKind]
    patterns: Sequence[Pattern]

    @property
    def name(self) -> str:
        return said_of(self.milestone.key)

    @property
    def open(self) -> int:
        return sum(duty.task.is_open for duty in self.duties)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing of the column. `kind` is "event" (a Told), "mail" (a Message), "action" (an Action) or "opened" (the
    duties of one moment)."""

    at: datetime
    kind: str
    thing: Any


@dataclass(frozen=True, slots=True)
class Story:
    """`waiting` are the mails that have not left, `held` what was due and can not be done yet; `told` is every event,
    as the rest of the page needs it."""

    plan: Plan | None
    steps: Sequence[Step]
    duties: Sequence[Duty]
    waiting: Sequence[Message]
    held: Sequence[Action]
    entries: Sequence[Entry]
    told: Sequence[Told]
    readers: Mapping[UUID, str]

    @classmethod
    def of(cls, session: Session, renewal: Renewal, policies: Mapping[PolicyKind, Policy], on: date) -> "Story":
        told = of_renewal(session, renewal.id)
        duties = duties_of(session, session.scalars(Task.of_renewal(renewal.id)).all())
        messages = messages_of(session, renewal.id)
        actions = session.scalars(Action.of_renewal(renewal.id)).all()
        plan = Plan.of(session, renewal.id)
        milestones = session.scalars(Milestone.of_renewal(renewal.id)).all()
        return cls(
            plan, _steps(milestones, plan, duties, told, policies, on), duties,
            [one for one in messages if one.state is MessageState.PLANNED][::-1],
            [one for one in actions if one.outcome is ActionState.DUE and one.why],
            _entries(told, messages, actions, duties), told, _readers(session, messages),
        )

    @property
    def titles(self) -> dict[UUID, str]:
        """Each task's, by its key."""
        return {duty.task.id: duty.title for duty in self.duties}

    def step(self, milestone: Milestone) -> Step | None:
        return next((step for step in self.steps if step.milestone.id == milestone.id), None)

    @property
    def coming(self) -> list[Step]:
        """What is still ahead, the nearest first."""
        return [step for step in self.steps if step.milestone.is_planned]


def _steps(
    milestones: Sequence[Milestone], plan: Plan | None, duties: Sequence[Duty], told: Sequence[Told],
    policies: Mapping[PolicyKind, Policy], on: date,
) -> list[Step]:
    changed = _changed_by(told)
    shown = [one for one in milestones if not (one.quiet and not one.is_planned)]
    return [
        Step(
            one, mine := [duty for duty in duties if duty.task.milestone_id == one.id],
            sum(duty.task.is_late(on) for duty in mine), changed.get(one.id),
            _kinds(one, plan, policies), _patterns(one, plan, duties, policies),
        )
        for one in shown if one.state is not MilestoneState.DROPPED
    ]


def _changed_by(told: Sequence[Told]) -> dict[UUID, str | None]:
    """Who changed each milestone last."""
    names = (EventName.MILESTONE_MOVED, EventName.MILESTONE_WAIVED, EventName.MILESTONE_TAKEN_UP)
    return {one.event.subject_id: one.by for one in reversed(told) if one.event.name in names and one.event.by_id}


def _kinds(milestone: Milestone, plan: Plan | None, policies: Mapping[PolicyKind, Policy]) -> list[ActionKind]:
    """What the machine will do when it comes."""
    if plan is None or not milestone.is_planned:
        return []
    known = rules(policies[PolicyKind.PLAN].content)
    return [rule.kind for rule in known if milestone.key in rule.keys and rule.suits(plan.profile)]


def _patterns(
    milestone: Milestone, plan: Plan | None, duties: Sequence[Duty], policies: Mapping[PolicyKind, Policy]
) -> list[Pattern]:
    """The work it will open for people."""
    if plan is None or not milestone.is_planned or milestone.quiet:
        return []
    opened = {duty.task.pattern for duty in duties}
    loud = rungs(plan.profile, policies[PolicyKind.PLAN].content["plans"])
    return [one for one in work_of(milestone, plan, policies[PolicyKind.TASKS], loud) if one.key not in opened]


def _entries(
    told: Sequence[Told], messages: Sequence[Message], actions: Sequence[Action], duties: Sequence[Duty]
) -> list[Entry]:
    """Newest first; of one moment the events stand above what the machine did."""
    ends = {one.event.subject_id: one.event.at for one in reversed(told)}
    entries = [Entry(one.event.at, "event", one) for one in told if one.event.name not in SAID_OTHERWISE]
    entries += [
        Entry(one.sent_at or ends.get(one.id, one.planned_at), "mail", one)
        for one in messages if one.state is not MessageState.PLANNED
    ]
    entries += [
        Entry(one.done_at, "action", one)
        for one in reversed(actions) if one.done_at and not _goes_without_saying(one)
    ]
    opened: dict[datetime, list[Duty]] = {}
    for duty in duties:
        opened.setdefault(duty.task.opened_at, []).append(duty)
    entries += [Entry(at, "opened", some) for at, some in opened.items()]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def _goes_without_saying(action: Action) -> bool:
    """Done, and told by the tasks it opened or the mail it wrote."""
    return action.outcome is ActionState.DONE


def _readers(session: Session, messages: Sequence[Message]) -> dict[UUID, str]:
    """Who was written to, by name."""
    keys = {one.person_id for one in messages if one.person_id}
    people = session.scalars(select(Person).where(Person.id.in_(keys)))
    return {person.id: person.name for person in people}
