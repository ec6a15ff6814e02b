"""A price list says what a product costs a year at every quantity, in one currency."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from pricing.money import Money
from pricing.trace import Pen, Step, subtotal


class Tiering(StrEnum):
    """How a quantity meets the tiers. Source: Playbook T, "Harga dan Packaging", volume adjustment."""

    GRADUATED = "graduated"
    """Each unit costs what its own tier says."""
    VOLUME = "volume"
    """Every unit costs what the last tier reached says."""


@dataclass(frozen=True, slots=True)
class Tier:
    """From unit number `first` on, a unit costs `unit` a year."""

    first: int
    unit: Money


@dataclass(frozen=True, slots=True)
class PriceList:
    """Tiers in rising order, the first from unit 1.

    More never costs less: where a volume tier would undercut the one below, fewer units cost no more than the
    cheapest larger quantity.
    """

    tiering: Tiering
    tiers: tuple[Tier, ...]

    def __post_init__(self) -> None:
        firsts = [tier.first for tier in self.tiers]
        if firsts[:1] != [1] or firsts != sorted(set(firsts)):
            raise ValueError(f"tiers start at unit 1 and rise, not {firsts}")
        if len({tier.unit.currency for tier in self.tiers}) != 1:
            raise ValueError("tiers have one currency")
        if any(tier.unit.minor < 0 for tier in self.tiers):
            raise ValueError("tiers have no price below zero")

    def price(self, quantity: int) -> Money:
        """What `quantity` units cost a year."""
        currency = self.tiers[0].unit.currency
        return Money(subtotal(self.steps(Pen(currency, ""), 0, quantity)), currency)

    def steps(self, pen: Pen, held: int, quantity: int) -> tuple[Step, ...]:
        """How `quantity` units cost what they cost beyond the first `held`, which must not be more."""
        if self.tiering is Tiering.GRADUATED:
            return tuple(self._bands(pen, held, quantity))
        return (*self._whole(pen, quantity, 1), *(self._whole(pen, held, -1) if held else ()))

    def _bands(self, pen: Pen, held: int, quantity: int) -> Iterator[Step]:
        for place, tier in enumerate(self.tiers):
            following = self.tiers[place + 1].first if place + 1 < len(self.tiers) else quantity + 1
            first, last = max(tier.first, held + 1), min(following - 1, quantity)
            if first <= last:
                unit = tier.unit.minor
                yield pen.step(
                    "band", (last - first + 1) * unit, {"first": first, "last": last, "unit": unit}
                )

    def _whole(self, pen: Pen, quantity: int, sign: int) -> Iterator[Step]:
        reached = [tier for tier in self.tiers if tier.first <= quantity][-1]
        plain = quantity * reached.unit.minor
        yield pen.step("list", sign * plain, {"quantity": sign * quantity, "unit": reached.unit.minor})
        above = [tier for tier in self.tiers if tier.first > quantity]
        cheaper = min(above, key=lambda tier: tier.first * tier.unit.minor, default=None)
        if cheaper and cheaper.first * cheaper.unit.minor < plain:
            lower = cheaper.first * cheaper.unit.minor - plain
            yield pen.step(
                "next_tier", sign * lower, {"at": sign * cheaper.first, "unit": cheaper.unit.minor}
            )
