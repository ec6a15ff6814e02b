"""Writing: the letter to a customer whose day has come, and what keeps it back."""

from datetime import timedelta

from sqlalchemy import select

from renewals import silence
from renewals.health import Health
from renewals.message import MessageKind
from renewals.plan.action import Action, ActionState
from renewals.plan.milestone import Milestone, MilestoneState
from renewals.plan.readers import readers
from renewals.plan.rule import RECOVERY, TO_CUSTOMERS, ActionKind
from renewals.plan.sound import RENEWAL_FROM
from renewals.plan.turn import Turn
from renewals.policy import PolicyKind
from renewals.snooze import sleeping

MENDING = 5
"""Days that a recovery has before a renewal message."""
NEAR = 7
"""Days within which the next letter makes a late one needless."""


def unwanted(turn: Turn, action: Action) -> str:
    """Why this letter is not said to anybody, or nothing."""
    if turn.rule(action) is None:
        return "The policy does not ask for it any more."
    kind = MessageKind(action.kind.value)
    return silence.reason(turn.renewal, kind) or _recovery_first(turn) or _said_otherwise(turn, action)


def write(turn: Turn, action: Action) -> str:
    """Plan the letter, for the hours their office is open; says what holds it back, or why nobody reads it."""
    if why := _too_early(turn, action):
        return why
    renewal, rule, kind = turn.renewal, turn.rule(action), MessageKind(action.kind.value)
    people = readers(turn.session, renewal, rule.to) if rule else []
    asleep = sleeping(turn.session, [person.id for person, _ in people], turn.at)
    awake = [(person, part) for person, part in people if person.id not in asleep]
    for person, part in awake:
        turn.say(kind, person, action, part=part)
    if people and not awake:
        silence.tell_owner(turn.session, renewal, kind, action.milestone.key, at=turn.at)
    if awake:
        return ""
    return silence.PAUSED if people else "Nobody on their side plays a part that this is for."


def _too_early(turn: Turn, action: Action) -> str:
    """A letter whose milestone was moved forward waits until such letters leave; thanks follow a signature whenever.

    Source: framework, "Automasi mengikut tarikh"; that options are announced once they can be taken is ours.
    """
    days = RENEWAL_FROM
    if action.kind is ActionKind.RENEWAL_READY:
        days = min(days, turn.policies[PolicyKind.TIMELINE].content["offered_from_days"])
    if action.kind is ActionKind.THANKS or turn.renewal.days_left(turn.today) <= days:
        return ""
    first = turn.renewal.renews_on - timedelta(days)
    action.wait(f"It leaves at T-{days}, no earlier.", until=turn.hours.opening(first))
    return action.why


def _recovery_first(turn: Turn) -> str:
    """Red found late: what is broken is mended before anything is said about renewing.

    Source: framework, "Status Kesihatan Mengubah Segalanya"; timeline, "At-risk (180+ hari)"; the days are ours.
    """
    if turn.plan.health is not Health.RED:
        return ""
    begun = turn.session.scalar(
        select(Milestone.reached_at).where(Milestone.renewal_id == turn.renewal.id, Milestone.key == RECOVERY)
    )
    fresh = begun is not None and turn.at - begun < timedelta(days=MENDING)
    return "The recovery has only begun." if fresh else ""


def _said_otherwise(turn: Turn, action: Action) -> str:
    """A letter that comes late is not sent when a later one was, when the next is near, or when the date is over."""
    if not turn.is_late(action) or action.kind is ActionKind.THANKS:
        return ""
    if turn.today > turn.renewal.renews_on:
        return "The renewal date has gone by."
    if _said_later(turn, action):
        return "A later letter said it."
    return _said_soon(turn)


def _said_later(turn: Turn, action: Action) -> bool:
    said = Action.of_renewal(turn.renewal.id).where(Action.outcome == ActionState.DONE, Action.kind.in_(TO_CUSTOMERS))
    return any(one.days < action.days for one in turn.session.scalars(said))


def _said_soon(turn: Turn) -> str:
    """A letter of last month is not sent when the next one that this customer gets is near; that one says it all."""
    suit = [rule for rule in turn.rules if rule.kind in TO_CUSTOMERS - {ActionKind.THANKS}]
    letters = {key for rule in suit if rule.suits(turn.plan.profile) for key in rule.keys}
    coming = Milestone.of_renewal(turn.renewal.id).where(
        Milestone.state == MilestoneState.PLANNED, Milestone.key.in_(letters),
        Milestone.due_on <= turn.today + timedelta(days=NEAR),
    )
    nearest = turn.session.scalars(coming.limit(1)).first()
    return f"The letter of {nearest.due_on.isoformat()} says it." if nearest else ""
