"""Share: how much of the work is done by people, for each segment and for each of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from renewals.message import ABOUT_RENEWAL, Message, MessageState
from renewals.person import Person
from renewals.plan.task import Task, TaskState
from renewals.plan.touch import Touch
from renewals.renewal import Renewal
from renewals.routing.knowing import quarter
from renewals.routing.routing import Routing
from renewals.segment import Segment

WHOLE = 100


@dataclass(frozen=True, slots=True)
class Share:
    """One segment's touches: what people did, and the letters that the machine sent, for renewals of this quarter on.

    Units: `percent` of all touches that are people's, None when there were none.
    """

    segment: Segment
    by_people: int
    by_machine: int

    @property
    def percent(self) -> int | None:
        every = self.by_people + self.by_machine
        return WHOLE * self.by_people // every if every else None

    @property
    def warning(self) -> str:
        """Source: framework, "Automatikkan Peringatan": the worst is all by hand, or all by machine."""
        if self.percent is None or (self.by_people and self.by_machine):
            return ""
        if self.by_people:
            return "All of it is by hand: that does not scale."
        return "Only letters, and nothing by a person: it feels robotic."


@dataclass(frozen=True, slots=True)
class Burden:
    """Somebody who runs very many small renewals by hand in one quarter."""

    person: str
    begins: date
    renewals: int


def shares(session: Session, at: datetime) -> list[Share]:
    done = (
        select(Routing.segment, func.count())
        .join(Task, Task.renewal_id == Routing.renewal_id)
        .join(Renewal, Renewal.id == Routing.renewal_id)
        .where(Task.state == TaskState.DONE, Renewal.renews_on >= quarter(at.date()))
        .group_by(Routing.segment)
    )
    sent = (
        select(Routing.segment, func.count())
        .join(Message, Message.renewal_id == Routing.renewal_id)
        .join(Renewal, Renewal.id == Routing.renewal_id)
        .where(
            Message.kind.in_(ABOUT_RENEWAL), Message.state == MessageState.SENT,
            Renewal.renews_on >= quarter(at.date()),
        )
        .group_by(Routing.segment)
    )
    people, machine = ({row[0]: row[1] for row in session.execute(query)} for query in (done, sent))
    return [Share(segment, people.get(segment, 0), machine.get(segment, 0)) for segment in Segment]


def burdens(session: Session, most: int, at: datetime) -> Sequence[Burden]:
    """Who runs more small renewals by hand in a quarter than `most`. The bound is ours.

    Source: framework, "Padankan Touch Model Anda": 200 by hand burn a CSM.
    """
    begins, many = func.date_trunc("quarter", Renewal.renews_on), func.count()
    query = (
        select(Person.name, begins.label("begins"), many.label("many"))
        .join(Renewal, Renewal.owner_id == Person.id)
        .join(Routing, Routing.renewal_id == Renewal.id)
        .where(
            Routing.segment == Segment.SMB, Routing.touch != Touch.AUTO, Renewal.renews_on >= quarter(at.date())
        )
        .group_by(Person.id, Person.name, begins)
        .having(many > most)
        .order_by(many.desc(), Person.name)
    )
    return [Burden(row.name, row.begins.date(), row.many) for row in session.execute(query)]
