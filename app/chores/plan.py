"""Plans: drawn when a renewal opens or changes, swept by date, and what has come due done."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from app.chores.message import plan
from app.work import Work
from renewals.event import Event
from renewals.message import Message, MessageKind
from renewals.plan import ending, opening, unready
from renewals.plan.action import Action
from renewals.plan.drain import drain
from renewals.plan.many import take_next
from renewals.plan.milestone import Milestone
from renewals.plan.plan import Drawing, Plan, draw
from renewals.plan.profiling import drawing_of
from renewals.plan.readers import Staff
from renewals.plan.sweep import Sweep
from renewals.policy import Policy, PolicyKind
from renewals.quoting import delivering
from renewals.renewal import CLOSED, Renewal
from renewals.routing import handoff
from renewals.routing.route import route
from renewals.routing.routing import Routing

DRAWN_AT_ONCE = 200
"""Renewals of one transaction."""


def draw_plan(work: Work, subject: UUID) -> None:
    """The plan of one renewal, new or changed."""
    policies = Policy.all_in_force(work.session, work.now.date())
    renewal = Renewal.find(work.session, subject)
    if renewal.is_open:
        _route_and_draw(work, [renewal], policies)


def draw_plans(work: Work) -> Any:
    """After an import: every plan that is missing or was drawn from what is no longer so, and the rules asked again
    about the others, of which the book may know something new."""
    drawn: set[UUID] = set()
    while some := _draw_some(work):
        drawn.update(some)
        yield nothing
    yield from route_renewals(work, but=drawn)


def route_renewals(work: Work, but: Collection[UUID] = ()) -> Any:
    """The rules asked about every open renewal, after they or the book changed; plans follow where they must."""
    query = select(Renewal.id).where(Renewal.state.not_in(CLOSED)).order_by(Renewal.id)
    keys = [key for key in work.session.scalars(query) if key not in but]
    for begin in range(0, len(keys), DRAWN_AT_ONCE):
        yield nothing
        some = select(Renewal).where(Renewal.id.in_(keys[begin : begin + DRAWN_AT_ONCE]), Renewal.state.not_in(CLOSED))
        _route_again(work, some.order_by(Renewal.id))


def route_customer(work: Work, subject: UUID) -> None:
    """The rules asked again about one customer's open renewals: something about them is another now."""
    work.instead_of_waiting("route_customer", subject=str(subject))
    _route_again(work, select(Renewal).where(Renewal.account_id == subject, Renewal.state.not_in(CLOSED)))


def hand_off(work: Work, subject: UUID, event: UUID) -> None:
    """A renewal changed hands: its open work moves, and the customer is told when it is time."""
    policies = Policy.all_in_force(work.session, work.now.date())
    renewal, handed_over = Renewal.find(work.session, subject), work.session.get_one(Event, event)
    handoff.follow(work.session, renewal, handed_over, policies, at=work.now)


def _route_again(work: Work, query: Select[Renewal]) -> int:
    """Plans whose profile or day of the legal notice is another now are drawn again, and no others.

    Returns: how many were routed.
    """
    policies = Policy.all_in_force(work.session, work.now.date())
    renewals = work.session.scalars(Renewal.with_parts(query)).unique().all()
    routed = route(work.session, renewals, policies, at=work.now)
    _draw_changed(work, [drawing_of(each, routed[each.id], policies) for each in renewals], policies[PolicyKind.PLAN])
    handoff.introduce_some(work.session, renewals, routed, policies, at=work.now)
    return len(renewals)


def _draw_changed(work: Work, drawings: Sequence[Drawing], policy: Policy) -> None:
    keys = [drawing.renewal.id for drawing in drawings]
    plans = work.session.scalars(select(Plan).where(Plan.renewal_id.in_(keys)))
    drawn = {plan.renewal_id: plan for plan in plans}
    changed = [drawing for drawing in drawings if not drawing.is_drawn(drawn.get(drawing.renewal.id))]
    if changed:
        draw(work.session, changed, policy, at=work.now)


def _route_and_draw(work: Work, renewals: Sequence[Renewal], policies: Mapping[PolicyKind, Policy]) -> None:
    routed = route(work.session, renewals, policies, at=work.now)
    drawings = [drawing_of(renewal, routed[renewal.id], policies) for renewal in renewals]
    draw(work.session, drawings, policies[PolicyKind.PLAN], at=work.now)


def _draw_some(work: Work) -> list[UUID]:
    policies = Policy.all_in_force(work.session, work.now.date())
    query = Plan.undrawn(policies[PolicyKind.PLAN], DRAWN_AT_ONCE)
    renewals = work.session.scalars(Renewal.with_parts(query)).unique().all()
    _route_and_draw(work, renewals, policies)
    return [renewal.id for renewal in renewals]


def end_plan(work: Work, subject: UUID) -> None:
    """A closed renewal's dates are dropped; what follows a signature follows it the day after, and what was promised
    with it is work at once."""
    renewal = Renewal.find(work.session, subject)
    policies = Policy.all_in_force(work.session, work.now.date())
    ending.end(work.session, renewal, policies[PolicyKind.PLAN], at=work.now)
    delivering.open_delivery(renewal, policies, at=work.now)


def insist(work: Work, subject: UUID) -> None:
    """A milestone was left out, and its work with it, but for what nobody leaves out."""
    milestone = Milestone.find(work.session, subject)
    renewal = Renewal.find(work.session, milestone.renewal_id, lock=True)
    opening.insist(work.session, renewal, milestone, Policy.all_in_force(work.session, work.now.date()), at=work.now)


def look_at_readiness(work: Work, subject: UUID) -> None:
    """What one customer's renewals wait for, after something about them changed."""
    work.instead_of_waiting("look_at_readiness", subject=str(subject))
    unready.look_again(work.session, subject, Policy.all_in_force(work.session, work.now.date()), at=work.now)


def tell_stuck(work: Work, subject: UUID) -> None:
    """The machine gave something up: whoever looks after the renewal hears what, and why; else the managers."""
    action = Action.find(work.session, subject)
    renewal = Renewal.find(work.session, action.renewal_id)
    for person in Staff(work.session).answerable_for(renewal):
        plan(work, MessageKind.STUCK, person, renewal, purpose=f"gave_up:{action.id}:{person.id}", what=action.what,
             why=action.why, account_name=renewal.account.name)


def do_bulk(work: Work, subject: UUID) -> Any:
    """One act on many renewals, each in a transaction of its own; begun again it goes on where it stopped."""
    while take_next(work.session, subject, at=work.now):
        yield nothing


def keep_plans(work: Work) -> Any:
    """What has come due is written down, then done, then what may leave now leaves."""
    while _route_again(work, Routing.due(work.now, DRAWN_AT_ONCE)) == DRAWN_AT_ONCE:
        yield nothing
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
