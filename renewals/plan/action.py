"""Action: one due thing for the machine."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Integer, Select, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from renewals.base import Owned, session_of, tenant
from renewals.event import Event, EventName
from renewals.plan.milestone import Milestone
from renewals.plan.rule import ActionKind


class ActionState(StrEnum):
    """Where an action stands. One that is merged was said by a later one in the same letter."""

    DUE = "due"
    DONE = "done"
    MERGED = "merged"
    SKIPPED = "skipped"
    FAILED = "failed"


class Action(Owned):
    """Written by the sweep and performed once by the drain. The database holds one of a kind for a milestone.

    `why` says what kept it back. It has no version: only the drain writes it, under the lock of its renewal.
    """

    __tablename__ = "action"
    __table_args__ = (
        *tenant("renewal_id", "milestone_id"),
        Index("uq_action_milestone_kind", "milestone_id", "kind", unique=True),
        Index("ix_action_due", "renewal_id", postgresql_where="outcome = 'due'"),
        CheckConstraint("(outcome = 'due') = (done_at IS NULL)", name="done_has_a_moment"),
    )

    WAITS: ClassVar[tuple[timedelta, ...]] = (
        timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=3), timedelta(hours=18),
    )
    """Before the second attempt, the third, and so on; when the last has failed a person has to look."""

    renewal_id: Mapped[UUID]
    milestone_id: Mapped[UUID]
    kind: Mapped[ActionKind]
    due_at: Mapped[datetime]
    outcome: Mapped[ActionState] = mapped_column(default=ActionState.DUE)
    done_at: Mapped[datetime | None]
    why: Mapped[str] = mapped_column(default="")
    attempts: Mapped[int] = mapped_column(Integer, default=0)

    milestone: Mapped[Milestone] = relationship(
        primaryjoin="Action.milestone_id == Milestone.id", foreign_keys="Action.milestone_id", lazy="joined",
        viewonly=True,
    )

    @property
    def days(self) -> int:
        return self.milestone.days

    @property
    def what(self) -> str:
        """What it is about, in words."""
        return self.kind.value.replace("_", " ")

    def done(self, *, at: datetime) -> None:
        self._end(ActionState.DONE, at=at)

    def merged(self, into: "Action", *, at: datetime) -> None:
        """The renewal's one letter of the day says it."""
        self._end(ActionState.MERGED, at=at, why=f"Said in the {into.what} of the same day.")

    def skipped(self, why: str, *, at: datetime) -> None:
        self._end(ActionState.SKIPPED, at=at, why=why)

    def stumbled(self, why: str, *, at: datetime) -> None:
        """It is tried again, after a longer wait each time; in the end a person has to look."""
        self.attempts += 1
        if self.attempts > len(self.WAITS):
            self._end(ActionState.FAILED, at=at, why=why[:500])
        else:
            self.wait(why[:500], until=at + self.WAITS[self.attempts - 1])

    def wait(self, why: str, *, until: datetime) -> None:
        """It can not be done yet."""
        self.why, self.due_at = why, until

    @classmethod
    def come_back(cls, milestone: Milestone) -> None:
        """What was left out together with its milestone is due together with it again."""
        session = session_of(milestone)
        session.flush()  # whoever is about to leave it out is waited for
        left_out = select(cls).where(cls.milestone_id == milestone.id, cls.outcome == ActionState.SKIPPED)
        for action in session.scalars(left_out):
            action.outcome, action.done_at = ActionState.DUE, None
            action.wait("", until=milestone.due_at)

    def _end(self, outcome: ActionState, *, at: datetime, why: str = "") -> None:
        self.outcome, self.done_at, self.why = outcome, at, why
        Event.record(
            session_of(self), EventName.ACTION_ENDED, self, by=None, at=at, kind=self.kind.value,
            outcome=outcome.value, milestone=self.milestone.key,
        )

    @classmethod
    def due_of(cls, renewal_id: UUID) -> Select["Action"]:
        """What waits for the drain, the earliest milestone first."""
        waiting = select(cls).where(cls.renewal_id == renewal_id, cls.outcome == ActionState.DUE)
        return waiting.order_by(cls.due_at, cls.id)

    @classmethod
    def of_renewal(cls, renewal_id: UUID) -> Select["Action"]:
        return select(cls).where(cls.renewal_id == renewal_id).order_by(cls.due_at, cls.id)
