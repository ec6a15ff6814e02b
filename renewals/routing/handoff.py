"""Handoff: what follows when a renewal changes hands: open work moves, and the customer is told who takes over."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from renewals.event import Event
from renewals.message import Message, MessageKind, MessageState
from renewals.payment import Payment
from renewals.person import Person
from renewals.plan.plan import hours_of
from renewals.plan.readers import readers
from renewals.plan.task import Task
from renewals.policy import Policy, PolicyKind
from renewals.renewal import Renewal
from renewals.routing.route import SHARED_FROM
from renewals.routing.routing import Routing, must_say_why
from renewals.running import hand_over

TO = ("champion", "economic_buyer")
"""Who is told. Source: timeline, "Notis Renewal dan Outreach"."""
OWNER = "owner"


def choose_owner(
    routing: Routing, renewal: Renewal, person: Person, reason: str, *, by: Person, at: datetime
) -> None:
    """Somebody else owns it for this term, whatever the rule says. Raises: NotYours, NotNow, Malformed."""
    words = must_say_why(reason)
    hand_over(renewal, person, by=by, at=at)
    routing.keep_owner(person, words, by=by, at=at)


def follow(
    session: Session, renewal: Renewal, event: Event, policies: Mapping[PolicyKind, Policy], *, at: datetime
) -> None:
    """After `renewal.handed_over`. Done twice it changes nothing: work moves once, and a letter has one purpose.

    Source: framework, "Siapa Yang Memiliki Renewal": the customer and the team always know who owns what.
    """
    owner = session.get(Person, renewal.owner_id) if renewal.owner_id else None
    if owner is None or not renewal.is_open:
        return
    former = event.details.get("former")
    move_tasks(session, renewal, UUID(former) if former else None, owner, at=at)
    routing = Routing.of(session, renewal.id)
    if routing and former and former != str(owner.id):
        routing.introduced = False
        introduce(session, renewal, routing, policies, at=at)


def move_tasks(session: Session, renewal: Renewal, former: UUID | None, owner: Person, *, at: datetime) -> None:
    """Open work of the one who had it goes to the new owner, but for what belongs to another role of theirs: the CSM
    keeps the relationship."""
    for task in session.scalars(Task.of_renewal(renewal.id).where(Task.assignee_id == former)):
        if task.is_open and (task.role == OWNER or task.role in owner.roles) and former != owner.id:
            task.give_to(owner, by=None, at=at)


def introduce_some(
    session: Session, renewals: Sequence[Renewal], routed: Mapping[UUID, Routing],
    policies: Mapping[PolicyKind, Policy], *, at: datetime,
) -> None:
    """Those whose owner the customer has not been told of."""
    for renewal in renewals:
        if not routed[renewal.id].introduced:
            introduce(session, renewal, routed[renewal.id], policies, at=at)


def introduce(
    session: Session, renewal: Renewal, routing: Routing, policies: Mapping[PolicyKind, Policy], *, at: datetime
) -> bool:
    """Tell the customer who takes over, in their office's hours; before T-60 that waits. Returns: whether it was said.

    Only the last to take over is introduced.
    """
    today = renewal.account.today(at)
    owner = session.get(Person, renewal.owner_id) if renewal.owner_id else None
    if renewal.days_left(today) > SHARED_FROM:
        opens = renewal.renews_on - timedelta(days=SHARED_FROM)
        routing.look_again_on = min(routing.look_again_on or opens, opens)
        return False
    routing.introduced = True
    if owner is None or renewal.is_declined or not renewal.is_open or Payment.live_of(renewal):
        return False
    for waiting in _waiting(session, renewal):
        if waiting.context.get(OWNER) != str(owner.id):
            waiting.drop("Somebody else took over since.", at=at)
    leave_at = hours_of(renewal.account, policies[PolicyKind.PLAN]).next_open(at)
    people = readers(session, renewal, TO)
    for person, part in people:
        Message.plan(
            session, MessageKind.HANDOFF, person, purpose=f"handoff:{renewal.id}:{owner.id}:{person.id}:{today}",
            locale=person.locale or renewal.account.locale, at=at, leave_at=leave_at, renewal_id=renewal.id,
            account_id=renewal.account_id, part=part, owner=str(owner.id),
        )
    return bool(people)


def _waiting(session: Session, renewal: Renewal) -> list[Message]:
    query = select(Message).where(
        Message.renewal_id == renewal.id, Message.kind == MessageKind.HANDOFF, Message.state == MessageState.PLANNED,
        ~Message.queued,
    )
    return list(session.scalars(query))
