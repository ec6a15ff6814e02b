"""Drain: what has come due is done, one renewal after another, each action once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from renewals.closing import live_payment
from renewals.errors import Malformed, Refused
from renewals.message import Message, MessageKind
from renewals.person import Person, Role
from renewals.plan.action import Action, ActionState
from renewals.plan.hours import Hours
from renewals.plan.opening import open_tasks
from renewals.plan.plan import Plan, hours_of
from renewals.plan.readers import readers, staff_with
from renewals.plan.rule import TO_CUSTOMERS, ActionKind, Rule, rules
from renewals.policy import Policy, PolicyKind
from renewals.renewal import Renewal, RenewalState

BATCH = 50
"""Renewals of one transaction."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One renewal's turn: what it is, what is known, and the moment."""

    session: Session
    renewal: Renewal
    plan: Plan
    policies: Mapping[PolicyKind, Policy]
    at: datetime

    @property
    def policy(self) -> Policy:
        return self.policies[PolicyKind.PLAN]

    @property
    def hours(self) -> Hours:
        return hours_of(self.renewal.account, self.policy)

    @property
    def today(self) -> date:
        return self.renewal.account.today(self.at)

    def rule(self, action: Action) -> Rule | None:
        """The rule an action came from, as the policy says it now; None when it says it no longer."""
        for rule in rules(self.policy.content):
            if rule.kind is action.kind and rule.suits(self.plan.profile):
                return rule
        return None


def drain(session: Session, *, at: datetime, batch: int = BATCH) -> int:
    """Take the next renewals with something due, each locked so that no second worker takes it too.

    What goes wrong with one leaves the others alone. Returns: how many renewals had their turn.
    """
    policies = Policy.all_in_force(session, at.date())
    waiting = exists().where(
        Action.renewal_id == Renewal.id, Action.outcome == ActionState.DUE, Action.due_at <= at
    )
    query = Renewal.locked(select(Renewal).where(waiting).order_by(Renewal.id).limit(batch))
    taken = session.scalars(query.with_for_update(of=Renewal, skip_locked=True, key_share=True)).unique().all()
    for renewal in taken:
        _take(session, renewal, policies, at=at)
    return len(taken)


def _take(session: Session, renewal: Renewal, policies: Mapping[PolicyKind, Policy], *, at: datetime) -> None:
    actions = session.scalars(Action.due_of(renewal.id).where(Action.due_at <= at)).all()
    plan = session.scalars(select(Plan).where(Plan.renewal_id == renewal.id)).one()
    turn = Turn(session, renewal, plan, policies, at)
    try:
        with session.begin_nested():
            perform(turn, actions)
    except (Refused, Malformed) as no:
        for action in actions:
            action.stumbled(str(no), at=at)


def perform(turn: Turn, actions: Sequence[Action]) -> None:
    """Everything due for one renewal, as one: letters that are late together become one letter.

    Source: timeline, "Menjadikan Timeline Berfungsi"; that nothing is said twice is ours.
    """
    for milestone in {action.milestone_id: action.milestone for action in actions}.values():
        if milestone.is_planned:
            milestone.reach(at=turn.at)
    letters = [action for action in actions if action.kind in TO_CUSTOMERS]
    for action in actions:
        if action not in letters:
            _end(turn, action, PERFORM[action.kind](turn, action))
    if letters:
        *earlier, last = sorted(letters, key=lambda action: -action.days)
        for action in earlier:
            action.merged(last, at=turn.at)
        _end(turn, last, _write(turn, last))


def _end(turn: Turn, action: Action, held_back: str) -> None:
    if held_back:
        action.skipped(held_back, at=turn.at)
    else:
        action.done(at=turn.at)


def _write(turn: Turn, action: Action) -> str:
    """Plan the letter, for the hours their office is open; says what holds it back, if anything does."""
    renewal = turn.renewal
    rule = turn.rule(action)
    if rule is None:
        return "The policy does not ask for it any more."
    if action.kind is ActionKind.THANKS:
        if renewal.state is not RenewalState.WON:
            return "It was not renewed."
    elif held_back := _silent(turn):
        return held_back
    people = readers(turn.session, renewal, rule.to)
    for person, part in people:
        _plan(turn, MessageKind(action.kind.value), person, action, part=part)
    return "" if people else "Nobody on their side plays a part that this is for."


def _silent(turn: Turn) -> str:
    """Why no renewal message is sent now, or nothing."""
    if not turn.renewal.is_open:
        return "The renewal is closed."
    if turn.renewal.is_declined:
        return "They told us that they will not renew."
    if live_payment(turn.renewal):
        return "A payment is under way."
    return ""


def _plan(turn: Turn, kind: MessageKind, person: Person, action: Action, **context: Any) -> None:
    renewal = turn.renewal
    locale = person.locale or ("en" if person.is_staff else renewal.account.locale)
    leave_at = turn.at if person.is_staff else turn.hours.next_open(turn.at)
    Message.plan(
        turn.session, kind, person, purpose=f"{action.kind.value}:{action.id}:{person.id}", locale=locale, at=turn.at,
        leave_at=leave_at, renewal_id=renewal.id, account_id=renewal.account_id, milestone=action.milestone.key,
        **context,
    )


# What is for ourselves


def _open_tasks(turn: Turn, action: Action) -> str:
    if not turn.renewal.is_open and action.milestone.key != "after":
        return "The renewal is closed."
    open_tasks(turn.session, turn.renewal, turn.plan, action.milestone, turn.policies, hours=turn.hours, at=turn.at)
    return ""


def _tell_owner(turn: Turn, action: Action) -> str:
    return _tell(turn, action, _owner(turn))


def _escalate(turn: Turn, action: Action) -> str:
    return _tell(turn, action, [*_owner(turn), *staff_with(turn.session, Role.MANAGER)])


def _escalate_silence(turn: Turn, action: Action) -> str:
    """SMB: only when nobody on their side has answered. Source: framework, "Proses SMB", T-7."""
    return _escalate(turn, action)


def _inform_manager(turn: Turn, action: Action) -> str:
    return _tell(turn, action, staff_with(turn.session, Role.MANAGER))


def _close(turn: Turn, action: Action) -> str:
    return "" if turn.renewal.is_open else "The renewal is closed."


def _tell(turn: Turn, action: Action, people: Sequence[Person]) -> str:
    rule = turn.rule(action)
    if rule is None:
        return "The policy does not ask for it any more."
    if not turn.renewal.is_open:
        return "The renewal is closed."
    if rule.unless_stage and reached(turn.renewal.state, RenewalState(rule.unless_stage)):
        return f"The renewal is {turn.renewal.state.value} already."
    for person in dict.fromkeys(people):
        _plan(turn, MessageKind(action.kind.value), person, action)
    return "" if people else "Nobody of the staff is there for it."


def _owner(turn: Turn) -> list[Person]:
    owner = turn.renewal.owner or turn.renewal.account.owner
    return [owner] if owner else []


def reached(state: RenewalState, wanted: RenewalState) -> bool:
    """Whether a stage is as far as another."""
    stages = list(RenewalState)
    return stages.index(state) >= stages.index(wanted)


PERFORM: dict[ActionKind, Callable[[Turn, Action], str]] = {
    ActionKind.OPEN_TASKS: _open_tasks,
    ActionKind.TELL_OWNER: _tell_owner,
    ActionKind.ESCALATE: _escalate,
    ActionKind.ESCALATE_SILENCE: _escalate_silence,
    ActionKind.INFORM_MANAGER: _inform_manager,
    ActionKind.DAILY_CHECK_IN: _tell_owner,
    ActionKind.CLOSE: _close,
}
