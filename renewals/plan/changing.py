"""Changing: a person moves, waives or takes up one milestone; what is due by that becomes due at once.

Source: timeline, "panduan, bukan sangkar": a guide and not a cage, but each change has its reason.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from sqlalchemy.orm import Session

from renewals.errors import Malformed, NotNow
from renewals.notice_rule import facts_of, rule_for
from renewals.permission import Permission
from renewals.person import Person
from renewals.plan.action import Action
from renewals.plan.milestone import Milestone
from renewals.plan.plan import hours_of
from renewals.plan.rule import NOTICE
from renewals.plan.sweep import Sweep
from renewals.policy import Policy, PolicyKind
from renewals.renewal import Renewal


def move(
    session: Session, renewal: Renewal, milestone: Milestone, day: date, reason: str, *, by: Person, at: datetime
) -> None:
    """Raises: NotYours, NotNow, Malformed."""
    renewal.must_be_open()
    policies = Policy.all_in_force(session, at.date())
    policy = policies[PolicyKind.PLAN]
    if milestone.key == NOTICE:
        _must_count(renewal, policies[PolicyKind.NOTICE], day)
    with _caught_up(session, renewal, policy, at=at):
        milestone.move_to(day, renewal.renews_on, hours_of(renewal.account, policy), reason, by=by, at=at)


def _must_count(renewal: Renewal, policy: Policy, day: date) -> None:
    """Raises: Malformed for a day on which a notice serves nothing."""
    first, last = rule_for(facts_of(renewal), policy.content).window(renewal.decide_by)
    if not first <= day <= last:
        raise Malformed(f"The notice counts only from {first.isoformat()} to {last.isoformat()}.", "day")


def waive(milestone: Milestone, reason: str, *, by: Person, at: datetime) -> None:
    """Raises: NotYours, NotNow, Malformed."""
    milestone.waive(reason, by=by, at=at)


def take_up(session: Session, renewal: Renewal, milestone: Milestone, *, by: Person, at: datetime) -> None:
    """Back into the plan on its day; when that is behind us, what belongs to it is done now.

    Raises: NotYours, NotNow.
    """
    by.must(Permission.CHANGE_PLAN)
    renewal.must_be_open()
    if milestone.is_planned:
        raise NotNow("It stands in the plan already.")
    policy = Policy.all_in_force(session, at.date())[PolicyKind.PLAN]
    with _caught_up(session, renewal, policy, at=at):
        milestone.take_up(by=by, at=at)
        Action.come_back(milestone)


@contextmanager
def _caught_up(session: Session, renewal: Renewal, policy: Policy, *, at: datetime) -> Iterator[None]:
    """The sweep comes no further meanwhile; what it has passed already is written down after the change."""
    until = max(at, Sweep.hold(session))
    yield
    Sweep.catch_up(session, policy.content, [renewal.id], until=until)
