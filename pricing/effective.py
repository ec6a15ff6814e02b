"""The effective discount is how far a deal lies below what policy asks by itself, with everything given counted in."""

from dataclasses import dataclass
from functools import cached_property

from pricing.discount import WHOLE
from pricing.money import rounded
from pricing.term import YEAR
from pricing.trace import Json, Step, subtotal

EARNED = ("lower_base", "term_discount", "lever")
"""Rules by which policy itself gives something for how a deal is made."""


@dataclass(frozen=True, slots=True)
class LineEffective:
    """Units: basis points of what policy asks for the line a year; `earned` of them by levers."""

    product: str
    bps: int
    earned: int

    @property
    def asked(self) -> int:
        """What somebody has to grant."""
        return self.bps - self.earned


@dataclass(frozen=True)
class Effective:
    """A deal beside `ask`, the same products for as long without anything given.

    Units: `extras` in minor units a year, what incentives that are not a discount cost; all else in basis points,
    below zero where the deal is above what policy asks.
    Source: mission E8, F1; a discount on an expansion line stays visible on its line.
    """

    ask: Step
    deal: Step
    extras: int

    @cached_property
    def lines(self) -> tuple[LineEffective, ...]:
        return tuple(_of_line(before, after) for before, after in self._pairs)

    @property
    def worst_line(self) -> LineEffective:
        """The line of which the most is asked beyond what levers earned."""
        return max(self.lines, key=lambda line: (line.asked, line.bps))

    @property
    def bps(self) -> int:
        """The worse of a full first year and the whole term."""
        return max(self.first_year, self.term)

    @property
    def earned(self) -> int:
        """What levers earned by themselves; the rest has to be granted."""
        return self._first_year[1]

    @property
    def asked(self) -> int:
        return self.bps - self.earned

    @property
    def first_year(self) -> int:
        return self._first_year[0]

    @property
    def term(self) -> int:
        extras = rounded(self.extras * self.deal.inputs["months"], YEAR)
        return _share(_gap(self.ask, self.deal) + extras, self.ask.amount.minor)

    @property
    def json(self) -> dict[str, Json]:
        return {
            "bps": self.bps,
            "earned": self.earned,
            "first_year": self.first_year,
            "term": self.term,
            "lines": [{"product": line.product, "bps": line.bps, "earned": line.earned} for line in self.lines],
        }

    @cached_property
    def _first_year(self) -> tuple[int, int]:
        gap = sum(_gap(before, after) for before, after in self._pairs)
        earned = sum(_earned(before, after) for before, after in self._pairs)
        return _split(gap + self.extras, earned, sum(before.amount.minor for before, _ in self._pairs))

    @cached_property
    def _pairs(self) -> tuple[tuple[Step, Step], ...]:
        before, after = _lines(self.ask), _lines(self.deal)
        return tuple((before[product], line) for product, line in after.items())


def _lines(term: Step) -> dict[str, Step]:
    return {part.inputs["product"]: part for part in term.parts[0].parts if part.rule == "line"}


def _of_line(ask: Step, deal: Step) -> LineEffective:
    bps, earned = _split(_gap(ask, deal), _earned(ask, deal), ask.amount.minor)
    return LineEffective(deal.inputs["product"], bps, earned)


def _gap(ask: Step, deal: Step) -> int:
    return ask.amount.minor - deal.amount.minor


def _earned(ask: Step, deal: Step) -> int:
    """Minor units; what coins round away more than in the ask is nobody's gift."""
    return _of(ask, "coin") - _of(deal, "coin") - _of(deal, *EARNED)


def _of(line: Step, *rules: str) -> int:
    return subtotal(part for part in line.parts if part.rule in rules)


def _split(gap: int, earned: int, ask: int) -> tuple[int, int]:
    """The whole and the earned part of it, so that what is asked is rounded by itself."""
    whole = _share(gap, ask)
    return whole, whole - _share(gap - earned, ask)


def _share(gap: int, ask: int) -> int:
    return rounded(gap * WHOLE, ask) if ask > 0 else 0
