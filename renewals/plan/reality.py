"""Reality: whether a renewal that is far from done at T-14 was faced, as the database counts it.

Source: timeline, "Rundingan Akhir"; that an unanswered check counts as risk from the day it was due is ours.
"""

from datetime import date

from sqlalchemy import ColumnElement, and_, or_, select

from renewals.plan.task import Task, TaskState
from renewals.renewal import Renewal, RenewalState

REALITY_CHECK = "reality_check"
CLOSE, BLOCKER, RISK = "close", "blocker", "risk"
"""What can be said: nearly done, far off with a named blocker, far off at more risk."""
SETTLED = (RenewalState.AGREED, RenewalState.CONTRACTING, RenewalState.WON, RenewalState.LOST)


def is_raised(on: date) -> ColumnElement[bool]:
    """Whether the risk of a renewal stands one level higher: somebody said so, or nobody answered in time."""
    said_so = and_(Task.state == TaskState.DONE, Task.outcome["verdict"].as_string() == RISK)
    unanswered = and_(Task.state == TaskState.OPEN, Task.due_on < on)
    check = select(Task.id).where(
        Task.renewal_id == Renewal.id, Task.pattern == REALITY_CHECK, or_(said_so, unanswered)
    )
    return and_(Renewal.state.not_in(SETTLED), check.correlate(Renewal).exists())
