"""Task: work for a person, opened when its milestone comes, ended with an outcome that is data."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Select, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from renewals.base import Owned, session_of, tenant
from renewals.errors import Malformed, NotNow
from renewals.event import Event, EventName
from renewals.lifecycle import Lifecycle
from renewals.permission import Permission
from renewals.person import Person
from renewals.renewal import Renewal


class TaskState(StrEnum):
    """Where a task stands."""

    OPEN = "open"
    DONE = "done"
    WAIVED = "waived"


class Task(Lifecycle, Owned):
    """`pattern` names the work in the `tasks` policy that `catalogue` cites; one of each is open for a renewal.

    Units: `minutes` are what was booked; `due_on` is a day where the customer is.
    """

    __tablename__ = "task"
    __table_args__ = (
        *tenant("renewal_id", "milestone_id"),
        Index("uq_task_renewal_pattern", "renewal_id", "pattern", unique=True, postgresql_where="state = 'open'"),
        Index("ix_task_assignee_open", "assignee_id", "due_on", postgresql_where="state = 'open'"),
        Index("ix_task_renewal", "renewal_id"),
        CheckConstraint(
            "pattern <> 'proposal_presentation' OR state <> 'done' OR "
            "outcome ?& ARRAY['held_on', 'there', 'next_step', 'next_by', 'next_on']",
            name="presented_is_walked_through",
        ),
    )

    MOVES: ClassVar[Mapping[TaskState, frozenset[TaskState]]] = {
        TaskState.OPEN: frozenset({TaskState.DONE, TaskState.WAIVED}),
        TaskState.DONE: frozenset({TaskState.OPEN}),
        TaskState.WAIVED: frozenset({TaskState.OPEN}),
    }

    renewal_id: Mapped[UUID]
    milestone_id: Mapped[UUID]
    pattern: Mapped[str]
    catalogue: Mapped[str]
    role: Mapped[str]
    assignee_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    due_on: Mapped[date]
    opened_at: Mapped[datetime]
    state: Mapped[TaskState] = mapped_column(default=TaskState.OPEN)
    outcome: Mapped[dict[str, Any]] = mapped_column(default=dict)
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str | None]
    minutes: Mapped[int] = mapped_column(Integer, default=0)

    assignee: Mapped[Person | None] = relationship(foreign_keys=[assignee_id], lazy="joined", viewonly=True)

    @property
    def is_open(self) -> bool:
        return self.state is TaskState.OPEN

    def is_late(self, on: date) -> bool:
        return self.is_open and self.due_on < on

    def finish(self, outcome: Mapping[str, Any], *, minutes: int = 0, by: Person, at: datetime) -> None:
        """Done, with what came of it; `outcome` was checked against the pattern.

        Raises: NotYours, NotNow, Malformed.
        """
        by.must(Permission.WORK_TASKS)
        if not 0 <= minutes <= 24 * 60:
            raise Malformed("Book between 0 minutes and a day.", "minutes")
        self.outcome = {**self.outcome, **outcome}
        self.minutes += minutes
        self._end(TaskState.DONE, EventName.TASK_FINISHED, by=by, at=at)

    def waive(self, reason: str, *, by: Person, at: datetime) -> None:
        """Leave it undone. Raises: NotYours, NotNow, Malformed without a reason."""
        by.must(Permission.WORK_TASKS)
        if not reason.strip():
            raise Malformed("Say why this is left out.", "reason")
        self.reason = reason.strip()[:500]
        told = session_of(self).get_one(Renewal, self.renewal_id).because(self.reason, at=at)
        self._end(TaskState.WAIVED, EventName.TASK_WAIVED, by=by, at=at, **told)

    def settle(self, *, at: datetime) -> None:
        """Done by itself: what it was opened for is so. Raises: NotNow when it was ended before."""
        self._end(TaskState.DONE, EventName.TASK_FINISHED, by=None, at=at)

    def lapse(self, why: str, *, at: datetime) -> None:
        """Nobody needs it any more. Raises: NotNow when it was ended before."""
        self.reason = why
        self._end(TaskState.WAIVED, EventName.TASK_WAIVED, by=None, at=at, why=why)

    def reopen(self, *, by: Person, at: datetime) -> None:
        """Take the end back; what was booked stays. Raises: NotYours, NotNow."""
        by.must(Permission.WORK_TASKS)
        again = select(Task.id).where(
            Task.renewal_id == self.renewal_id, Task.pattern == self.pattern, Task.opened_at > self.opened_at
        )
        if session_of(self).scalar(again.limit(1)):
            raise NotNow("It was opened anew since then; that one counts.")
        self.ended_at = self.ended_by = self.reason = None
        self._move(TaskState.OPEN, EventName.TASK_REOPENED, by=by, at=at, pattern=self.pattern)

    def give_to(self, person: Person, *, by: Person | None, at: datetime) -> None:
        """Raises: NotYours, Malformed for somebody who is not of the staff."""
        if by is not None:
            by.must(Permission.WORK_TASKS)
        if not person.is_staff or not person.active:
            raise Malformed("Choose somebody of the staff.", "person")
        self.assignee_id = person.id
        Event.record(
            session_of(self), EventName.TASK_GIVEN, self, by=by, at=at, pattern=self.pattern, to=str(person.id)
        )

    def _end(self, state: TaskState, name: EventName, *, by: Person | None, at: datetime, **details: str) -> None:
        self.ended_at, self.ended_by = at, by.id if by else None
        self._move(state, name, by=by, at=at, pattern=self.pattern, **details)

    @classmethod
    def of_renewal(cls, renewal_id: UUID) -> Select["Task"]:
        """Open ones first, by their day."""
        return select(cls).where(cls.renewal_id == renewal_id).order_by(cls.state.desc(), cls.due_on, cls.pattern)

    @classmethod
    def still_open(cls, renewal_id: UUID) -> Select["Task"]:
        return cls.of_renewal(renewal_id).where(cls.state == TaskState.OPEN)
