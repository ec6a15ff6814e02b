"""Day: what a new business day brings; run by the clock and safe to run twice."""

from datetime import timedelta

from sqlalchemy import select

from app.chores.message import plan
from app.work import Work
from renewals.message import MessageKind
from renewals.payment import Payment
from renewals.person import Person, Role
from renewals.policy import Policy, PolicyKind
from renewals.renewal import CLOSED, Renewal
from renewals.segment import Segment

OPTIONS_READY_DAYS = 30
LAST_REMINDER_DAYS = 7


def begin_day(work: Work) -> None:
    announce(work)


def announce(work: Work) -> None:
    """The renewal of an SMB customer is mailed with its one click when its options are ready.

    Source: framework, "Proses SMB": T-30 the proposal with one click, T-7 a last reminder.
    """
    policy = Policy.in_force(work.session, PolicyKind.SEGMENT, work.now.date()).content
    horizon = work.now.date() + timedelta(days=OPTIONS_READY_DAYS + 1)
    due = select(Renewal).where(
        Renewal.state.not_in(CLOSED), Renewal.renews_on <= horizon, Renewal.declined_at.is_(None)
    )
    for renewal in work.session.scalars(due):
        days = renewal.days_left(renewal.account.today(work.now))
        if Payment.live_of(renewal):
            continue
        if renewal.segment(policy) is Segment.SMB and 0 <= days <= OPTIONS_READY_DAYS:
            _announce(work, renewal, last=days <= LAST_REMINDER_DAYS)


def _announce(work: Work, renewal: Renewal, *, last: bool) -> None:
    people = work.session.scalars(
        select(Person).where(
            Person.account_id == renewal.account_id, Person.active,
            Person.roles.overlap([Role.OWNER.value, Role.BUYER.value]),
        )
    )
    for person in people:
        purpose = f"{'last' if last else 'ready'}:{renewal.id}:{person.id}"
        plan(work, MessageKind.RENEWAL_READY, person, renewal, purpose=purpose, last=last)
