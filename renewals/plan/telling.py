"""Telling: what one of us is told when a milestone comes."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select

from renewals.event import Event
from renewals.message import MessageKind
from renewals.person import Person, Role
from renewals.plan.action import Action
from renewals.plan.rule import ActionKind
from renewals.plan.turn import Turn
from renewals.renewal import RenewalState, reached

SILENCE = 30
"""Days in which nobody of theirs came, asked or answered. Source: framework, "Proses SMB": their options are ready at
T-30; that a look into the days before that counts as well is ours."""


def needless(turn: Turn, action: Action) -> str:
    """Why nobody is told, or nothing."""
    rule = turn.rule(action)
    if rule is None:
        return "The policy does not ask for it any more."
    if not turn.renewal.is_open:
        return "The renewal is closed."
    if rule.unless_stage and reached(turn.renewal.state, RenewalState(rule.unless_stage)):
        return f"The renewal is {turn.renewal.state.value} already."
    if action.kind is ActionKind.TELL_OWNER and turn.is_late(action):
        return "That day had gone by when the renewal was planned; its tasks stand in the owner’s day instead."
    if action.kind is ActionKind.ESCALATE_SILENCE and _heard_from_them(turn):
        return "They have been in touch."
    return ""


def tell(turn: Turn, action: Action) -> str:
    """Tell whoever of us it is for; says so when that is nobody."""
    people = audience(turn, action)
    for person in people:
        turn.say(MessageKind(action.kind.value), person, action)
    return "" if people else "Nobody of the staff is there for it."


def audience(turn: Turn, action: Action) -> list[Person]:
    """Each once."""
    return list(dict.fromkeys(TO_STAFF[action.kind](turn)))


def _heard_from_them(turn: Turn) -> bool:
    """Source: framework, "Proses SMB", T-7: escalate only without a response."""
    people = select(Person.id).where(Person.account_id == turn.renewal.account_id)
    since = turn.at - timedelta(days=SILENCE)
    heard = select(Event.id).where(
        Event.account_id == turn.renewal.account_id, Event.by_id.in_(people), Event.at >= since
    )
    return turn.session.scalar(heard.limit(1)) is not None


def _managers(turn: Turn) -> list[Person]:
    return turn.staff.with_role(Role.MANAGER)


TO_STAFF: dict[ActionKind, Callable[[Turn], list[Person]]] = {
    ActionKind.TELL_OWNER: lambda turn: turn.owner,
    ActionKind.ESCALATE: lambda turn: [*turn.owner, *_managers(turn)],
    ActionKind.ESCALATE_SILENCE: lambda turn: [*turn.owner, *_managers(turn)],
    ActionKind.INFORM_MANAGER: _managers,
    ActionKind.DAILY_CHECK_IN: lambda turn: turn.owner,
}
"""Whom of us a message is for."""
