"""Drain: what has come due is done, one renewal after another, each action once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from renewals import silence
from renewals.auto_renewal import fall_due
from renewals.choice import Choice
from renewals.errors import Malformed, Refused
from renewals.event import Event
from renewals.health import Health
from renewals.message import Message, MessageKind
from renewals.notice import Notice, NoticeState
from renewals.notice_rule import facts_of, rule_for
from renewals.payment import Payment
from renewals.person import Person, Role
from renewals.plan.action import Action, ActionState
from renewals.plan.hours import Hours
from renewals.plan.milestone import Milestone, MilestoneState
from renewals.plan.opening import open_tasks
from renewals.plan.plan import Plan, hours_of
from renewals.plan.readers import readers, staff_with
from renewals.plan.rule import TO_CUSTOMERS, ActionKind, Rule, key_of, rules
from renewals.policy import Policy, PolicyKind
from renewals.renewal import Renewal, RenewalState
from renewals.snooze import is_snoozed

BATCH = 50
"""Renewals of one transaction."""
TOLERANCE = 3
"""Days, a long weekend, after which a milestone's message counts as late."""
SILENCE = 30
"""Days without a word from them, from the day their options are ready."""
RECOVERY, MENDING = "t180", 5
"""The milestone at which a recovery begins, and the days it has before a renewal message."""
NEAR = 7
"""Days within which the next letter makes a late one needless."""


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

    def is_late(self, action: Action) -> bool:
        """Its day was days ago: the renewal was found late, or the clock jumped."""
        return (self.today - action.milestone.due_on).days > TOLERANCE

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
    waiting = session.scalars(Action.due_of(renewal.id).where(Action.due_at <= at)).all()
    actions = [action for action in waiting if not _is_put_off(action, at=at)]
    plan = session.scalars(select(Plan).where(Plan.renewal_id == renewal.id)).one()
    turn = Turn(session, renewal, plan, policies, at)
    try:
        with session.begin_nested():
            perform(turn, actions)
    except (Refused, Malformed) as no:
        for action in actions:
            action.stumbled(str(no), at=at)


def _is_put_off(action: Action, *, at: datetime) -> bool:
    """What was written down before its milestone was moved waits for the new day; what was left out is not done."""
    if action.milestone.state is MilestoneState.WAIVED:
        action.skipped("It was left out of the plan.", at=at)
    elif action.milestone.is_planned and action.milestone.due_at > at:
        action.due_at = action.milestone.due_at
    else:
        return False
    return True


def perform(turn: Turn, actions: Sequence[Action]) -> None:
    """Everything due for one renewal, as one: letters that are late together become one letter.

    Source: timeline, "Menjadikan Timeline Berfungsi"; that nothing is said twice is ours.
    """
    for milestone in {action.milestone_id: action.milestone for action in actions}.values():
        if milestone.is_planned:
            milestone.reach(at=turn.at)
    for action in actions:
        if action.kind in WORK:
            _end(turn, action, WORK[action.kind](turn, action))
    for kinds, say in ((TO_CUSTOMERS, _write), (TO_STAFF.keys(), _tell)):
        if notes := sorted((action for action in actions if action.kind in kinds), key=lambda action: -action.days):
            for action in notes[:-1]:
                action.merged(notes[-1], at=turn.at)
            _end(turn, notes[-1], say(turn, notes[-1]))


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
    kind = MessageKind(action.kind.value)
    if held_back := silence.reason(renewal, kind) or _recovery_first(turn) or _said_soon(turn, action):
        return held_back
    people = readers(turn.session, renewal, rule.to)
    awake = [one for one in people if not is_snoozed(turn.session, one[0], turn.at)]
    for person, part in awake:
        _plan(turn, kind, person, action, part=part)
    if awake:
        return ""
    if people:
        silence.tell_owner(turn.session, renewal, kind, action.milestone.key, at=turn.at)
    return silence.PAUSED if people else "Nobody on their side plays a part that this is for."


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


def _said_soon(turn: Turn, action: Action) -> str:
    """A letter of last month is not sent when the next one is near; that one says it all."""
    if not turn.is_late(action):
        return ""
    letters = {key_of(days) for rule in rules(turn.policy.content) if rule.kind in TO_CUSTOMERS for days in rule.at}
    near = turn.today + timedelta(days=NEAR)
    coming = Milestone.of_renewal(turn.renewal.id).where(Milestone.state == MilestoneState.PLANNED)
    for milestone in turn.session.scalars(coming):
        if milestone.key in letters - {"after"} and milestone.due_on <= near:
            return f"The letter of {milestone.due_on.isoformat()} says it."
    return ""


