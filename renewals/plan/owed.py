"""Owed: what we owe a customer, and by when; both sides read the same list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from renewals.activity import ActivityKind
from renewals.event import Event, EventName
from renewals.message import Message, MessageKind
from renewals.plan.shared import SharedPlan
from renewals.renewal import Renewal, RenewalState
from renewals.segment import Segment
from renewals.workday import last_workday, next_workday

ANSWERS = (ActivityKind.CALL.value, ActivityKind.MEETING.value, ActivityKind.MAIL.value)
"""What of ours, noted after a question, is the answer to it."""
PROPOSED_BY = 30
"""Days before the renewal date. Source: framework, "Proses Enterprise", T-30; the date promised is the later one."""
REMEMBERED = timedelta(days=30)
"""How long something that was done stays on the list."""
TOLD = (EventName.QUESTION_ASKED, EventName.ACTIVITY_NOTED, EventName.RENEWAL_MOVED)


class OwedKind(StrEnum):
    """What can be owed."""

    ANSWER = "answer"
    INVOICE = "invoice"
    PROPOSAL = "proposal"


@dataclass(frozen=True, slots=True)
class Owed:
    """One thing. Units: days where the customer is; `since` is the day they asked, None when nobody needs to."""

    kind: OwedKind
    by: date
    since: date | None = None
    done_on: date | None = None

    def is_late(self, on: date) -> bool:
        return (self.done_on or on) > self.by


def owed(session: Session, plan: SharedPlan, segment: Segment, priced_by: date | None) -> list[Owed]:
    """What waits first, the most urgent on top; then what was done lately.

    `priced_by`: when the price has to be there for a notice to name it; None where no notice is asked for.
    """
    renewal = plan.renewal
    events = session.scalars(
        select(Event).where(Event.subject_id == renewal.id, Event.name.in_(TOLD)).order_by(Event.seq)
    ).all()
    found = _answers(renewal, events)
    if segment is not Segment.SMB:
        found.append(_proposal(session, plan, events, priced_by))
    fresh = [one for one in found if one.done_on is None or plan.today - one.done_on <= REMEMBERED]
    open_or_done = [one for one in fresh if renewal.is_open or one.done_on]
    return sorted(open_or_done, key=lambda one: (one.done_on is not None, one.by))


def _answers(renewal: Renewal, events: Sequence[Event]) -> list[Owed]:
    """Each question is answered by the first call, meeting or mail that is noted after it.

    Source: the page says so where one asks: by the end of the next working day.
    """
    spoken = [one for one in events if one.name == EventName.ACTIVITY_NOTED and one.details.get("kind") in ANSWERS]
    found = []
    for asked in (one for one in events if one.name == EventName.QUESTION_ASKED):
        day = renewal.account.today(asked.at)
        answer = next((one for one in spoken if one.seq > asked.seq), None)
        kind = OwedKind.INVOICE if asked.details.get("purpose") == "invoice" else OwedKind.ANSWER
        found.append(Owed(kind, next_workday(day), day, renewal.account.today(answer.at) if answer else None))
    return found


def _proposal(session: Session, plan: SharedPlan, events: Sequence[Event], priced_by: date | None) -> Owed:
    """Done when the stage says so, or when the summary with the proposal left."""
    renewal = plan.renewal
    planned = next((one.day for one in plan.milestones if one.key == f"t{PROPOSED_BY}"), None)
    by = last_workday(planned or renewal.renews_on - timedelta(days=PROPOSED_BY))
    moved = [one.at for one in events if one.name == EventName.RENEWAL_MOVED
             and one.details.get("to") == RenewalState.PROPOSED.value]
    sent = session.scalars(
        select(Message.sent_at).where(
            Message.renewal_id == renewal.id, Message.kind == MessageKind.SUMMARY_NOTICE, Message.sent_at.is_not(None)
        )
    ).all()
    done = min([*moved, *(at for at in sent if at)], default=None)
    return Owed(
        OwedKind.PROPOSAL, min(by, priced_by) if priced_by else by,
        done_on=renewal.account.today(done) if done else None,
    )
