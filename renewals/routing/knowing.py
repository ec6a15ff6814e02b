"""Knowing: the facts of many renewals at once, in a handful of queries."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, and_, cast, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from renewals import mandate
from renewals.owing import overdue
from renewals.payment import Payment
from renewals.person import Person
from renewals.policy import Policy, PolicyKind
from renewals.renewal import Renewal, RenewalState
from renewals.routing.fact import Facts
from renewals.routing.kind import Relationship
from renewals.routing.ownership import OwnershipPolicy
from renewals.segment import Segment
from renewals.stake import BuyingRole, Stake
from renewals.subscription import Line, Term
from renewals.value import ACTIVE_USERS, Usage
from renewals.warning import KEY

TALKED_ABOUT = frozenset(
    {
        RenewalState.ENGAGED, RenewalState.PROPOSED, RenewalState.NEGOTIATING, RenewalState.AGREED,
        RenewalState.CONTRACTING,
    }
)
APPROVING = frozenset(
    {BuyingRole.ECONOMIC_BUYER, BuyingRole.DECISION_MAKER, BuyingRole.LEGAL, BuyingRole.PROCUREMENT}
)
LAYERS = 3
"""People who approve, from how many on it takes longer."""
FRESH = timedelta(days=100)
"""How old the newest month of use may be to say how many seats are used."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is not on the renewals themselves. `used` by subscription, `owing` accounts each with the renewals they owe
    for, `odd` ones whose money does not fit, `crowded` quarters, `ties` by account, `layered` accounts where several
    people have to say yes, `unwilling` subscriptions for which they took back that their card may be charged."""

    used: Mapping[UUID, int]
    owing: Mapping[UUID, Set[UUID]]
    odd: Set[UUID]
    crowded: frozenset[date]
    ties: Mapping[UUID, Relationship]
    layered: frozenset[UUID]
    unwilling: frozenset[UUID]

    @classmethod
    def about(
        cls, session: Session, renewals: Sequence[Renewal], policies: Mapping[PolicyKind, Policy], on: date
    ) -> "Known":
        ownership = OwnershipPolicy(policies[PolicyKind.OWNERSHIP].content)
        accounts = {each.account_id for each in renewals}
        return cls(
            _used(session, renewals, on), _owing(session, accounts, on), _odd(session, accounts),
            _crowded(session, {quarter(each.renews_on) for each in renewals}, ownership), _ties(session, accounts),
            _layered(session, accounts), mandate.withdrawn(session, {each.subscription_id for each in renewals}),
        )

    def is_good(self, renewal: Renewal) -> bool:
        """In good standing; what is still to be paid for this very renewal does not count."""
        return renewal.account_id not in self.odd and not self.owing.get(renewal.account_id, set()) - {renewal.id}


def facts_of(
    renewal: Renewal, known: Known, policies: Mapping[PolicyKind, Policy], on: date, segment: Segment | None = None
) -> Facts:
    """Everything the rules may ask for."""
    account, term = renewal.account, renewal.term
    segment = segment or renewal.segment(policies[PolicyKind.SEGMENT].content)
    seats, used = renewal.seats, known.used.get(renewal.subscription_id)
    begins = max(policies[PolicyKind.PLAN].content["plans"][segment.value]["days"])
    return Facts(
        arr=renewal.value, segment=segment,
        health=account.health_band, score=account.health_score,
        relationship=known.ties.get(account.id, Relationship.UNKNOWN), strategic=account.strategic,
        auto_renew=term.auto_renew,
        payment_on_file=renewal.has_card_until_then and renewal.subscription_id not in known.unwilling,
        good_standing=known.is_good(renewal), declined=renewal.is_declined,
        seats_used=100 * used // seats if used is not None and seats else None,
        hopes_for_more=renewal.target > renewal.value,
        ahead=renewal.state in TALKED_ABOUT and renewal.days_left(on) > begins,
        high_volume=quarter(renewal.renews_on) in known.crowded, layered=renewal.account_id in known.layered,
    )


def quarter(day: date) -> date:
    """The first day of a day's quarter."""
    return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)


