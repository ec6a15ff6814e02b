"""Bench: the people of the staff there are for each role, and how much each has."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from renewals.account import Account
from renewals.permission import Permission
from renewals.person import Person, Role
from renewals.renewal import CLOSED, Renewal
from renewals.routing.team import TeamMember


@dataclass(frozen=True, slots=True)
class Bench:
    """`load` counts the open renewals of each person; `named` are those a customer has for a role."""

    staff: Sequence[Person]
    load: Counter[UUID]
    named: dict[tuple[UUID, Role], UUID]

    @classmethod
    def of(cls, session: Session, accounts: Iterable[UUID]) -> "Bench":
        owned = select(Renewal.owner_id, func.count()).where(Renewal.state.not_in(CLOSED)).group_by(Renewal.owner_id)
        named = select(TeamMember).where(TeamMember.account_id.in_(set(accounts)))
        return cls(
            Person.staff(session), Counter({key: many for key, many in session.execute(owned) if key}),
            {(member.account_id, member.role): member.person_id for member in session.scalars(named)},
        )

    def person(self, key: UUID | None) -> Person | None:
        """Somebody who is still there."""
        return next((each for each in self.staff if each.id == key), None)

    def find(self, role: Role, account: Account, now: UUID | None = None) -> Person | None:
        """Who plays a role for a customer: the named one, who does it `now`, who looks after them, else whoever has
        the fewest open renewals; None when nobody has the role.

        Whoever looks after a customer is their CSM, whatever their title.
        """
        able = [each for each in self.staff if role.value in each.roles or self._is_csm(each, role, account)]
        for key in (self.named.get((account.id, role)), now, account.owner_id):
            for each in able:
                if each.id == key:
                    return each
        return min(able, key=lambda each: self.load[each.id], default=None)  # the first by name of the least loaded

    def _is_csm(self, person: Person, role: Role, account: Account) -> bool:
        return role is Role.CSM and person.id == account.owner_id and person.may(Permission.OWN_RENEWALS)

    def move(self, former: UUID | None, to: UUID) -> None:
        """One renewal changes hands: the next choice knows it."""
        if former:
            self.load[former] -= 1
        self.load[to] += 1
