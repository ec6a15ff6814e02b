"""Choosing: what many renewals have in common that can be done with all of them."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from renewals.plan.milestone import Milestone, MilestoneState
from renewals.plan.rule import days_of
from renewals.plan.schedule import said_of
from renewals.plan.task import Task, TaskState
from renewals.renewal import Renewal
from renewals.subscription import Term


def milestones_of(session: Session, renewals: Collection[UUID]) -> Sequence[tuple[str, str, int]]:
    """The milestones that are still ahead: key, what people call it, and how many renewals have it."""
    query = (
        select(Milestone.key, func.count())
        .where(Milestone.renewal_id.in_(renewals), Milestone.state == MilestoneState.PLANNED, ~Milestone.quiet)
        .group_by(Milestone.key)
    )
    rows = sorted(session.execute(query), key=lambda row: days_of(row[0]) or 0)
    return [(key, said_of(key), number) for key, number in reversed(rows)]


def tasks_of(session: Session, renewals: Collection[UUID]) -> Sequence[tuple[str, int]]:
    """The kinds of tasks that are open: key and how many renewals have it, the most common first."""
    number = func.count()
    query = (
        select(Task.pattern, number).where(Task.renewal_id.in_(renewals), Task.state == TaskState.OPEN)
        .group_by(Task.pattern).order_by(number.desc(), Task.pattern)
    )
    return session.execute(query).all()


def currencies_of(session: Session, renewals: Collection[UUID], pattern: str) -> Sequence[str]:
    """In which currencies those are that have such a task open, in the order of the alphabet."""
    query = (
        select(Term.currency)
        .distinct()
        .join(Renewal, Renewal.term_id == Term.id)
        .join(Task, Task.renewal_id == Renewal.id)
        .where(Task.renewal_id.in_(renewals), Task.pattern == pattern, Task.state == TaskState.OPEN)
    )
    return session.scalars(query.order_by(Term.currency)).all()