def _plan(
    turn: Turn, kind: MessageKind, person: Person, action: Action, *, leave_at: datetime | None = None, **context: Any
) -> None:
    renewal = turn.renewal
    locale = person.locale or ("en" if person.is_staff else renewal.account.locale)
    leave_at = leave_at or (turn.at if person.is_staff else turn.hours.next_open(turn.at))
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


def _notice(turn: Turn, action: Action) -> str:
    """The legal notice names the exact price; a mail to each reader, on one of its days."""
    renewal, rule = turn.renewal, turn.rule(action)
    if rule is None:
        return "The policy does not ask for it any more."
    if not renewal.is_open or renewal.is_declined:
        return "The renewal is closed." if not renewal.is_open else "They told us that they will not renew."
    option = Choice.of(turn.session, renewal, turn.today).options.good
    if not option.standing:
        return "The price is not approved, and a notice names nothing else."
    policy = turn.policies[PolicyKind.NOTICE]
    asked = rule_for(facts_of(renewal), policy.content)
    notice = Notice.plan(renewal, option, asked, policy=policy.name, at=turn.at)
    if notice.state is NoticeState.PLANNED:
        for person, part in readers(turn.session, renewal, rule.to):
            _plan(turn, MessageKind.LEGAL_NOTICE, person, action, leave_at=_in_window(turn, notice),
                  notice=str(notice.id), part=part)
    return ""


def _in_window(turn: Turn, notice: Notice) -> datetime:
    """In their office hours, unless its days are over by then."""
    opens = turn.hours.next_open(turn.at)
    return opens if opens.astimezone(turn.hours.zone).date() <= notice.window_to else turn.at


def _tell(turn: Turn, action: Action) -> str:
    """Tell whoever of us it is for; says what holds it back, if anything does."""
    rule = turn.rule(action)
    if rule is None:
        return "The policy does not ask for it any more."
    if not turn.renewal.is_open:
        return "The renewal is closed."
    if rule.unless_stage and reached(turn.renewal.state, RenewalState(rule.unless_stage)):
        return f"The renewal is {turn.renewal.state.value} already."
    if action.kind is ActionKind.TELL_OWNER and turn.is_late(action):
        return "It was found late; the tasks say it."
    if action.kind is ActionKind.ESCALATE_SILENCE and _heard_from_them(turn):
        return "They have been in touch."
    people = dict.fromkeys(TO_STAFF[action.kind](turn))
    for person in people:
        _plan(turn, MessageKind(action.kind.value), person, action)
    return "" if people else "Nobody of the staff is there for it."


def _heard_from_them(turn: Turn) -> bool:
    """Whether anybody on their side came, asked or answered of late.

    Source: framework, "Proses SMB", T-7: escalate only without a response.
    """
    people = select(Person.id).where(Person.account_id == turn.renewal.account_id)
    since = turn.at - timedelta(days=SILENCE)
    heard = select(Event.id).where(
        Event.account_id == turn.renewal.account_id, Event.by_id.in_(people), Event.at >= since
    )
    return turn.session.scalar(heard.limit(1)) is not None


def _managers(turn: Turn) -> list[Person]:
    return staff_with(turn.session, Role.MANAGER)


def _owner(turn: Turn) -> list[Person]:
    owner = turn.renewal.owner or turn.renewal.account.owner
    return [owner] if owner else []


def reached(state: RenewalState, wanted: RenewalState) -> bool:
    """Whether a stage is as far as another."""
    stages = list(RenewalState)
    return stages.index(state) >= stages.index(wanted)


WORK: dict[ActionKind, Callable[[Turn, Action], str]] = {
    ActionKind.OPEN_TASKS: _open_tasks,
    ActionKind.LEGAL_NOTICE: _notice,
    ActionKind.CLOSE: _close,
    ActionKind.RETRY: _retry,
}
"""What is no renewal message."""
TO_STAFF: dict[ActionKind, Callable[[Turn], list[Person]]] = {
    ActionKind.TELL_OWNER: _owner,
    ActionKind.ESCALATE: lambda turn: [*_owner(turn), *_managers(turn)],
    ActionKind.ESCALATE_SILENCE: lambda turn: [*_owner(turn), *_managers(turn)],
    ActionKind.INFORM_MANAGER: _managers,
    ActionKind.DAILY_CHECK_IN: _owner,
}
"""Whom of us a message is for."""
