"""Drain: what has come due is done, one renewal after another, each action once."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

import structlog
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from renewals.auto_renewal import fall_due
from renewals.base import session_of
from renewals.errors import Malformed, Refused
from renewals.payment import Payment
from renewals.plan.action import Action, ActionState
from renewals.plan.foreseeing import foresee
from renewals.plan.noticing import give_notice
from renewals.plan.opening import open_tasks
from renewals.plan.plan import Plan
from renewals.plan.readers import Staff
from renewals.plan.rule import AFTERWARDS, TO_CUSTOMERS, ActionKind, rules
from renewals.plan.telling import TO_STAFF, audience, needless, tell
from renewals.plan.turn import Turn
from renewals.plan.unready import look_ahead
from renewals.plan.writing import unwanted, write
from renewals.policy import Policy, PolicyKind
from renewals.renewal import Renewal

BATCH = 50
"""Renewals of one transaction."""
Deed = Callable[[Turn, Action], str]
"""Does an action; says what holds it back, if anything does."""
log = structlog.get_logger()


def drain(session: Session, *, at: datetime, batch: int = BATCH) -> int:
    """Take the next renewals with something due, each locked so that no second worker takes it too.

    What goes wrong with one leaves the others alone. Returns: how many renewals had their turn.
    """
    waiting = exists().where(
        Action.renewal_id == Renewal.id, Action.outcome == ActionState.DUE, Action.due_at <= at
    )
    query = select(Renewal).where(waiting).order_by(Renewal.id).limit(batch)
    taken = session.scalars(query.with_for_update(of=Renewal, skip_locked=True, key_share=True)).unique().all()
    for turn in _turns(session, taken, at=at):
        _take(turn)
    return len(taken)


def _turns(session: Session, taken: Sequence[Renewal], *, at: datetime) -> Iterator[Turn]:
    """What is the same for all of them is asked once."""
    policies = Policy.all_in_force(session, at.date())
    known, staff = rules(policies[PolicyKind.PLAN].content), Staff(session)
    plans = select(Plan).where(Plan.renewal_id.in_([renewal.id for renewal in taken]))
    plan_of = {plan.renewal_id: plan for plan in session.scalars(plans)}
    for renewal in taken:
        yield Turn(session, renewal, plan_of[renewal.id], policies, known, staff, at)


def _take(turn: Turn) -> None:
    waiting = turn.session.scalars(Action.due_of(turn.renewal.id).where(Action.due_at <= turn.at)).all()
    actions = [action for action in waiting if not _is_put_off(action, at=turn.at)]
    notes = [action for action in actions if action.kind not in WORK]
    _attempt(turn, [*([action] for action in actions if action.kind in WORK), *([notes] if notes else [])])


def _is_put_off(action: Action, *, at: datetime) -> bool:
    """What was written down before its milestone was moved waits for the new day; what was left out is not done."""
    milestone = action.milestone
    if milestone.is_left_out:
        session_of(action).refresh(milestone, with_for_update=True)  # nobody takes it up again meanwhile
    if milestone.is_left_out:
        action.skipped("It was left out of the plan.", at=at)
    elif milestone.is_planned and milestone.due_at > at:
        action.due_at = milestone.due_at
    else:
        return False
    return True


def _attempt(turn: Turn, parts: Sequence[Sequence[Action]]) -> None:
    """All of it or, when something goes wrong, each part by itself, so that only the one at fault stumbles."""
    try:
        with turn.session.begin_nested():
            for part in parts:
                perform(turn, part)
    except Exception as trouble:
        if len(parts) > 1:
            for part in parts:
                _attempt(turn, [part])
            return
        log.error("what was due could not be done", renewal=str(turn.renewal.id), exc_info=trouble)
        for action in parts[0]:
            action.stumbled(_said(trouble), at=turn.at)


def _said(trouble: Exception) -> str:
    """In one line; a driver quotes what it was given on the lines below."""
    sentence = str(trouble).partition("\n")[0]
    return sentence if isinstance(trouble, Refused | Malformed) else f"{type(trouble).__name__}: {sentence}"


def perform(turn: Turn, actions: Sequence[Action]) -> None:
    """Everything due for one renewal, as one: letters that are late together become one letter.

    Source: timeline, "Menjadikan Timeline Berfungsi"; that nothing is said twice is ours.
    """
    for milestone in {action.milestone_id: action.milestone for action in actions}.values():
        if milestone.is_planned and not (milestone.key == AFTERWARDS and turn.renewal.is_open):
            milestone.reach(at=turn.at)
    for action in actions:
        if action.kind in WORK:
            _do(turn, action, WORK[action.kind])
    _say(turn, [action for action in actions if action.kind in TO_CUSTOMERS], unwanted, write)
    for notes in _alike(turn, actions):
        _say(turn, notes, needless, tell)


def _alike(turn: Turn, actions: Sequence[Action]) -> list[list[Action]]:
    """Notes to ourselves by who reads them: what is for other people says nothing to these."""
    by_readers: dict[frozenset[object], list[Action]] = {}
    for action in actions:
        if action.kind in TO_STAFF:
            people = frozenset(person.id for person in audience(turn, action))
            by_readers.setdefault(people, []).append(action)
    return list(by_readers.values())


def _say(turn: Turn, notes: Sequence[Action], unwanted: Deed, say: Deed) -> None:
    """The latest that is wanted says the earlier ones too; where nobody hears it, they are not heard either."""
    waiting = sorted(notes, key=lambda action: action.days)
    while waiting and (why := unwanted(turn, waiting[0])):
        waiting.pop(0).skipped(why, at=turn.at)
    for action in waiting[:1]:
        _do(turn, action, say)
    for action in waiting[1:]:
        if waiting[0].outcome is ActionState.DONE:
            action.merged(waiting[0], at=turn.at)
        else:
            action.skipped(waiting[0].why, at=turn.at)


def _do(turn: Turn, action: Action, deed: Deed) -> None:
    if not (held_back := deed(turn, action)):
        action.done(at=turn.at)
    elif action.due_at <= turn.at:
        action.skipped(held_back, at=turn.at)


# What the machine does by itself


def _open_tasks(turn: Turn, action: Action) -> str:
    if not turn.renewal.is_open and action.milestone.key != AFTERWARDS:
        return "The renewal is closed."
    open_tasks(
        turn.session, turn.renewal, turn.plan, action.milestone, turn.policies, turn.staff, hours=turn.hours, at=turn.at
    )
    return ""


def _close(turn: Turn, action: Action) -> str:
    """The date has come: what renews by itself falls due, everything else is somebody's to settle."""
    if not turn.renewal.is_open:
        return "The renewal is closed."
    if turn.renewal.term.auto_renew and not turn.renewal.is_declined:
        fall_due(turn.renewal, at=turn.at, step=action.milestone.key)
    return ""


def _retry(turn: Turn, action: Action) -> str:
    """Nothing is asked again while an attempt stands, or where nothing renews by itself."""
    if not turn.renewal.term.auto_renew:
        return "It does not renew by itself."
    if turn.renewal.is_open and Payment.live_of(turn.renewal):
        return "A payment is under way."
    return _close(turn, action)


WORK: dict[ActionKind, Deed] = {
    ActionKind.OPEN_TASKS: _open_tasks,
    ActionKind.READINESS: look_ahead,
    ActionKind.PRELIMINARY_TERMS: foresee,
    ActionKind.LEGAL_NOTICE: give_notice,
    ActionKind.CLOSE: _close,
    ActionKind.RETRY: _retry,
}
"""What is no renewal message."""
