"""A revision is what one version of a quote has otherwise than another, read off what both sides may see of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pricing.money import Money
from pricing.trace import Json


@dataclass(frozen=True, slots=True)
class LineRevision:
    """One product before and after; zero units stand for one that is new or gone.

    Units: `off` in basis points asked off the line, `amount` a year.
    """

    product: str
    quantity: tuple[int, int]
    off: tuple[int, int]
    amount: tuple[Money, Money]


@dataclass(frozen=True, slots=True)
class PartRevision:
    """`name` is a part of the deal besides its lines; before and after are as JSON has them."""

    name: str
    before: Json
    after: Json


@dataclass(frozen=True, slots=True)
class Revision:
    """Units: `per_year` a full first year, `total` the whole term, each before and after."""

    lines: tuple[LineRevision, ...]
    parts: tuple[PartRevision, ...]
    per_year: tuple[Money, Money]
    total: tuple[Money, Money]

    @property
    def is_empty(self) -> bool:
        return not self.lines and not self.parts and self.total[0] == self.total[1]


def between(before: Mapping[str, Json], after: Mapping[str, Json]) -> Revision:
    """From one version's content to another's, of one renewal. Source: mission F3, "both see what changed"."""
    return Revision(
        tuple(_lines(before, after)), tuple(_parts(before["deal"], after["deal"])),
        _sums("per_year", before, after), _sums("total", before, after),
    )


def _lines(before: Mapping[str, Json], after: Mapping[str, Json]) -> Iterator[LineRevision]:
    """Those that differ, in the order of their names."""
    old, new = _by_product(before), _by_product(after)
    for product in sorted(old.keys() | new.keys()):
        pairs = list(zip(old.get(product, (0, 0, 0)), new.get(product, (0, 0, 0)), strict=True))
        if any(one != other for one, other in pairs):
            quantity, off, (less, more) = pairs
            currency = after["currency"]
            yield LineRevision(product, quantity, off, (Money(less, currency), Money(more, currency)))


def _by_product(content: Mapping[str, Json]) -> dict[str, tuple[int, int, int]]:
    """Quantity, what is asked off, and what it costs a year."""
    off = {line["product"]: line["discount"] for line in content["deal"]["lines"]}
    return {
        line["product"]: (line["quantity"], off.get(line["product"], 0), line["amount"]) for line in content["lines"]
    }


def _parts(before: Mapping[str, Json], after: Mapping[str, Json]) -> Iterator[PartRevision]:
    for name in after:
        if name != "lines" and before[name] != after[name]:
            yield PartRevision(name, before[name], after[name])


def _sums(name: str, before: Mapping[str, Json], after: Mapping[str, Json]) -> tuple[Money, Money]:
    return Money(before[name], before["currency"]), Money(after[name], after["currency"])
