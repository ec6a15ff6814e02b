"""A wish is what a buyer would sign instead: another quantity, length or way to pay, or simply another price."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from pricing.deal import Deal
from pricing.facts import Facts
from pricing.instalments import Billing
from pricing.levers import pulled, resized
from pricing.money import Money
from pricing.multiyear import Shape
from pricing.policy import PricePolicy
from pricing.quoting import quote
from pricing.scope import Scope
from pricing.term import YEAR
from pricing.trades import least_discount


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """`target` is a price for a full year, None to leave it to what the rest comes to.

    Units: `months`; `net_days` after the invoice.
    """

    quantities: Mapping[str, int]
    months: int
    billing: Billing = Billing.ANNUAL
    prepaid: bool = False
    net_days: int = 30
    sign_by: date | None = None
    clauses: tuple[str, ...] = ()
    target: Money | None = None

    @classmethod
    def of(cls, deal: Deal) -> "Wish":
        """Everything as it is."""
        return cls(
            quantities=deal.quantities, months=deal.months, billing=deal.billing, prepaid=deal.prepaid,
            net_days=deal.net_days, sign_by=deal.sign_by, clauses=deal.clauses,
        )


@dataclass(frozen=True, slots=True)
class Room:
    """What a buyer can choose from. Units: `months`; `net_days`; `sign_by` is the last day that earns something."""

    months: tuple[int, ...]
    net_days: tuple[int, ...]
    sign_by: date | None


def room(policy: PricePolicy, deal: Deal, starts_on: date, on: date) -> Room:
    """Lengths that policy has something for, days around the usual ones, and what the deal says already."""
    payment, last = policy.levers.payment, starts_on - timedelta(days=policy.levers.days_before)
    days = {payment.usual + step * payment.step for step in (-1, 0, 1, 2)} | {deal.net_days}
    return Room(
        tuple(sorted({YEAR, *policy.incentives, deal.months})),
        tuple(sorted(day for day in days if day >= 0)),
        last if policy.levers.sign_by and on <= last else None,
    )


def wished(scope: Scope, facts: Facts, policy: PricePolicy, deal: Deal, wish: Wish, starts_on: date) -> Deal:
    """The deal as a buyer would have it: whatever they moved is pulled as a lever, and earns what it earns.

    A target that is not reached by then is asked off the whole, to the basis point. Raises: DealError.
    Source: mission F3, L2.
    """
    asked = _pulled(scope, deal, _moved(deal, wish))
    if wish.target is None:
        return asked
    return least_discount(lambda one: quote(scope, facts, policy, one, starts_on), asked, wish.target)


def _moved(deal: Deal, wish: Wish) -> Deal:
    """A term of more than a year keeps its price path, or holds its price; one of a year has none."""
    shape = (deal.shape or Shape.FIXED) if wish.months > YEAR else None
    return replace(
        resized(deal, wish.quantities), months=wish.months, shape=shape,
        rise=deal.rise if shape is Shape.ESCALATING else 0, billing=wish.billing, prepaid=wish.prepaid,
        net_days=wish.net_days, sign_by=wish.sign_by, clauses=wish.clauses,
    )


def _pulled(scope: Scope, before: Deal, deal: Deal) -> Deal:
    """Levers that were pulled stay so; one that does not apply any more earns nothing by itself."""
    moved = {
        "term": before.months != deal.months,
        "prepayment": before.prepaid != deal.prepaid,
        "sign_by": before.sign_by != deal.sign_by,
        "volume": before.quantities.get(scope.plan) != deal.quantities.get(scope.plan),
        "payment_days": before.net_days != deal.net_days,
    }
    for lever in (name for name, is_moved in moved.items() if is_moved):
        deal = pulled(lever, deal)
    return deal
