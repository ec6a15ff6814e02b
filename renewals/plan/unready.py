"""Unready: the task that stands from T-90 for as long as something would hold a renewal up on its last day."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from renewals.base import session_of
from renewals.plan.action import Action, ActionState
from renewals.plan.opening import catalogue_of, open_apart, working_days_later
from renewals.plan.plan import Plan, hours_of
from renewals.plan.rule import ActionKind
from renewals.plan.task import Task, TaskState
from renewals.plan.turn import Turn
from renewals.policy import Policy, PolicyKind
from renewals.preparing import readiness
from renewals.readiness import Finding, Verdict
from renewals.renewal import CLOSED, Renewal
from renewals.segment import Segment
from renewals.stake import Stake

TASK = "readiness"
SETTLED_BY = 60
"""Days before the renewal date by which nothing is missing any more; late work has a few working days. Ours."""


def look_ahead(turn: Turn, action: Action) -> str:
    """At T-90; says what holds it back, if anything does. Source: mission L8."""
    if turn.rule(action) is None:
        return "The policy does not ask for it any more."
    if not turn.renewal.is_open:
        return "The renewal is closed."
    _keep(turn.renewal, action, turn.plan.profile.segment, turn.policies, at=turn.at)
    return ""


def look_again(session: Session, account_id: UUID, policies: Mapping[PolicyKind, Policy], *, at: datetime) -> None:
    """Something about this company is another now: what is settled is done, and what is missing is work, on those of
    its renewals that were looked at before."""
    looked = select(Action).where(
        Action.account_id == account_id, Action.kind == ActionKind.READINESS, Action.outcome == ActionState.DONE
    )
    for action in session.scalars(looked.order_by(Action.renewal_id)).all():
        renewal, plan = Renewal.find(session, action.renewal_id, lock=True), Plan.of(session, action.renewal_id)
        if renewal.state not in CLOSED and plan:
            _keep(renewal, action, plan.profile.segment, policies, at=at)


def missing(renewal: Renewal, segment: Segment | None, on: date) -> Sequence[Finding]:
    """What somebody of ours sees to. Nobody asks a small company what it can say on its own page; there only what is
    known to be wrong is work. Source: framework, "Proses SMB"."""
    found = readiness(renewal, segment, on, Stake.of_account(session_of(renewal), renewal.account_id))
    small = segment is Segment.SMB
    return [one for one in found if not one.is_ready and not (small and one.verdict is Verdict.UNKNOWN)]


def _keep(
    renewal: Renewal, action: Action, segment: Segment, policies: Mapping[PolicyKind, Policy], *, at: datetime
) -> None:
    session = session_of(renewal)
    standing = session.scalars(Task.still_open(renewal.id).where(Task.pattern == TASK)).first()
    if not missing(renewal, segment, renewal.account.today(at)):
        if standing:
            standing.settle(at=at)
    elif standing is None and not _is_left_out(session, renewal, policies):
        hours = hours_of(renewal.account, policies[PolicyKind.PLAN])
        wanted, soonest = renewal.renews_on - timedelta(days=SETTLED_BY), renewal.account.today(at)
        due_on = max(wanted, working_days_later(soonest, hours))
        open_apart(session, renewal, TASK, policies, due_on=due_on, milestone=action.milestone, at=at)


def _is_left_out(session: Session, renewal: Renewal, policies: Mapping[PolicyKind, Policy]) -> bool:
    """Somebody left it out for this renewal, or the company took it out of its table."""
    waived = exists().where(Task.renewal_id == renewal.id, Task.pattern == TASK, Task.state == TaskState.WAIVED)
    known = (pattern.key for pattern in catalogue_of(policies[PolicyKind.TASKS]).patterns)
    return TASK not in known or bool(session.scalar(select(waived)))
