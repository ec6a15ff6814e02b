"""A horizon sets the ways to commit side by side over the same years: what each costs, when, and what leaving costs."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import accumulate

from pricing.deal import Deal
from pricing.facts import Facts
from pricing.instalments import Instalment
from pricing.money import Money
from pricing.multiyear import Shape, later_years
from pricing.policy import THREE_YEARS, PricePolicy
from pricing.quoting import Quoted, quote
from pricing.scope import Scope
from pricing.term import YEAR
from pricing.trace import Pen

LENGTHS = (YEAR, 2 * YEAR, THREE_YEARS)
"""Months."""

PATHS = (Shape.LOCK, Shape.FIXED, Shape.ESCALATING)


@dataclass(frozen=True, slots=True)
class Path:
    """One way to commit, followed over three years; after its term it renews yearly at `Horizon.rise` more.

    Units: `years` what each of the three years costs; those after the term are an assumption.
    """

    quoted: Quoted
    years: tuple[Money, ...]

    @property
    def months(self) -> int:
        return self.quoted.months

    @property
    def shape(self) -> Shape | None:
        return self.quoted.deal.shape

    @property
    def cash(self) -> tuple[Instalment, ...]:
        """What is invoiced when, in the committed term."""
        return self.quoted.instalments

    @property
    def so_far(self) -> tuple[Money, ...]:
        """What was paid in all by the end of each year."""
        return tuple(accumulate(self.years))

    @property
    def leaving(self) -> tuple[Money, ...]:
        """What is committed and not yet served at the end of each contract year: leaving then without an off-ramp."""
        return tuple(self.quoted.total - served for served in accumulate(self.quoted.years))

    def breaks_even(self, other: "Path") -> int | None:
        """The first year by whose end this way has cost less in all than the other; None where it never does."""
        pairs = enumerate(zip(self.so_far, other.so_far, strict=True), start=1)
        ahead = [year for year, (ours, theirs) in pairs if ours < theirs]
        return ahead[0] if ahead else None


@dataclass(frozen=True, slots=True)
class Horizon:
    """The yearly way first, then each longer one under each price path.

    Units: `rise` in basis points, what a yearly renewal is taken to add. Source: mission L6.
    """

    rise: int
    paths: tuple[Path, ...]

    @property
    def yearly(self) -> Path:
        return self.paths[0]

    def path(self, months: int, shape: Shape | None = None) -> Path:
        return next(path for path in self.paths if (path.months, path.shape) == (months, shape))

    def saves(self, path: Path) -> Money:
        """How much less the buyer pays over the three years than by renewing each year; the vendor gives as much up."""
        return self.yearly.so_far[-1] - path.so_far[-1]


def horizon(scope: Scope, facts: Facts, policy: PricePolicy, deal: Deal, starts_on: date) -> Horizon:
    """The same products for one, two and three years: a price lock, a held price and an escalator.

    Every way takes what levers its term earns; a yearly renewal is taken to bring policy's uplift, within the
    contract's cap. Raises: DealError.
    """
    cap = scope.uplift_cap
    rise = policy.uplift if cap is None else min(policy.uplift, cap)
    quoted = (quote(scope, facts, policy, one, starts_on) for one in _deals(policy, deal))
    return Horizon(rise, tuple(Path(one, tuple(_years(one, rise))) for one in quoted))


def _deals(policy: PricePolicy, deal: Deal) -> Iterator[Deal]:
    levers = (*deal.levers, "term")
    plain = replace(deal, months=YEAR, shape=None, rise=0, prepaid=False, levers=levers, extras=())
    yield plain
    for months in LENGTHS[1:]:
        for shape in PATHS:
            rise = (deal.rise or policy.rises[0]) if shape is Shape.ESCALATING else 0
            yield replace(plain, months=months, shape=shape, rise=rise)


def _years(quoted: Quoted, rise: int) -> Iterator[Money]:
    """Three years: the committed ones, then yearly renewals from the last of them."""
    yield from quoted.years
    missing = THREE_YEARS - quoted.months
    if missing:
        pen = Pen(quoted.currency, quoted.trace.policy)
        yield from (step.amount for step in later_years(pen, quoted.years[-1], missing + YEAR, rise))
