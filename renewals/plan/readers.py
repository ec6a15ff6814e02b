"""Readers: who is written to, by the part they play in the customer's decision."""

from collections.abc import Iterable
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from renewals.person import Person, Role
from renewals.renewal import Renewal
from renewals.stake import Stake

PLAYED_BY: dict[str, tuple[Role, ...]] = {
    "user": (),
    "champion": (Role.OWNER, Role.BUYER),
    "economic_buyer": (Role.OWNER, Role.BUYER),
    "decision_maker": (Role.SIGNER,),
    "technical_buyer": (),
    "legal": (),
    "procurement": (Role.PROCUREMENT,),
}
"""Who plays a part as long as nobody said otherwise. Source: timeline, "Pemetaan Stakeholder"."""


def readers(session: Session, renewal: Renewal, parts: Iterable[str]) -> list[tuple[Person, str]]:
    """The people of the customer's who play one of these parts, each once, with the first part they play.

    Whoever left is no reader. A part that nobody there is known to play is played by a role of the portal.
    """
    people = session.scalars(
        select(Person).where(Person.account_id == renewal.account_id, Person.active).order_by(Person.id)
    ).all()
    known = {stake.person_id: stake.buying_roles for stake in Stake.of_account(session, renewal.account_id)}
    found: dict[Person, str] = {}
    for part in parts:
        named = [person for person in people if part in known.get(person.id, ())]
        for person in named or [one for one in people if any(role.value in one.roles for role in PLAYED_BY[part])]:
            found.setdefault(person, part)
    return list(found.items())


class Staff:
    """Active members of the staff in the order of their names; asked for once, when first somebody wants to know."""

    def __init__(self, session: Session) -> None:
        self.session = session

    @cached_property
    def everybody(self) -> list[Person]:
        return list(Person.staff(self.session))

    def with_role(self, role: Role) -> list[Person]:
        return [person for person in self.everybody if role.value in person.roles]

    def answerable_for(self, renewal: Renewal) -> list[Person]:
        """Whoever looks after it, else the managers."""
        owner = renewal.looked_after_by
        return [owner] if owner else self.with_role(Role.MANAGER)


def staff_with(session: Session, role: Role) -> list[Person]:
    """Active members of the staff with this role, in the order of their names."""
    return Staff(session).with_role(role)
