"""PreliminaryTerms: what a customer was told that their renewal may come to, before anything was offered."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import Index, select
from sqlalchemy.orm import Mapped, Session

from pricing.clause import Clause
from pricing.deal import Deal, DealError
from pricing.foreseen import Departure, Foreseen, departure
from pricing.horizon import LENGTHS
from pricing.kept import kept
from pricing.option import OptionTier
from pricing.quoting import Quoted
from pricing.term import YEAR
from renewals.base import Owned, new_key, session_of, tenant
from renewals.errors import NotNow
from renewals.event import Event, EventName
from renewals.plan.milestone import Milestone
from renewals.plan.rule import key_of
from renewals.policy import PolicyKind
from renewals.quoting.basis import Basis
from renewals.renewal import Renewal

PLANNED = {key_of(45): "proposal", key_of(30): "agreement"}
"""What a customer is told of the plan. Source: framework, "Kongsi Timeline"."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A clause they signed that the library has otherwise today; None where it is offered no more."""

    before: Clause
    now: Clause | None


class PreliminaryTerms(Owned):
    """Frozen when the milestone came, once for it, and immutable by trigger. It is no offer: nothing can accept it.

    `policies` are those it was worked out by. Units: `on_day` is the customer's day.
    Source: timeline, "Syarat Renewal Awal"; mission E9.
    """

    __tablename__ = "preliminary_terms"
    __table_args__ = (
        *tenant("renewal_id", "milestone_id"),
        Index("uq_preliminary_terms_milestone", "renewal_id", "milestone_id", unique=True),
    )

    renewal_id: Mapped[UUID]
    milestone_id: Mapped[UUID]
    on_day: Mapped[date]
    content: Mapped[dict[str, Any]]
    policies: Mapped[list[str]]
    made_at: Mapped[datetime]

    @classmethod
    def of(cls, session: Session, renewal_id: UUID) -> "PreliminaryTerms | None":
        """What they were told last."""
        query = select(cls).where(cls.renewal_id == renewal_id).order_by(cls.made_at.desc(), cls.id.desc())
        return session.scalars(query.limit(1)).first()

    @classmethod
    def freeze(cls, renewal: Renewal, milestone: Milestone, *, at: datetime) -> "PreliminaryTerms":
        """What may be said today, from policy alone. The renewal must be locked."""
        session, basis = session_of(renewal), Basis.of(renewal, at=at)
        kinds = (PolicyKind.PRICE, PolicyKind.MATRIX, PolicyKind.CLAUSES)
        made = cls(
            id=new_key(), account_id=renewal.account_id, renewal_id=renewal.id, milestone_id=milestone.id,
            on_day=basis.on, content=_content(basis), made_at=at,
            policies=[basis.choice.policies[kind].name for kind in kinds if kind in basis.choice.policies],
        )
        session.add(made)
        session.flush()  # a second one for the milestone is refused here, by the database
        Event.record(session, EventName.PRELIMINARY_FROZEN, made, by=None, at=at, milestone=milestone.key)
        return made

    @cached_property
    def lengths(self) -> Sequence[Foreseen]:
        """What they have today, for one, two and three years."""
        return [_read(one) for one in self.content["lengths"]]

    @cached_property
    def options(self) -> Sequence[tuple[str, Foreseen]]:
        """The tiers that add something to it, by name."""
        return [(one["tier"], _read(one)) for one in self.content["options"]]

    @property
    def clauses(self) -> Sequence[Changed]:
        """Those of the agreement that are not as they signed them."""
        return [
            Changed(Clause.read(one["before"]), Clause.read(one["now"]) if one["now"] else None)
            for one in self.content["clauses"]
        ]

    @property
    def dates(self) -> Sequence[tuple[str, date]]:
        """What is to come, the earliest first: `proposal`, `agreement`, `decide_by`, `begins`."""
        return [(name, date.fromisoformat(day)) for name, day in self.content["dates"]]

    @property
    def names(self) -> dict[str, str]:
        """What the products were called."""
        names: dict[str, str] = self.content["names"]
        return names

    def departure(self, quoted: Quoted) -> Departure:
        """How an offer differs from this, and why."""
        return departure(self.lengths, quoted)


def _content(basis: Basis) -> dict[str, Any]:
    return {
        "schema": "preliminary@1",
        "lengths": list(_written(basis, _lengths(basis))),
        "options": [{"tier": tier, **one} for tier, deal in _tiers(basis) for one in _written(basis, [deal])],
        "clauses": [
            {"before": one.before.json, "now": one.now.json if one.now else None} for one in _changed(basis)
        ],
        "dates": [[name, day.isoformat()] for name, day in _dates(basis)],
        "names": {product: basis.choice.name_of(product) for product in _products(basis)},
    }


def _lengths(basis: Basis) -> Iterator[Deal]:
    """What they have, for one, two and three years at a held price; who is at risk is asked for no more than one."""
    renewal, scope = basis.renewal, basis.choice.scope
    for months in LENGTHS[:1] if basis.choice.facts.at_risk else LENGTHS:
        yield Deal.as_today(
            scope, months=months, levers=("term",) if months > YEAR else (), net_days=renewal.term.net_days,
            billing=renewal.term.billing, clauses=renewal.term.clause_ids,
        )


def _tiers(basis: Basis) -> list[tuple[str, Deal]]:
    """Good is what the lengths say already."""
    return [(one.tier.value, basis.as_option(one)) for one in basis.choice.options if one.tier is not OptionTier.GOOD]


def _written(basis: Basis, deals: Iterable[Deal]) -> Iterator[dict[str, Any]]:
    """What is not sold like that any more is not spoken of."""
    for deal in deals:
        with suppress(DealError, NotNow):
            found = basis.foreseen(deal)
            yield {"standing": found.standing, "content": found.quoted.content}


def _read(written: dict[str, Any]) -> Foreseen:
    return Foreseen(kept(written["content"]), written["standing"])


def _changed(basis: Basis) -> Iterator[Changed]:
    for before in basis.renewal.term.signed_clauses:
        now = basis.library.clauses.get(before.id)
        if now is None or (now.words, now.figures) != (before.words, before.figures):
            yield Changed(before, now)


def _dates(basis: Basis) -> list[tuple[str, date]]:
    """What of it is still to come."""
    renewal = basis.renewal
    planned = session_of(renewal).scalars(Milestone.of_renewal(renewal.id)).all()
    days = [(PLANNED[one.key], one.due_on) for one in planned if one.is_planned and one.key in PLANNED]
    days += [("decide_by", renewal.decide_by), ("begins", renewal.renews_on)]
    return sorted(((name, day) for name, day in days if day > basis.on), key=lambda one: one[1])


def _products(basis: Basis) -> set[str]:
    offered = {line.product for option in basis.choice.options for line in option.lines}
    return offered | set(basis.choice.scope.quantities)
