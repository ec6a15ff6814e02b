"""What a buyer's levers earn: discounts that policy gives by itself for how something is bought."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from pricing.concessions import LEVERS
from pricing.deal import Deal
from pricing.discount import WHOLE, change
from pricing.instalments import Billing
from pricing.multiyear import Shape
from pricing.policy import PricePolicy
from pricing.scope import Scope
from pricing.term import contract_years

SAYS = {
    "term": "for committing to {months} months",
    "prepayment": "for paying all {years} years in advance",
    "sign_by": "for signing by {sign_by}",
    "volume": "for {quantity} units instead of {held}",
    "payment_days": "for paying within {net_days} days",
}
"""Staff's words; customers read theirs from the trace."""


@dataclass(frozen=True, slots=True)
class Earned:
    """Units: `bps` in basis points off each line."""

    lever: str
    bps: int
    says: str


def earned(scope: Scope, policy: PricePolicy, deal: Deal, starts_on: date) -> tuple[Earned, ...]:
    """What each lever pulled in a deal earns; one that earns nothing is left out.

    Source: mission L2; the shipped figures follow a published discount framework. (K)
    """
    words = _words(scope, deal)
    rates = {lever: rate(lever, scope, policy, deal, starts_on) for lever in LEVERS if lever in deal.levers}
    return tuple(Earned(lever, bps, SAYS[lever].format(**words)) for lever, bps in rates.items() if bps)


def rate(lever: str, scope: Scope, policy: PricePolicy, deal: Deal, starts_on: date) -> int:
    """What one lever earns where it stands in this deal, pulled or not. Units: basis points."""
    levers = policy.levers
    if lever == "term":
        return _for_term(policy, deal)
    if lever == "prepayment":
        return levers.prepayment * (len(contract_years(deal.months)) - 1) if deal.prepaid else 0
    if lever == "sign_by":
        early = deal.sign_by is not None and deal.sign_by <= starts_on - timedelta(days=levers.days_before)
        return levers.sign_by if early else 0
    if lever == "volume":
        held = scope.quantities.get(scope.plan, 0)
        return levers.volume_for(change(held, deal.quantities.get(scope.plan, 0)) or 0)
    return levers.payment.earned_for(deal.net_days)


def _for_term(policy: PricePolicy, deal: Deal) -> int:
    incentive = policy.incentive(deal.months)
    return incentive.incentive.bps if incentive and deal.shape and deal.shape.has_incentive else 0


def _words(scope: Scope, deal: Deal) -> dict[str, object]:
    return {
        "months": deal.months,
        "years": len(contract_years(deal.months)),
        "sign_by": deal.sign_by,
        "quantity": deal.quantities.get(scope.plan, 0),
        "held": scope.quantities.get(scope.plan, 0),
        "net_days": deal.net_days,
    }


def moves(scope: Scope, policy: PricePolicy, deal: Deal, starts_on: date, on: date) -> Iterator[tuple[str, Deal]]:
    """Each lever one step on from where it stands, with the deal that it would make; `on` is today."""
    yield from (("term", move) for move in longer_terms(policy, deal))
    if len(contract_years(deal.months)) > 1 and not deal.prepaid:
        yield "prepayment", pulled("prepayment", replace(deal, prepaid=True, billing=Billing.ANNUAL))
    last = starts_on - timedelta(days=policy.levers.days_before)
    if policy.levers.sign_by and on <= last and "sign_by" not in deal.levers:
        yield "sign_by", pulled("sign_by", replace(deal, sign_by=last))
    yield from (("volume", move) for move in _more_units(scope, policy, deal))
    yield from (("payment_days", move) for move in earlier_payment(policy, deal))


def pulled(lever: str, deal: Deal) -> Deal:
    return replace(deal, levers=(*deal.levers, lever))


def longer_terms(policy: PricePolicy, deal: Deal) -> Iterator[Deal]:
    """Every longer commitment that policy has an incentive for, the price held unless it rises already."""
    shape = deal.shape if deal.shape and deal.shape.has_incentive else Shape.FIXED
    for months in sorted(policy.incentives):
        if months > deal.months:
            yield pulled("term", replace(deal, months=months, shape=shape))


def earlier_payment(policy: PricePolicy, deal: Deal) -> Iterator[Deal]:
    """Paying one step before the usual days, where that earns something."""
    payment = policy.levers.payment
    if payment.sooner and deal.net_days > payment.usual - payment.step:
        yield pulled("payment_days", replace(deal, net_days=payment.usual - payment.step))


def _more_units(scope: Scope, policy: PricePolicy, deal: Deal) -> Iterator[Deal]:
    """The next quantity of the plan that earns more than now."""
    held, now = scope.quantities.get(scope.plan, 0), deal.quantities.get(scope.plan, 0)
    for growth, _ in policy.levers.volume:
        quantity = -(-held * (WHOLE + growth) // WHOLE)
        if quantity > now:
            yield pulled("volume", resized(deal, {scope.plan: quantity}))
            return


def resized(deal: Deal, quantities: Mapping[str, int]) -> Deal:
    """The same deal for other quantities of some of its products."""
    lines = (replace(line, quantity=quantities.get(line.product, line.quantity)) for line in deal.lines)
    return replace(deal, lines=tuple(lines))
