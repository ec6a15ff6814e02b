"""Hold: what does not happen while a task that comes before it is open."""

from renewals.base import session_of
from renewals.errors import NotNow
from renewals.plan.task import Task
from renewals.plan.working import duties_of
from renewals.renewal import Renewal


def must_not_be_held(renewal: Renewal, what: str) -> None:
    """Raises: NotNow, naming the task.

    Source: timeline, "Kelulusan Dalaman": "sejajar dengan eksekutif pelanggan sebelum proposal keluar".
    """
    session = session_of(renewal)
    for duty in duties_of(session, session.scalars(Task.still_open(renewal.id)).all()):
        if duty.pattern and duty.pattern.blocks == what:
            raise NotNow(f"“{duty.title}” comes first: finish it, or leave it out with a reason.")
