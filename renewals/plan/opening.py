"""Opening: the tasks of a milestone are opened, each for the person who does it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from renewals.errors import NotNow
from renewals.event import Event, EventName
from renewals.person import Person, Role
from renewals.plan.catalogue import Catalogue, Pattern, Phase
from renewals.plan.hours import Hours
from renewals.plan.milestone import Milestone, MilestoneState
from renewals.plan.plan import Plan, hours_of
from renewals.plan.readers import Staff
from renewals.plan.reality import REALITY_CHECK
from renewals.plan.rule import AFTERWARDS, RECOVERY, days_of
from renewals.plan.schedule import rungs
from renewals.plan.task import Task, TaskState
from renewals.policy import Policy, PolicyKind
from renewals.renewal import Renewal, RenewalState, reached

CATCH_UP_DAYS = 3
"""Working days that late work has at least."""
AFTER_DAYS = 14
"""Days after the renewal date by which what follows the signature is done."""


def open_tasks(
    session: Session, renewal: Renewal, plan: Plan, milestone: Milestone, policies: Mapping[PolicyKind, Policy],
    staff: Staff, *, hours: Hours, at: datetime,
) -> list[Task]:
    """Open the work of this milestone that was not opened before; a recovery brings its own once more."""
    policy = policies[PolicyKind.TASKS]
    loud = rungs(plan.profile, policies[PolicyKind.PLAN].content["plans"])
    known = select(Task.pattern).where(Task.renewal_id == renewal.id)
    work = work_of(milestone, plan, policy, loud)
    if milestone.key == RECOVERY:
        known = known.where(Task.state == TaskState.OPEN)
        work += _left_behind(session, milestone, plan, policy, loud)
    opened = set(session.scalars(known))
    return _opened(session, [
        _task(renewal, milestone, pattern, policy, staff, due_on=_due_on(renewal, pattern, loud, hours, at=at), at=at)
        for pattern in work if pattern.key not in opened
    ], at=at)


def insist(
    session: Session, renewal: Renewal, milestone: Milestone, policies: Mapping[PolicyKind, Policy], *, at: datetime
) -> list[Task]:
    """Open what is not left out with its milestone: far from done at T-14, somebody says why or the risk goes up.

    Source: timeline, "Rundingan Akhir"; that no waiver leads round it is ours.
    """
    plan, policy = Plan.of(session, renewal.id), policies[PolicyKind.TASKS]
    asked = select(Task.id).where(Task.renewal_id == renewal.id, Task.pattern == REALITY_CHECK)
    if plan is None or reached(renewal.state, RenewalState.AGREED) or session.scalar(asked.limit(1)):
        return []
    loud = rungs(plan.profile, policies[PolicyKind.PLAN].content["plans"])
    check = [one for one in work_of(milestone, plan, policy, loud) if one.key == REALITY_CHECK]
    staff, hours = Staff(session), hours_of(renewal.account, policies[PolicyKind.PLAN])
    return _opened(session, [
        _task(renewal, milestone, one, policy, staff, due_on=_due_on(renewal, one, loud, hours, at=at), at=at)
        for one in check
    ], at=at)


def open_apart(
    session: Session, renewal: Renewal, key: str, policies: Mapping[PolicyKind, Policy], *, due_on: date, at: datetime,
    afterwards: bool = False, milestone: Milestone | None = None,
) -> Task:
    """Open one task for what no milestone brings, such as a clause of the contract; the one that is open stays.
    `afterwards` says that it goes on once the renewal is won; without a `milestone` it belongs to the next one.

    Raises: NotNow while the renewal has no plan.
    """
    open_one = Task.still_open(renewal.id).where(Task.pattern == key)
    if known := session.scalars(open_one).first():
        return known
    ahead = Milestone.of_renewal(renewal.id).where(Milestone.state == MilestoneState.PLANNED)
    if afterwards:
        ahead = ahead.where(Milestone.key == AFTERWARDS)
    milestone = milestone or session.scalars(ahead.limit(1)).first()
    if milestone is None:
        raise NotNow("Its plan has no step ahead that this could belong to.")
    policy = policies[PolicyKind.TASKS]
    pattern = catalogue_of(policy).pattern(key)
    made = _task(renewal, milestone, pattern, policy, Staff(session), due_on=due_on, at=at)
    return _opened(session, [made], at=at)[0]


def bring_forward(session: Session, renewal: Renewal, key: str, *, at: datetime) -> list[Task]:
    """Open one piece of the plan's work before its milestone comes; what was opened, or is not planned, stays so."""
    plan, on = Plan.of(session, renewal.id), renewal.account.today(at)
    known = select(Task.id).where(Task.renewal_id == renewal.id, Task.pattern == key)
    if plan is None or session.scalar(known.limit(1)):
        return []
    policies = Policy.all_in_force(session, on)
    policy, loud = policies[PolicyKind.TASKS], rungs(plan.profile, policies[PolicyKind.PLAN].content["plans"])
    staff, hours = Staff(session), hours_of(renewal.account, policies[PolicyKind.PLAN])
    milestones = {days_of(one.key): one for one in session.scalars(Milestone.of_renewal(renewal.id)) if not one.quiet}
    return _opened(session, [
        _task(
            renewal, milestones[place], one, policy, staff, at=at,
            due_on=_due_on(renewal, one, loud, hours, at=at),
        )
        for one in _patterns(plan, policy)
        if one.key == key and (place := place_of(one.at, loud)) in milestones
    ], at=at)


