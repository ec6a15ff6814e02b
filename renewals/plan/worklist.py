"""Worklist: the tasks that wait for people, by how urgent they are and for which renewal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby
from uuid import UUID

from sqlalchemy import Row, Select, func, or_, select
from sqlalchemy.orm import Session

from renewals.account import Account
from renewals.person import Person
from renewals.plan.task import Task, TaskState
from renewals.plan.working import Duty, duties_of
from renewals.renewal import CLOSED, Renewal

WEEK = timedelta(days=7)


class Urgency(StrEnum):
    """When a task is due, as one plans a day."""

    LATE = "late"
    TODAY = "today"
    WEEK = "week"

    @classmethod
    def of(cls, due_on: date, on: date) -> "Urgency":
        if due_on < on:
            return cls.LATE
        return cls.TODAY if due_on == on else cls.WEEK


@dataclass(frozen=True, slots=True)
class Group:
    """The duties of one renewal that are equally urgent."""

    renewal_id: UUID
    account: str
    renews_on: date
    duties: Sequence[Duty]


@dataclass(frozen=True, slots=True)
class Worklist:
    """`groups` are cut to the most that a page shows; `counts` are of all. Units: tasks."""

    groups: dict[Urgency, list[Group]]
    counts: dict[Urgency, int]
    later: int

    @classmethod
    def of(cls, session: Session, whose: UUID | None, on: date, *, most: int) -> "Worklist":
        """What is open until a week from now, the most urgent first; without a person everybody's."""
        rows = session.execute(_rows(whose).where(Task.due_on <= on + WEEK).limit(most)).all()
        duties = {duty.task: duty for duty in duties_of(session, [row.Task for row in rows])}
        groups: dict[Urgency, list[Group]] = {}
        for urgency, some in groupby(rows, key=lambda row: Urgency.of(row.Task.due_on, on)):
            groups[urgency] = _grouped(list(some), duties)
        return cls(groups, *_counted(session, whose, on))


def _rows(whose: UUID | None) -> Select[Task, str, date]:
    query = (
        select(Task, Account.name.label("account"), Renewal.renews_on)
        .join(Renewal, Renewal.id == Task.renewal_id)
        .join(Account, Account.id == Task.account_id)
        .where(Task.state == TaskState.OPEN)
        .order_by(Task.due_on, Renewal.renews_on, Task.renewal_id, Task.id)
    )
    return query.where(Task.assignee_id == whose) if whose else query


def _counted(session: Session, whose: UUID | None, on: date) -> tuple[dict[Urgency, int], int]:
    """How many are how urgent, and how many are due later."""
    counts, later = dict.fromkeys(Urgency, 0), 0
    every = _rows(whose).order_by(None).with_only_columns(Task.due_on, func.count())
    for due_on, number in session.execute(every.group_by(Task.due_on)):
        if due_on > on + WEEK:
            later += number
        else:
            counts[Urgency.of(due_on, on)] += number
    return counts, later


def _grouped(rows: Sequence[Row[Task, str, date]], duties: Mapping[Task, Duty]) -> list[Group]:
    """By renewal, in the order in which each is met first."""
    known: dict[UUID, list[Row[Task, str, date]]] = {}
    for row in rows:
        known.setdefault(row.Task.renewal_id, []).append(row)
    return [
        Group(key, some[0].account, some[0].renews_on, [duties[row.Task] for row in some])
        for key, some in known.items()
    ]


def to_look_at(session: Session, whose: UUID | None, on: date) -> Sequence[Account]:
    """Strategic accounts whose day to look again has come, the longest waiting first: of whoever looks after them or
    owns one of their renewals; without a person everybody's."""
    due = select(Account).where(Account.strategic, Account.strategic_review_on <= on)
    if whose:
        owned = select(Renewal.account_id).where(Renewal.owner_id == whose, Renewal.state.not_in(CLOSED))
        due = due.where(or_(Account.owner_id == whose, Account.id.in_(owned)))
    return session.scalars(due.order_by(Account.strategic_review_on, Account.name)).all()


def workers(session: Session, on: date) -> Sequence[Person]:
    """Who of the staff has something to do until a week from now, in the order of their names."""
    busy = select(Task.assignee_id).where(Task.state == TaskState.OPEN, Task.due_on <= on + WEEK)
    return session.scalars(select(Person).where(Person.id.in_(busy)).order_by(Person.name, Person.id)).all()
