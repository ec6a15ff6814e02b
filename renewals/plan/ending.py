"""Ending: what becomes of a plan when its renewal is won or lost."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from renewals.plan.milestone import Milestone
from renewals.plan.plan import hours_of
from renewals.plan.rule import AFTERWARDS
from renewals.plan.schedule import rung
from renewals.plan.sweep import Sweep
from renewals.plan.task import Task
from renewals.policy import Policy
from renewals.renewal import Renewal, RenewalState

NEEDLESS = {
    RenewalState.WON: "The renewal was won before this was done.",
    RenewalState.LOST: "The renewal was lost before this was done.",
}
"""Why a task is left out that nobody needs any more."""


def end(session: Session, renewal: Renewal, policy: Policy, *, at: datetime) -> None:
    """Nothing more is due for a closed renewal, but for what follows a signature: that comes the day after it.

    Source: timeline, "Post-Renewal (T+0)".
    """
    if renewal.is_open:
        return
    until = max(at, Sweep.hold(session))
    kept = None
    for milestone in session.scalars(Milestone.of_renewal(renewal.id)):
        follows = renewal.state is RenewalState.WON and milestone.key == AFTERWARDS
        if follows:
            kept = milestone.id
        if not milestone.is_planned:
            continue
        if follows:
            tomorrow = renewal.account.today(renewal.closed_at or at) + timedelta(days=1)
            days = (renewal.renews_on - tomorrow).days
            milestone.stand_at(rung(days, renewal.renews_on, hours_of(renewal.account, policy)))
        else:
            milestone.drop(at=at)
    for task in session.scalars(Task.still_open(renewal.id)):
        if task.milestone_id != kept:
            task.lapse(NEEDLESS[renewal.state], at=at)
    Sweep.catch_up(session, policy.content, [renewal.id], until=until)
