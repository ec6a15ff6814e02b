"""Presentation: a negotiated proposal counts as presented when it was walked through together, not when it was sent.

Source: timeline, "Pembentangan Proposal": "Jangan hanya email sahaja"; mission F6.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from renewals.base import session_of
from renewals.errors import Malformed
from renewals.plan.catalogue import PRESENTATION
from renewals.plan.opening import bring_forward
from renewals.plan.plan import Plan
from renewals.plan.task import Task, TaskState
from renewals.plan.touch import Touch
from renewals.renewal import Renewal
from renewals.segment import Segment


def must_be_walked_through(outcome: Mapping[str, Any], on: date) -> None:
    """That it was held, and ends with what comes next; which answers there are, the catalogue asks.

    Raises: Malformed naming the answer. Units: `on` is the customer's day.

    Source: timeline, "Pembentangan Proposal": "Jangan tinggalkan mesyuarat tanpa mengetahui apa yang berlaku
    seterusnya".
    """
    if outcome["held_on"] > on.isoformat():
        raise Malformed("It is presented once you have met, not while the meeting is planned.", "held_on")
    if outcome["next_on"] < outcome["held_on"]:
        raise Malformed("The next step comes after the meeting.", "next_on")


@dataclass(frozen=True, slots=True)
class Presentation:
    """How far the presentation of a renewal's proposal is. `task` is None while it was not opened."""

    by_page: bool
    task: Task | None

    @classmethod
    def of(cls, session: Session, renewal: Renewal) -> "Presentation":
        """Of the small and of whom nobody negotiates with, the mail and the page are the presentation."""
        plan = Plan.of(session, renewal.id)
        query = select(Task).where(Task.renewal_id == renewal.id, Task.pattern == PRESENTATION)
        newest = session.scalars(query.order_by(Task.opened_at.desc(), Task.id.desc()).limit(1)).first()
        by_page = plan is None or plan.segment is Segment.SMB or plan.touch is not Touch.NEGOTIATED
        return cls(by_page and newest is None, newest)

    @property
    def is_held(self) -> bool:
        return self.task is not None and self.task.state is TaskState.DONE

    @property
    def outcome(self) -> Mapping[str, Any]:
        """What the meeting left behind; nothing before it was held."""
        return self.task.outcome if self.task and self.is_held else {}

    def day(self, key: str) -> date | None:
        return date.fromisoformat(self.outcome[key]) if key in self.outcome else None


def arrange(renewal: Renewal, *, at: datetime) -> None:
    """A proposal was sent: where it is negotiated the meeting is work from now on, whatever day it is."""
    bring_forward(session_of(renewal), renewal, PRESENTATION, at=at)
