"""Stakeholder: the customer's people with what is known of each, and what is wrong with our ties to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from renewals.account import Account
from renewals.base import one
from renewals.person import Person
from renewals.segment import Segment
from renewals.stake import Stake
from renewals.warning import Tie, Warned, warnings


@dataclass(frozen=True, slots=True)
class Stakeholder:
    """One of their people; `stake` is None while nothing is known of them."""

    person: Person
    stake: Stake | None

    @property
    def account_id(self) -> UUID:
        """Whose they are; nobody of the staff is a stakeholder."""
        assert self.person.account_id is not None
        return self.person.account_id

    @property
    def tie(self) -> Tie:
        known, person = self.stake, self.person
        if known is None:
            return Tie(person.name, person.active)
        return Tie(person.name, person.active, known.parts, known.strength, known.last_contact_on)


def stakeholders(session: Session, account_id: UUID) -> list[Stakeholder]:
    """Those who are there first, in the order of their names."""
    people = select(Person).where(Person.account_id == account_id)
    known = {stake.person_id: stake for stake in Stake.of_account(session, account_id)}
    ordered = session.scalars(people.order_by(Person.active.desc(), Person.name, Person.id))
    return [Stakeholder(person, known.get(person.id)) for person in ordered]


def warned(people: Sequence[Stakeholder], segment: Segment | None, renews_on: date | None, on: date) -> list[Warned]:
    """As `warnings`, of people that were looked up. `renews_on` is None when nothing is to be renewed."""
    days_left = (renews_on - on).days if renews_on else None
    return warnings([each.tie for each in people], segment, days_left, on)


def stakeholder(session: Session, key: UUID) -> Stakeholder:
    """One of a customer's people, by key. Raises: NotFound, also for somebody of the staff."""
    person = one(session, select(Person).where(Person.id == key, Person.account_id.is_not(None)))
    return Stakeholder(person, session.scalars(select(Stake).where(Stake.person_id == key)).first())


def by_mail(session: Session, account: Account, email: str) -> Person | None:
    """One of theirs, by mail address."""
    query = select(Person).where(Person.account_id == account.id, Person.email == func.lower(email))
    return session.scalars(query).one_or_none()
