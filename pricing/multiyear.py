"""A multi-year commitment is several contract years under one agreed price path."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from pricing.currency import coin
from pricing.discount import WHOLE, Discount
from pricing.money import Money
from pricing.term import YEAR, contract_years
from pricing.trace import Pen, Step


class Shape(StrEnum):
    """What the commitment is for: one aim, not three.

    Source: Playbook S, "Pendekatan Harga untuk Multi-Year".
    """

    FIXED = "fixed"
    """A discount, and the same price each year: predictability."""
    ESCALATING = "escalating"
    """A discount, then a rise each year: revenue."""
    LOCK = "lock"
    """Today's price without a discount, guaranteed not to rise."""
    OVERAGE = "overage"
    """A lower base, and a stated price for each unit used above it: flexibility. Only ever negotiated."""

    @property
    def has_incentive(self) -> bool:
        """A lock and a lower base are themselves what is given for committing."""
        return self in (Shape.FIXED, Shape.ESCALATING)


@dataclass(frozen=True, slots=True)
class LineBase:
    """A line's price a year before anything is given for how, and for how long, it is bought."""

    product: str
    quantity: int
    price: Money


class Conditions(Protocol):
    """What a price depends on besides quantities. Units: `rise` in basis points a year."""

    @property
    def rise(self) -> int: ...

    def steps(self, pen: Pen, line: LineBase) -> tuple[Step, ...]:
        """What follows a line's base, each step of the subtotal above it."""
        ...


@dataclass(frozen=True, slots=True)
class MultiYear:
    """Units: `rise` in basis points a year. `incentive` is what policy gives for committing for so long, and
    `standing` how far a discount may go without approval.
    """

    months: int
    shape: Shape
    incentive: Discount
    rise: int
    standing: Discount

    @property
    def discount(self) -> Discount:
        return self.incentive if self.shape.has_incentive else Discount(0)

    @property
    def holds_price(self) -> bool:
        return self.months > YEAR and self.rise == 0

    @property
    def is_standing(self) -> bool:
        """Policy grants this discount by itself. Source: mission N, "three-year discount"."""
        return self.discount <= self.standing

    def steps(self, pen: Pen, line: LineBase) -> tuple[Step, ...]:
        """The incentive on one line's price."""
        if not self.discount.bps:
            return ()
        return (pen.step("term_discount", -self.discount.of(line.price).minor, {"bps": self.discount.bps}),)


def later_years(pen: Pen, first: Money, months: int, rise: int) -> Iterator[Step]:
    """What the contract years after the first cost, each from the one before, a short one by its months."""
    price, size = first, coin(first.currency)
    for length in contract_years(months)[1:]:
        price = price.share((WHOLE + rise) * length, WHOLE * YEAR)
        price -= Money(price.minor % size, price.currency)
        coins = {"coin": size} if size > 1 else {}
        yield pen.step("next_year", price.minor, {"rise": rise, "months": length} | coins)
