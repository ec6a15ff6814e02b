"""Noticing: the day of the legal notice: what it names is written down, and it is mailed on one of its days."""

from datetime import date, datetime, timedelta

from renewals.choice import Choice
from renewals.message import MessageKind
from renewals.notice import Notice, NoticeState
from renewals.notice_rule import facts_of, rule_for
from renewals.plan.action import Action
from renewals.plan.readers import readers
from renewals.plan.turn import Turn
from renewals.policy import PolicyKind

UNAPPROVED = "The price is not approved, and a notice names nothing else."


def give_notice(turn: Turn, action: Action) -> str:
    """It names the exact price; a mail to each reader. Says what holds it back, if anything does."""
    renewal, rule = turn.renewal, turn.rule(action)
    if rule is None:
        return "The policy does not ask for it any more."
    if not renewal.is_open or renewal.is_declined:
        return "The renewal is closed." if not renewal.is_open else "They told us that they will not renew."
    if (renewal.id, renewal.decide_by) in Notice.deadlines(turn.session, [renewal.id]):
        return "A notice for this last day to decline was written before."
    policy = turn.policies[PolicyKind.NOTICE]
    asked = rule_for(facts_of(renewal), policy.content)
    option = Choice.of(turn.session, renewal, turn.today).options.good
    if not option.standing:
        return wait_for_approval(turn, action, asked.window(renewal.decide_by)[1])
    notice = Notice.plan(renewal, option, asked, policy=policy.name, at=turn.at)
    if notice.state is NoticeState.PLANNED:
        for person, part in readers(turn.session, renewal, rule.to):
            turn.say(MessageKind.LEGAL_NOTICE, person, action, leave_at=_in_window(turn, notice),
                     notice=str(notice.id), part=part)
    return ""


def wait_for_approval(turn: Turn, action: Action, last: date) -> str:
    """Looked at each day until its days are over; whoever looks after it hears of it on the first."""
    for person in turn.answerable:
        turn.say(MessageKind.STUCK, person, action, what=action.what, why=UNAPPROVED, until=last.isoformat(),
                 account_name=turn.renewal.account.name)
    if turn.today < last:
        action.wait(UNAPPROVED, until=turn.hours.opening(turn.today + timedelta(days=1)))
    return UNAPPROVED


def _in_window(turn: Turn, notice: Notice) -> datetime:
    """In their office hours, unless its days are over by then."""
    opens = turn.hours.next_open(turn.at)
    return opens if opens.astimezone(turn.hours.zone).date() <= notice.window_to else turn.at
