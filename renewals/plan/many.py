"""Many: the parts of a bulk, performed one renewal after another."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from renewals import running
from renewals.bulk import Bulk, BulkAct, BulkPart, PartOutcome
from renewals.errors import Malformed, NotFound, NotNow, Refused
from renewals.person import Person
from renewals.plan.milestone import Milestone
from renewals.plan.schedule import said_of
from renewals.plan.task import Task, TaskState
from renewals.plan.working import finish
from renewals.renewal import Renewal


def take_next(session: Session, bulk_id: UUID, *, at: datetime) -> bool:
    """Do the next part; what refuses one leaves the others alone. Returns: whether there was one."""
    part = session.scalars(BulkPart.next_of(bulk_id)).one_or_none()
    if part is None:
        return False
    bulk = Bulk.find(session, bulk_id)
    try:
        with session.begin_nested():
            DOES[bulk.act](session, bulk, Renewal.find(session, part.renewal_id, lock=True), at)
        part.outcome = PartOutcome.DONE
    except (Refused, Malformed) as no:
        part.outcome, part.why = PartOutcome.REFUSED, str(no)[:500]
    except NotFound:
        part.outcome, part.why = PartOutcome.REFUSED, "What this needs is not there any more."
    return True


def _hand_over(session: Session, bulk: Bulk, renewal: Renewal, at: datetime) -> None:
    running.hand_over(renewal, Person.find(session, UUID(bulk.details["to"])), by=bulk.by, at=at)


def _waive(session: Session, bulk: Bulk, renewal: Renewal, at: datetime) -> None:
    key = bulk.details["key"]
    milestone = session.scalars(Milestone.of_renewal(renewal.id).where(Milestone.key == key)).one_or_none()
    if milestone is None:
        raise NotNow(f"Its plan has no {said_of(key)}.")
    milestone.waive(bulk.details["reason"], by=bulk.by, at=at)


def _finish(session: Session, bulk: Bulk, renewal: Renewal, at: datetime) -> None:
    pattern = bulk.details["pattern"]
    task = session.scalars(
        select(Task).where(Task.renewal_id == renewal.id, Task.pattern == pattern, Task.state == TaskState.OPEN)
    ).one_or_none()
    if task is None:
        raise NotNow("No such task is open for it.")
    finish(renewal, task, bulk.details["outcome"], minutes=bulk.details["minutes"], by=bulk.by, at=at)


DOES: dict[BulkAct, Callable[[Session, Bulk, Renewal, datetime], None]] = {
    BulkAct.HAND_OVER: _hand_over, BulkAct.WAIVE: _waive, BulkAct.FINISH: _finish,
}
