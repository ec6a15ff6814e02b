"""Plans: drawn when a renewal opens or changes, swept by date, and what has come due done."""

from typing import Any
from uuid import UUID

from app.work import Work
from renewals.message import Message
from renewals.plan import ending
from renewals.plan.drain import drain
from renewals.plan.many import take_next
from renewals.plan.plan import Plan, draw
from renewals.plan.profiling import drawing_of
from renewals.plan.sweep import Sweep
from renewals.policy import Policy, PolicyKind
from renewals.renewal import Renewal

DRAWN_AT_ONCE = 200
"""Renewals of one transaction."""


def draw_plan(work: Work, subject: UUID) -> None:
    """The plan of one renewal, new or changed."""
    policies = Policy.all_in_force(work.session, work.now.date())
    renewal = Renewal.find(work.session, subject)
    if renewal.is_open:
        draw(work.session, [drawing_of(renewal, policies)], policies[PolicyKind.PLAN], at=work.now)


def draw_plans(work: Work) -> Any:
    """Every plan that is missing or was drawn from what is no longer so, as after an import."""
    while _draw_some(work):
        yield nothing


def _draw_some(work: Work) -> bool:
    policies = Policy.all_in_force(work.session, work.now.date())
    query = Plan.undrawn(policies[PolicyKind.PLAN], DRAWN_AT_ONCE)
    renewals = work.session.scalars(Renewal.with_parts(query)).unique().all()
    drawings = [drawing_of(renewal, policies) for renewal in renewals]
    draw(work.session, drawings, policies[PolicyKind.PLAN], at=work.now)
    return len(renewals) == DRAWN_AT_ONCE


def end_plan(work: Work, subject: UUID) -> None:
    """A closed renewal's dates are dropped; what follows a signature follows it the day after."""
    renewal = Renewal.find(work.session, subject)
    policies = Policy.all_in_force(work.session, work.now.date())
    ending.end(work.session, renewal, policies[PolicyKind.PLAN], at=work.now)


def do_bulk(work: Work, subject: UUID) -> Any:
    """One act on many renewals, each in a transaction of its own; begun again it goes on where it stopped."""
    while take_next(work.session, subject, at=work.now):
        yield nothing


def keep_plans(work: Work) -> Any:
    """What has come due is written down, then done, then what may leave now leaves."""
    policies = Policy.all_in_force(work.session, work.now.date())
    Sweep.run(work.session, policies[PolicyKind.PLAN].content, at=work.now)
    yield nothing
    while drain(work.session, at=work.now):
        yield nothing
    release_messages(work)


def release_messages(work: Work) -> None:
    for key, account in Message.release(work.session, at=work.now):
        args = {"account": str(account) if account else None, "subject": str(key)}
        work.later("send_message", args, wait=0)


def nothing() -> None:
    """Between two transactions there is nothing to call."""
