"""A trade is a way to a target price: what changes in a deal, and what it is worth then."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations, product

from pricing.authority import percent
from pricing.deal import Deal, DealError
from pricing.discount import WHOLE
from pricing.facts import Facts
from pricing.instalments import Billing
from pricing.levers import earlier_payment, longer_terms, pulled
from pricing.money import Money
from pricing.policy import PricePolicy
from pricing.quoting import Quoted, quote
from pricing.rightsize import right_size
from pricing.scope import Scope

Move = Callable[[Deal], Deal]

MOST_LINES = 8
"""Of how many products it is tried what leaving one out would do: those that cost the most."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is traded: `kind` is `term`, `prepayment`, `payment_days`, `volume`, `scope` or `discount`.

    `says` is in staff's words.
    """

    kind: str
    says: str


@dataclass(frozen=True, slots=True)
class Trade:
    """`standing` says that nobody has to approve it."""

    changes: tuple[Change, ...]
    quoted: Quoted
    standing: bool


def what_would_it_take(
    scope: Scope,
    facts: Facts,
    policy: PricePolicy,
    deal: Deal,
    starts_on: date,
    target: Money,
    allowed: Callable[[Quoted], bool],
) -> tuple[Trade, ...]:
    """The smallest sets of changes that bring a full year to `target` or below, best first.

    First what nobody has to approve, then what keeps the highest total value, then what changes least. The discount
    that would do it alone is among them. What policy does not sell in that way is left out.
    Raises: DealError when the deal itself is not sold any more. Source: mission F4.
    """
    asking = _Asking(scope, facts, policy, deal, starts_on, target)
    trades = [Trade(changes, quoted, allowed(quoted)) for changes, quoted in asking.found()]
    return tuple(sorted(trades, key=_rank))


@dataclass(frozen=True, slots=True)
class _Asking:
    scope: Scope
    facts: Facts
    policy: PricePolicy
    deal: Deal
    starts_on: date
    target: Money

    def found(self) -> Iterator[tuple[tuple[Change, ...], Quoted]]:
        """A set that holds one which reaches the target already gives more than it takes, and is left out."""
        asked = self._quote(self.deal)
        axes = [axis for axis in self._axes(asked) if axis]
        reached: list[frozenset[Change]] = []
        for count in range(len(axes) + 1):
            for moves in _choices(axes, count):
                changes = tuple(change for change, _ in moves)
                if any(less <= set(changes) for less in reached):
                    continue
                quoted = self._priced(moves)
                if quoted and quoted.per_year <= self.target:
                    reached.append(frozenset(changes))
                    yield changes, quoted
        if frozenset() not in reached:
            yield self._by_discount()

    def _priced(self, moves: Sequence[tuple[Change, Move]]) -> Quoted | None:
        """None for what is not sold in that way."""
        deal = self.deal
        try:
            for _, move in moves:
                deal = move(deal)
            return self._quote(deal)
        except DealError:
            return None

    def _quote(self, deal: Deal) -> Quoted:
        return quote(self.scope, self.facts, self.policy, deal, self.starts_on)

    def _axes(self, asked: Quoted) -> Iterator[list[tuple[Change, Move]]]:
        """What can be traded, the choices of each; a longer term comes before what is paid in advance for it."""
        yield [_to_term(longer) for longer in longer_terms(self.policy, self.deal)]
        yield [] if self.deal.prepaid else [(Change("prepayment", "All years paid in advance"), _prepaid)]
        yield [_paid_sooner(sooner) for sooner in earlier_payment(self.policy, self.deal)]
        yield list(self._real_need())
        added = [line for line in asked.lines if line.product != self.scope.plan]
        dearest = sorted(added, key=lambda line: (-line.amount.minor, line.product))[:MOST_LINES]
        yield [_without(line.product, self.policy.catalogue.name_of(line.product)) for line in dearest]

    def _real_need(self) -> Iterator[tuple[Change, Move]]:
        advice = right_size(self.scope, self.policy, self.facts.seats_used)
        if advice and advice.suggested < self.deal.quantities[self.scope.plan]:
            says = f"{advice.suggested} seats for the {advice.used} people who use it"
            yield Change("volume", says), advice.fitted

    def _by_discount(self) -> tuple[tuple[Change, ...], Quoted]:
        """The least discount on everything that reaches the target with nothing in return."""
        deal = least_discount(self._quote, self.deal, self.target, least=self.deal.discount)
        return (Change("discount", f"{percent(deal.discount)} off everything"),), self._quote(deal)


def least_discount(price: Callable[[Deal], Quoted], deal: Deal, target: Money, least: int = 0) -> Deal:
    """The deal with the smallest discount on the whole at which a full year costs no more than `target`.

    Units: `least` in basis points, where the search begins.
    """
    most = WHOLE
    while least < most:
        half = (least + most) // 2
        if price(replace(deal, discount=half)).per_year <= target:
            most = half
        else:
            least = half + 1
    return replace(deal, discount=least)


def _choices(
    axes: Sequence[Sequence[tuple[Change, Move]]], count: int
) -> Iterator[tuple[tuple[Change, Move], ...]]:
    """Every way to move `count` of the axes."""
    for chosen in combinations(axes, count):
        yield from product(*chosen)


def _to_term(longer: Deal) -> tuple[Change, Move]:
    def move(deal: Deal) -> Deal:
        return pulled("term", replace(deal, months=longer.months, shape=longer.shape))

    return Change("term", f"Committing to {longer.months} months"), move


def _prepaid(deal: Deal) -> Deal:
    return pulled("prepayment", replace(deal, prepaid=True, billing=Billing.ANNUAL))


def _paid_sooner(sooner: Deal) -> tuple[Change, Move]:
    def move(deal: Deal) -> Deal:
        return pulled("payment_days", replace(deal, net_days=sooner.net_days))

    return Change("payment_days", f"Paid within {sooner.net_days} days"), move


def _without(product: str, name: str) -> tuple[Change, Move]:
    def move(deal: Deal) -> Deal:
        return replace(deal, lines=tuple(line for line in deal.lines if line.product != product))

    return Change("scope", f"Without {name}"), move


def _rank(trade: Trade) -> tuple[bool, int, int, tuple[str, ...]]:
    names = tuple(change.says for change in trade.changes)
    return not trade.standing, -trade.quoted.total.minor, len(trade.changes), names