def _used(session: Session, renewals: Sequence[Renewal], on: date) -> dict[UUID, int]:
    """How many people used it in the newest month that was brought in."""
    newest = (
        select(Usage.subscription_id, Usage.amount)
        .ext(distinct_on(Usage.subscription_id))
        .where(
            Usage.subscription_id.in_([each.subscription_id for each in renewals]), Usage.metric == ACTIVE_USERS,
            Usage.month >= on - FRESH,
        )
        .order_by(Usage.subscription_id, Usage.month.desc())
    )
    return {row.subscription_id: row.amount for row in session.execute(newest)}


def _ties(session: Session, accounts: set[UUID]) -> dict[UUID, Relationship]:
    """As strong as the weakest tie to a key person who is there; not known as long as nobody maps their people.

    Source: timeline, "Penyiapan Pemetaan Hubungan"; that the weakest counts is ours.
    """
    key = Stake.buying_roles.overlap(sorted(KEY))
    theirs = select(Stake.account_id, Stake.strength).join(Person, Person.id == Stake.person_id).where(
        Stake.account_id.in_(accounts), Person.active, key, Stake.strength.is_not(None)
    )
    found: dict[UUID, Relationship] = {}
    for row in session.execute(theirs):
        tie = Relationship(row.strength)
        found[row.account_id] = max(tie, found.get(row.account_id, tie), key=list(Relationship).index)
    return found


def _layered(session: Session, accounts: set[UUID]) -> frozenset[UUID]:
    """Where at least so many of their people have to say yes.

    Source: framework, "Segmen Mengikut Nilai Kontrak": procurement, legal and layers of approval; the number is ours.
    """
    approves = Stake.buying_roles.overlap(sorted(APPROVING))
    query = (
        select(Stake.account_id)
        .join(Person, Person.id == Stake.person_id)
        .where(Stake.account_id.in_(accounts), Person.active, approves)
        .group_by(Stake.account_id)
        .having(func.count() >= LAYERS)
    )
    return frozenset(session.scalars(query))


def _owing(session: Session, accounts: set[UUID], on: date) -> dict[UUID, set[UUID]]:
    """Who has not paid what was due, and for which renewals."""
    found: dict[UUID, set[UUID]] = {}
    for account, renewal in session.execute(overdue(accounts, on)):
        found.setdefault(account, set()).add(renewal)
    return found


def _odd(session: Session, accounts: set[UUID]) -> frozenset[UUID]:
    """Whose money came and does not fit."""
    return frozenset(
        session.scalars(select(Payment.account_id).where(Payment.account_id.in_(accounts), Payment.quarantined))
    )


def _crowded(session: Session, quarters: set[date], policy: OwnershipPolicy) -> frozenset[date]:
    """The quarters with as many small renewals as the policy calls many, open or closed."""
    if not quarters:
        return frozenset()
    volume: Mapping[str, Any] = policy.content["high_volume"]
    bounds = policy.amounts[volume["amount"]]
    year = select(Line.term_id, cast(func.sum(Line.amount_minor), BigInteger).label("minor")).group_by(Line.term_id)
    value = year.subquery()
    begins = cast(func.date_trunc("quarter", Renewal.renews_on), type_=Renewal.renews_on.type)
    small = or_(*(and_(Term.currency == currency, value.c.minor < bound) for currency, bound in bounds.items()))
    many = (
        select(begins)
        .select_from(Renewal)
        .join(Term, Term.id == Renewal.term_id)
        .join(value, value.c.term_id == Term.id)
        .where(Renewal.renews_on >= min(quarters), small)
        .group_by(begins)
        .having(func.count() >= volume["a_quarter"])
    )
    return frozenset(session.scalars(many))


def per_quarter(session: Session, at: datetime) -> int:
    """How many renewals come due in the fullest of the quarters that have begun or lie ahead."""
    begins = func.date_trunc("quarter", Renewal.renews_on)
    counted = (
        select(func.count().label("many")).where(Renewal.renews_on >= quarter(at.date())).group_by(begins).subquery()
    )
    return session.scalar(select(func.coalesce(func.max(counted.c.many), 0))) or 0
