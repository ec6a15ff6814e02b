"""Commitment: whether a yellow customer told us by T-45 that they stay, as the database counts it.

Source: framework, "Status Kesihatan Mengubah Segalanya": "sahkan komitmen mereka awal"; that silence counts as red in
the forecast is ours.
"""

from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, or_, select

from renewals.account import Account
from renewals.health import Health
from renewals.plan.reality import SETTLED
from renewals.plan.task import Task, TaskState
from renewals.renewal import Renewal

COMMITMENT, NO_ANSWER = "commitment", "no_answer"
KNOWN_BY = 45
"""Days before the renewal date by which their word is written down."""


def is_silent(on: date) -> ColumnElement[bool]:
    """Whether somebody was to ask them, and no answer is written down."""
    unanswered = or_(Task.state != TaskState.DONE, Task.outcome[COMMITMENT].as_string() == NO_ANSWER)
    asked = select(Task.id).join(Account, Account.id == Task.account_id).where(
        Task.renewal_id == Renewal.id, Task.pattern == COMMITMENT, unanswered, Account.health_band == Health.YELLOW
    )
    is_time = Renewal.renews_on < on + timedelta(days=KNOWN_BY)
    return and_(Renewal.state.not_in(SETTLED), is_time, asked.correlate(Renewal).exists())
