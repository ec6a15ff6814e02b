"""Trail: the events as people look for them: about one renewal, about a company, or by who, what and when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from renewals.acceptance import Acceptance
from renewals.account import Account
from renewals.activity import Activity
from renewals.event import Event, EventName
from renewals.message import Message
from renewals.notice import Notice
from renewals.objection import Objection
from renewals.offer import Offer
from renewals.paper import Agreement, Document, Invoice
from renewals.payment import Payment
from renewals.person import Person
from renewals.plan.action import Action
from renewals.plan.milestone import Milestone
from renewals.plan.task import Task
from renewals.seal import Seal
from renewals.snooze import Snooze
from renewals.subscription import Term

Query = Select[*tuple[Any, ...]]
PAGE = 50

NEWS = frozenset(
    {
        EventName.QUESTION_ASKED, EventName.RENEWAL_DECLINED, EventName.RENEWAL_RECONSIDERED,
        EventName.RENEWAL_MOVED, EventName.RENEWAL_RESEGMENTED, EventName.RENEWAL_WON, EventName.RENEWAL_LOST,
        EventName.RENEWAL_HANDED_OVER, EventName.ACTIVITY_NOTED,
        EventName.OFFER_ACCEPTED, EventName.PAYMENT_SUCCEEDED, EventName.PAYMENT_DECLINED,
        EventName.PAYMENT_QUARANTINED, EventName.PAYMENT_STRANDED, EventName.MESSAGE_FAILED,
        EventName.NOTICE_FAILED, EventName.RENEWAL_HELD_BACK,
        EventName.PERSON_INVITED, EventName.PERSON_REMOVED, EventName.CARD_REPLACED, EventName.HEALTH_FELL,
        EventName.HEALTH_RECOVERED, EventName.MANDATE_GIVEN, EventName.MANDATE_WITHDRAWN,
        EventName.GUEST_LINK_OPENED,
    }
)
"""What somebody who looks after a customer wants to hear of; the rest is in the record."""

PEOPLE = ("owner", "former", "person")
"""Where the details of an event hold the key of a person."""


@dataclass(frozen=True, slots=True)
class Told:
    """An event with the names it needs to be said. `by` is None when Kekal itself acted.

    `names` are those of the people its details refer to, by key. `activity` is None when there are no words, or
    when they were erased.
    """

    event: Event
    by: str | None
    account: str | None
    names: Mapping[str, str]
    activity: Activity | None


@dataclass(frozen=True, slots=True)
class Looked:
    """What somebody looks for in the log. `day` is in UTC; `before` is a place in the log to read on from."""

    account: str = ""
    person: str = ""
    name: EventName | None = None
    day: date | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Chain:
    """How far the log is sealed. `head` is the hash of the last link."""

    sealed: int
    unsealed: int
    head: str


def look(session: Session, looked: Looked) -> list[Told]:
    """Newest first, one more than a page: so that one knows whether there is more."""
    query = _told().order_by(Event.seq.desc()).limit(PAGE + 1)
    if looked.account:
        query = query.where(Account.name.icontains(looked.account, autoescape=True))
    if looked.person:
        named = (Person.name, Person.email)
        query = query.where(or_(*(column.icontains(looked.person, autoescape=True) for column in named)))
    if looked.name:
        query = query.where(Event.name == looked.name.value)
    if looked.day:
        begins, ends = (datetime.combine(looked.day, moment, UTC) for moment in (time.min, time.max))
        query = query.where(Event.at.between(begins, ends))
    if looked.before:
        query = query.where(Event.seq < looked.before)
    return _read(session, query)


def of_renewal(session: Session, key: UUID) -> list[Told]:
    """Everything that happened to a renewal and to what belongs to it, newest first."""
    owned = (
        Payment, Message, Notice, Offer, Acceptance, Agreement, Invoice, Document, Snooze, Task, Milestone, Action,
        Objection,
    )
    subjects = [select(kind.id).where(kind.renewal_id == key) for kind in owned]
    term = select(Term.id).join(Agreement, Agreement.id == Term.agreement_id).where(Agreement.renewal_id == key)
    among = [Event.subject_id == key, *(Event.subject_id.in_(one) for one in (*subjects, term))]
    return _read(session, _told().where(or_(*among)).order_by(Event.seq.desc()))


def of_account(session: Session, key: UUID, *, most: int) -> list[Told]:
    """The newest first, without what an import brought in row by row."""
    imported = Event.details["imported"].as_boolean()
    query = _told().where(Event.account_id == key, imported.is_not(True))
    return _read(session, query.order_by(Event.seq.desc()).limit(most))


def news(session: Session, accounts: Select[UUID], *, most: int) -> list[Told]:
    """What was new with these companies, newest first."""
    query = _told().where(Event.account_id.in_(accounts), Event.name.in_(NEWS))
    return _read(session, query.order_by(Event.seq.desc()).limit(most))


def chain(session: Session) -> Chain:
    """How far the log is sealed; `renewals.seal.verify` walks every link."""
    events = session.scalar(select(func.count()).select_from(Event)) or 0
    sealed, head = Seal.head(session)
    return Chain(sealed, max(events - sealed, 0), head)


def _told() -> Query:
    return (
        select(Event, Person.name.label("by"), Account.name.label("account"))
        .outerjoin(Person, Person.id == Event.by_id)
        .outerjoin(Account, Account.id == Event.account_id)
    )


def _read(session: Session, query: Query) -> list[Told]:
    rows = session.execute(query).all()
    said = _activities(session, (row.Event for row in rows))
    names = _names(session, (row.Event for row in rows), said.values())
    return [
        Told(row.Event, row.by, row.account, names, said.get(str(row.Event.details.get("activity")))) for row in rows
    ]


def _activities(session: Session, events: Iterable[Event]) -> dict[str, Activity]:
    keys = [UUID(event.details["activity"]) for event in events if event.details.get("activity")]
    return {str(one.id): one for one in session.scalars(select(Activity).where(Activity.id.in_(keys)))} if keys else {}


def _names(session: Session, events: Iterable[Event], said: Iterable[Activity]) -> dict[str, str]:
    """Who is spoken of, by key: in the details, with whom, and whose token."""
    keys = {str(one.person_id) for one in said if one.person_id}
    for event in events:
        keys |= {event.details[name] for name in PEOPLE if event.details.get(name)}
        keys |= {str(event.subject_id)} if event.subject_type == "person" else set()
        keys |= {event.details.get("to", "")} - {""} if event.name == EventName.TASK_GIVEN else set()
    people = select(Person.id, Person.name).where(Person.id.in_(map(UUID, keys)))
    return {str(key): name for key, name in session.execute(people)} if keys else {}
