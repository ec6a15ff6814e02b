"""Preview: what a draft of the rules would change about the open renewals, before it is published."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pricing.money import Money
from renewals.account import Account
from renewals.person import Person, Role
from renewals.renewal import CLOSED, Renewal
from renewals.routing.decision import Decision, Rules
from renewals.routing.fact import Facts
from renewals.routing.kind import Part
from renewals.routing.routing import Routing

LISTED = 50
"""Renewals that are named; the others are counted."""


@dataclass(frozen=True, slots=True)
class Change:
    """One renewal that a draft would change: part -> (from, to)."""

    renewal_id: UUID
    account: str
    arr: Money
    parts: Mapping[str, tuple[str, str]]
    kept_by_hand: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """`counts` are renewals by part, from and to."""

    asked: int
    changes: list[Change]
    counts: Mapping[tuple[str, str, str], int]

    @property
    def listed(self) -> list[Change]:
        return self.changes[:LISTED]


def preview(session: Session, draft: Rules) -> Preview:
    """Ask the draft about every open renewal, from the facts that its routing was made of: nothing is loaded again."""
    rows = session.execute(
        select(Routing, Account.name)
        .join(Renewal, Renewal.id == Routing.renewal_id)
        .join(Account, Account.id == Routing.account_id)
        .where(Renewal.state.not_in(CLOSED))
        .order_by(Renewal.renews_on, Renewal.id)
    ).all()
    changes = [change for routing, account in rows if (change := _change(routing, account, draft)).parts]
    counts = Counter((part, *change) for each in changes for part, change in each.parts.items())
    return Preview(len(rows), changes, dict(counts.most_common()))


def _change(routing: Routing, account: str, draft: Rules) -> Change:
    facts = Facts.read(dict(routing.facts) | {"opportunity": None, "touch": None})
    then = Decision.of(facts, draft, routing.decided_values)
    pairs: dict[str, tuple[Any, Any]] = {
        Part.OPPORTUNITY.value: (routing.opportunity, then.opportunity),
        Part.TOUCH.value: (routing.touch, then.touch),
        Part.STRATEGY.value: (routing.strategy, then.strategy),
        Part.OWNER.value: (Role(routing.reasons[Part.OWNER.value]["value"]), then.ownership.owner),
    }
    return Change(
        routing.renewal_id, account, facts.arr,
        {part: (str(now), str(new)) for part, (now, new) in pairs.items() if now != new},
        routing.is_decided(Part.OWNER),
    )


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a model of ownership has to suit, from our own data. `roles` counts the staff."""

    renewals_a_quarter: int
    customers: int
    roles: Mapping[str, int]

    @classmethod
    def of(cls, session: Session, renewals_a_quarter: int) -> "Numbers":
        running = select(func.count(Renewal.account_id.distinct())).where(Renewal.state.not_in(CLOSED))
        role = func.unnest(Person.roles)
        staff = select(role.label("role"), func.count().label("many")).group_by(role)
        staff = staff.where(Person.account_id.is_(None), Person.active)
        roles = {row.role: row.many for row in session.execute(staff)}
        return cls(renewals_a_quarter, session.scalar(running) or 0, roles)
