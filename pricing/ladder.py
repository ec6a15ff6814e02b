"""A ladder is the customer's choice: the same as today, room for their growth, and all of it for longer."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from pricing.eligibility import Check
from pricing.facts import Facts
from pricing.multiyear import MultiYear
from pricing.option import Option, OptionTier
from pricing.policy import PricePolicy, Strategy
from pricing.scope import Scope
from pricing.waterfall import Package, Waterfall


class ReasonNeeded(ValueError):
    """A price strategy other than the policy's own was chosen without saying why."""


@dataclass(frozen=True, slots=True)
class Options:
    """Better and Best are None where they would add nothing, and for customers at risk."""

    good: Option
    better: Option | None
    best: Option | None
    recommended: OptionTier
    checks: tuple[Check, ...]

    def __iter__(self) -> Iterator[Option]:
        return (option for option in (self.good, self.better, self.best) if option)

    def __getitem__(self, tier: str) -> Option:
        return {option.tier.value: option for option in self}[tier]


def options(
    scope: Scope,
    facts: Facts,
    policy: PricePolicy,
    starts_on: date,
    *,
    strategy: Strategy | None = None,
    reason: str = "",
) -> Options:
    """The ways to go on from what a customer has now, the new term beginning on `starts_on`.

    Raises: ReasonNeeded for a strategy other than the policy's without a reason.
    Source: Playbook S, "Pilihan Pembungkusan"; Playbook T, "Bundling Expansion"; mission E1 and N.
    """
    chosen = strategy or policy.strategy
    if chosen != policy.strategy and not reason.strip():
        raise ReasonNeeded(f"The price strategy {chosen!r} instead of {policy.strategy!r} needs a reason.")
    return _Ladder(scope, facts, policy, starts_on, chosen, reason.strip()).options()


@dataclass(frozen=True, slots=True)
class _Ladder:
    scope: Scope
    facts: Facts
    policy: PricePolicy
    starts_on: date
    strategy: Strategy
    reason: str

    def options(self) -> Options:
        checks = self.policy.eligibility.checks(self.facts, self.scope)
        good = self._option(OptionTier.GOOD, self._as_today())
        if self.policy.eligibility.at_risk(self.facts):
            return Options(good, None, None, OptionTier.GOOD, checks)
        may_commit = self.policy.eligibility.may_commit(checks)
        better, best = self._above(self.policy.multi_year if may_commit else None)
        return Options(good, better, best, self._recommended(better, best, may_commit), checks)

    def _above(self, deal: MultiYear | None) -> tuple[Option | None, Option | None]:
        """Better and Best, each only where it adds something to the one below."""
        seats = self._seats()
        moderate = Package(self._grown(seats, full=False), self.scope.months)
        full = Package(self._grown(seats, full=True), deal.months if deal else self.scope.months, deal)
        below = moderate if moderate.quantities != self.scope.quantities else self._as_today()
        adds = full.quantities != below.quantities or deal is not None
        better = self._option(OptionTier.BETTER, moderate) if below is moderate else None
        return better, self._option(OptionTier.BEST, full, deal) if adds else None

    def _as_today(self) -> Package:
        return Package(self.scope.quantities, self.scope.months)

    def _seats(self) -> int:
        held = self.scope.plan_line.quantity
        return held + self.policy.room_to_grow.added(self.facts.growth, held)

    def _grown(self, seats: int, *, full: bool) -> Mapping[str, int]:
        """Today's products and the expansion's; what comes once for each seat follows the seats."""
        follows = self.policy.catalogue.follow_seats(self.scope)
        add_ons = self.policy.catalogue.add_ons(self.scope.currency, full=full)
        offered = {product.id: seats if product.per_seat else 1 for product in add_ons}
        return offered | self.scope.quantities | dict.fromkeys(follows, seats)

    def _recommended(self, better: Option | None, best: Option | None, may_commit: bool) -> OptionTier:
        """Source: mission N, "recommended option"."""
        if best and may_commit and self.facts.segment in self.policy.best_for:
            return OptionTier.BEST
        return OptionTier.BETTER if better else OptionTier.GOOD

    def _option(self, tier: OptionTier, package: Package, deal: MultiYear | None = None) -> Option:
        trace = Waterfall(self.scope, self.facts, self.policy, self.strategy).trace(package)
        return Option(
            today=self.scope,
            starts_on=self.starts_on,
            months=package.months,
            trace=trace,
            strategy=self.strategy,
            reason=self.reason,
            people_growth=self.facts.growth.bps,
            rise=deal.rise if deal else 0,
            warnings=self.policy.warnings(deal.months, deal.rise, self.facts.growth) if deal else (),
            tier=tier,
            standing=deal is None or deal.is_standing,
        )
