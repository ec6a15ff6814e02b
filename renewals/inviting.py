"""Inviting: an owner brings colleagues in and lets them go."""

import re
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from renewals.errors import Malformed, NotNow
from renewals.event import Event, EventName
from renewals.permission import Permission
from renewals.person import CUSTOMER_ROLES, ENCODED, Person, Role

ADDRESS = re.compile(
    r"(?=.{3,254}$)(?=[^@]{1,64}@)[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])"
)
"""A mail address that every mail server takes, in lower case."""

INVITATIONS_A_DAY = 20
A_DAY = timedelta(days=1)


def invite(session: Session, *, name: str, email: str, role: str, by: Person, at: datetime) -> Person:
    """A colleague of one's own company; somebody who left comes back with the new role.

    Raises: NotYours, Malformed naming the field, NotNow when they are here already.
    """
    by.must(Permission.MANAGE_PEOPLE)
    address, called = email.strip().lower(), name.strip()
    if not called or len(called) > 200 or not called.isprintable() or ENCODED in called:
        raise Malformed("Write their name.", "name")
    if not ADDRESS.fullmatch(address):
        raise Malformed("This is not a mail address. It looks like name@company.com.", "email")
    if role not in {known.value for known in CUSTOMER_ROLES}:
        raise Malformed("Choose what they may do.", "role")
    _owners(session, by)  # one invitation at a time in a company
    if _invited_since(session, by, at - A_DAY) >= INVITATIONS_A_DAY:
        raise NotNow(f"{INVITATIONS_A_DAY} people have been invited since yesterday. Invite the others tomorrow.")
    if Person.staff_by_email(session, address):
        raise Malformed("This address can not be invited; it belongs to the people who look after you.", "email")
    known = session.scalars(select(Person).where(Person.account_id == by.account_id, Person.email == address)).first()
    if known and known.active:
        raise Malformed(f"{known.name} is here already.", "email")
    person = known or Person(account_id=by.account_id, email=address)
    person.name, person.roles, person.active = called, [role], True
    session.add(person)
    session.flush()  # the event names the row
    Event.record(session, EventName.PERSON_INVITED, person, by=by, at=at, role=role)
    return person


def remove(session: Session, person: Person, *, by: Person, at: datetime) -> None:
    """Let a colleague go; what they did stays.

    Raises: NotYours, NotNow for the last owner, one's own self or somebody who has left.
    """
    by.must(Permission.MANAGE_PEOPLE)
    if not person.active:
        raise NotNow(f"{person.name} has left already.")
    if person.id == by.id:
        raise NotNow("You can not remove yourself. Another owner can.")
    if Role.OWNER.value in person.roles and _owners(session, person) < 2:
        raise NotNow("A company needs an owner. Make somebody else an owner first.")
    person.active = False
    Event.record(session, EventName.PERSON_REMOVED, person, by=by, at=at)


def _invited_since(session: Session, person: Person, since: datetime) -> int:
    """How many their company invited, whoever did: nobody mails strangers by the hundred in our name, not by way of
    owners invited for it."""
    ours = select(func.count()).where(
        Event.account_id == person.account_id, Event.name == EventName.PERSON_INVITED, Event.at > since
    )
    return session.scalar(ours) or 0


def _owners(session: Session, person: Person) -> int:
    """How many there are, locked: two owners who remove each other at once can not both succeed."""
    owners = select(Person.id).where(
        Person.account_id == person.account_id, Person.active, Person.roles.contains([Role.OWNER.value])
    )
    return len(session.scalars(owners.order_by(Person.id).with_for_update()).all())