def _opened(session: Session, made: list[Task], *, at: datetime) -> list[Task]:
    session.add_all(made)
    session.flush()  # the events name the rows
    for task in made:
        Event.record(session, EventName.TASK_OPENED, task, by=None, at=at, pattern=task.pattern)
    return made


def work_of(milestone: Milestone, plan: Plan, policy: Policy, loud: tuple[int, ...]) -> list[Pattern]:
    """The patterns whose place in this plan is this milestone."""
    return [pattern for pattern in _patterns(plan, policy) if place_of(pattern.at, loud) == days_of(milestone.key)]


def _left_behind(
    session: Session, milestone: Milestone, plan: Plan, policy: Policy, loud: tuple[int, ...]
) -> list[Pattern]:
    """The work of a recovery whose own milestones have gone by when they fall into red.

    Source: framework, "Status Kesihatan Mengubah Segalanya": "fight or let go" on every new red signal.
    """
    behind = Milestone.of_renewal(milestone.renewal_id).where(
        Milestone.state == MilestoneState.REACHED, Milestone.id != milestone.id
    )
    gone = {days_of(one.key) for one in session.scalars(behind)} - {days_of(milestone.key)}
    recovery = [pattern for pattern in _patterns(plan, policy) if pattern.phase is Phase.RECOVERY]
    return [pattern for pattern in recovery if place_of(pattern.at, loud) in gone]


def _patterns(plan: Plan, policy: Policy) -> Sequence[Pattern]:
    profile = plan.profile
    return catalogue_of(policy).patterns_for(profile.segment, profile.touch, profile.health, profile.strategic)


def catalogue_of(policy: Policy) -> Catalogue:
    """Raises: Malformed."""
    return policy.parsed(_catalogue)


def _catalogue(name: str, content: dict[str, Any]) -> Catalogue:
    return Catalogue.of(content)


def place_of(days: int, loud: tuple[int, ...]) -> int:
    """The milestone that work belongs to: its own, else the first after it; never dropped because a plan starts
    later. Units: days before the renewal date.

    Source: timeline, "Variasi Timeline Mengikut Segmen": early phases are compressed, not left out.
    """
    return max((each for each in loud if each <= days), default=min(loud))


def _due_on(renewal: Renewal, pattern: Pattern, loud: tuple[int, ...], hours: Hours, *, at: datetime) -> date:
    """The day of the next milestone; late work has a few working days."""
    place = place_of(pattern.at, loud)
    following = max((each for each in loud if each < place), default=-AFTER_DAYS)
    wanted = renewal.renews_on - timedelta(days=following if place > 0 else min(place, following))
    return max(wanted, working_days_later(at.astimezone(hours.zone).date(), hours))


def working_days_later(day: date, hours: Hours) -> date:
    """The day by which work that is begun late can be done."""
    for _ in range(CATCH_UP_DAYS):
        day = hours.working_day(day + timedelta(days=1))
    return day


def _task(
    renewal: Renewal, milestone: Milestone, pattern: Pattern, policy: Policy, staff: Staff, *, due_on: date,
    at: datetime,
) -> Task:
    assignee = _assignee(renewal, pattern.role, staff)
    return Task(
        account_id=renewal.account_id, renewal_id=renewal.id, milestone_id=milestone.id, pattern=pattern.key,
        catalogue=policy.name, role=pattern.role, assignee_id=assignee.id if assignee else None, due_on=due_on,
        opened_at=at, state=TaskState.OPEN, outcome={}, minutes=0,
    )


def who_does(session: Session, renewal: Renewal, role: str) -> Person | None:
    """The person for a role: who owns the renewal, who looks after the company, else the first with that role."""
    return _assignee(renewal, role, Staff(session))


def _assignee(renewal: Renewal, role: str, staff: Staff) -> Person | None:
    owner, csm = renewal.looked_after_by, renewal.account.owner or renewal.owner
    if role == "owner":
        return owner
    if role == Role.CSM.value and csm:
        return csm
    with_role = staff.with_role(Role(role))
    if owner and owner in with_role:
        return owner
    return with_role[0] if with_role else owner
