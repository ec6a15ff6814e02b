"""Milestone: one date of a renewal's plan."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import Index, Integer, Select, select
from sqlalchemy.orm import Mapped, mapped_column

from renewals.base import Owned, session_of, tenant
from renewals.errors import Malformed, NotNow
from renewals.event import Event, EventName
from renewals.lifecycle import Lifecycle
from renewals.permission import Permission
from renewals.person import Person
from renewals.plan.hours import Hours
from renewals.plan.schedule import Rung, rung
from renewals.renewal import Renewal


class MilestoneState(StrEnum):
    """Where a milestone stands."""

    PLANNED = "planned"
    REACHED = "reached"
    WAIVED = "waived"
    DROPPED = "dropped"


class Milestone(Lifecycle, Owned):
    """A day counted from the renewal date. Reached once; what has been reached stays, whatever moves later.

    Units: `days` before the renewal date, negative after it; `due_on` where the customer is; `due_at` the moment
    their office opens on it.
    """

    __tablename__ = "milestone"
    __table_args__ = (
        *tenant("renewal_id"),
        Index("uq_milestone_renewal_key", "renewal_id", "key", unique=True),
        Index("ix_milestone_due_at", "due_at", postgresql_where="state = 'planned'"),
    )

    MOVES: ClassVar[Mapping[MilestoneState, frozenset[MilestoneState]]] = {
        MilestoneState.PLANNED: frozenset(MilestoneState) - {MilestoneState.PLANNED},
        MilestoneState.WAIVED: frozenset({MilestoneState.PLANNED}),
        MilestoneState.DROPPED: frozenset({MilestoneState.PLANNED}),
    }

    renewal_id: Mapped[UUID]
    key: Mapped[str]
    days: Mapped[int] = mapped_column(Integer)
    due_on: Mapped[date]
    due_at: Mapped[datetime]
    quiet: Mapped[bool] = mapped_column(default=False)
    by_hand: Mapped[bool] = mapped_column(default=False)
    state: Mapped[MilestoneState] = mapped_column(default=MilestoneState.PLANNED)
    reached_at: Mapped[datetime | None]
    reason: Mapped[str | None]

    @property
    def is_planned(self) -> bool:
        return self.state is MilestoneState.PLANNED

    @property
    def is_left_out(self) -> bool:
        return self.state in (MilestoneState.WAIVED, MilestoneState.DROPPED)

    def stand_at(self, rung: Rung) -> None:
        """Follow the renewal date, as long as it has not happened."""
        self.days, self.due_on, self.due_at, self.quiet = rung.days, rung.on, rung.at, rung.quiet

    def reach(self, *, at: datetime) -> None:
        """Raises: NotNow when it was reached, waived or dropped."""
        self.reached_at = at
        self._move(MilestoneState.REACHED, EventName.MILESTONE_REACHED, by=None, at=at, key=self.key)

    def waive(self, reason: str, *, by: Person, at: datetime) -> None:
        """Leave it out of this renewal. Source: timeline, "panduan, bukan sangkar".

        Raises: NotYours, NotNow, Malformed without a reason.
        """
        by.must(Permission.CHANGE_PLAN)
        self.reason = _reason(reason)
        told = self._renewal.because(self.reason, at=at)
        self._move(MilestoneState.WAIVED, EventName.MILESTONE_WAIVED, by=by, at=at, key=self.key, **told)

    def drop(self, *, at: datetime) -> None:
        """The plan has no such milestone any more. Raises: NotNow."""
        self._move(MilestoneState.DROPPED, EventName.MILESTONE_DROPPED, by=None, at=at, key=self.key)

    def take_up(self, *, by: Person | None, at: datetime) -> None:
        """Put it back into the plan. Raises: NotNow."""
        self.reason = None
        self._move(MilestoneState.PLANNED, EventName.MILESTONE_TAKEN_UP, by=by, at=at, key=self.key)

    def move_to(self, day: date, renews_on: date, hours: Hours, reason: str, *, by: Person, at: datetime) -> None:
        """Another day by a person's decision; it keeps its distance when the renewal date moves.

        Raises: NotYours, NotNow, Malformed.
        """
        by.must(Permission.CHANGE_PLAN)
        if not self.is_planned:
            raise NotNow("This milestone is behind us; what has happened stays where it is.")
        if day < at.astimezone(hours.zone).date():
            raise Malformed("Choose today or a later day.", "day")
        before, self.reason, self.by_hand = self.due_on, _reason(reason), True
        self.stand_at(rung((renews_on - day).days, renews_on, hours, quiet=self.quiet))
        Event.record(
            session_of(self), EventName.MILESTONE_MOVED, self, by=by, at=at, key=self.key,
            **{"from": before.isoformat(), "to": day.isoformat()}, **self._renewal.because(self.reason, at=at),
        )

    @property
    def _renewal(self) -> Renewal:
        return session_of(self).get_one(Renewal, self.renewal_id)

    @classmethod
    def of_renewal(cls, renewal_id: UUID) -> Select["Milestone"]:
        """The earliest first."""
        return select(cls).where(cls.renewal_id == renewal_id).order_by(cls.due_at, cls.key)


def _reason(words: str) -> str:
    if not words.strip():
        raise Malformed("Say why the plan changes.", "reason")
    return words.strip()[:500]
