"""A price policy is one version of everything the vendor decides about prices: data, not code."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pricing.bundle import Bundle
from pricing.catalogue import Catalogue
from pricing.concessions import Extra, Levers, Overage
from pricing.discount import WHOLE, Discount
from pricing.eligibility import Eligibility
from pricing.growth import Growth, RoomToGrow
from pricing.multiyear import MultiYear, Shape
from pricing.reading import Reading
from pricing.term import YEAR

PARTS = (
    "strategy",
    "uplift",
    "multi_year",
    "bundle",
    "room_to_grow",
    "eligibility",
    "recommend",
    "warn",
    "catalogue",
)
NEGOTIATED = ("levers", "overage", "extras")
"""Parts that versions published before there were quotes do not have: then nothing is given."""

THREE_YEARS = 36
"""Months."""


OFFERED_SHAPES = (Shape.FIXED, Shape.ESCALATING, Shape.LOCK)
"""What a published option may be; a base with overage is negotiated."""


class Strategy(StrEnum):
    """What happens to the price of what the customer has. Source: Playbook T, "Harga dan Packaging"."""

    FLAT = "flat"
    VOLUME = "volume"
    UPLIFT = "uplift"


@dataclass(frozen=True, slots=True, eq=False)
class PricePolicy:
    """Each is equal to itself alone.

    Units: `uplift`, `rises` (the least and most an escalating price may rise a year) and `fast_growth` in basis
    points.

    `best_for` names the segments to whom Best is recommended once they may commit; the others are recommended
    Better. Customers growing faster than `fast_growth` are warned about a fixed price over three years.
    Raises: PolicyError, with the place, from `parse`.
    """

    version: str
    strategy: Strategy
    uplift: int
    multi_year: MultiYear
    incentives: Mapping[int, MultiYear]
    bundle: Bundle
    room_to_grow: RoomToGrow
    eligibility: Eligibility
    best_for: tuple[str, ...]
    fast_growth: int
    catalogue: Catalogue
    rises: tuple[int, int]
    levers: Levers
    overage: Overage | None
    extras: Mapping[str, Extra]

    @classmethod
    def parse(cls, version: str, content: Mapping[str, Any]) -> "PricePolicy":
        page = Reading(dict(content), version)
        page.only(*PARTS, *NEGOTIATED)
        incentives = _incentives(page["multi_year"])
        return cls(
            version,
            Strategy(page["strategy"].one_of(*Strategy)),
            page["uplift"].rate(),
            _offered(page["multi_year"], incentives),
            incentives,
            Bundle(Discount(page["bundle"]["bps"].count(0, WHOLE))),
            _room_to_grow(page["room_to_grow"]),
            Eligibility.parse(page["eligibility"]),
            page["recommend"]["best_for"].names(),
            page["warn"]["fast_growth"].count(),
            Catalogue.parse(page["catalogue"]),
            page["multi_year"]["rise"].span(),
            Levers.parse(page.get("levers")),
            Overage.parse(page.get("overage")),
            Extra.parse_all(page.get("extras")),
        )

    def incentive(self, months: int) -> MultiYear | None:
        """That of the longest commitment which `months` reach; None below all of them."""
        reached = [length for length in self.incentives if length <= months]
        return self.incentives[max(reached)] if reached else None

    def warnings(self, months: int, rise: int, growth: Growth) -> tuple[str, ...]:
        """Source: Playbook S, "Pilih Calon Yang Betul": who grows fast outgrows fixed terms in year two."""
        outgrown = months >= THREE_YEARS and not rise and (growth.bps or 0) >= self.fast_growth
        return ("fast_growth_on_fixed_price",) if outgrown else ()


def _incentives(content: Reading) -> dict[int, MultiYear]:
    """One commitment for each length, all of the shape and the yearly rise policy chose."""
    content.only("offer_months", "shape", "rise", "incentives")
    shape, rise = Shape(content["shape"].one_of(*OFFERED_SHAPES)), content["rise"].rate()
    return {_months(text): _incentive(text, shape, rise, one) for text, one in content["incentives"].items()}


def _incentive(text: str, shape: Shape, rise: int, content: Reading) -> MultiYear:
    content.only("bps", "within", "standing")
    if not _months(text) > YEAR:
        raise content.refused("is for a number of months above 12, such as 24")
    rate = Reading({key: content[key].value for key in ("bps", "within")}, content.place).rate()
    standing = Discount(content["standing"].count(0, WHOLE))
    return MultiYear(_months(text), shape, Discount(rate), rise if shape is Shape.ESCALATING else 0, standing)


def _months(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0


def _offered(content: Reading, incentives: Mapping[int, MultiYear]) -> MultiYear:
    months = content["offer_months"].count(13)
    if months not in incentives:
        raise content["offer_months"].refused(f"is {months}, and there is no incentive for {months} months")
    return incentives[months]


def _room_to_grow(content: Reading) -> RoomToGrow:
    content.only("headroom", "most")
    return RoomToGrow(content["headroom"].count(), content["most"].count())
