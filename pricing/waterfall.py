"""A waterfall is how an option's price is made, from what they pay today down to what they would pay."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pricing.discount import change
from pricing.facts import Facts
from pricing.money import Money
from pricing.multiyear import Conditions, LineBase, later_years
from pricing.policy import PricePolicy, Strategy
from pricing.scope import Scope, ScopeLine
from pricing.term import YEAR, contract_years
from pricing.trace import Pen, Step, subtotal
from pricing.uplift import Uplift
from pricing.volume import PriceList


@dataclass(frozen=True, slots=True)
class Package:
    """What an offer would contain: a quantity of each product, for so long, under conditions or none.

    `bundle` gives what is added the bundle price.
    """

    quantities: Mapping[str, int]
    months: int
    deal: Conditions | None = None
    bundle: bool = True


@dataclass(frozen=True, slots=True)
class Waterfall:
    """Writes the trace of any package for one customer under one policy and strategy."""

    scope: Scope
    facts: Facts
    policy: PricePolicy
    strategy: Strategy

    def trace(self, package: Package) -> Step:
        """The whole contract: the first year line by line, each later year from the one before."""
        pen = Pen(self.scope.currency, self.policy.version)
        price = self._year(pen, package)
        first = self._first_year(pen, price, package.months)
        later = later_years(
            pen, pen.money(subtotal(price)), package.months, package.deal.rise if package.deal else 0
        )
        return pen.sum("term", (first, *later), {"months": package.months})

    def list_value(self, package: Package) -> Money | None:
        """The package a year at list price; None where a product has none."""
        total = 0
        for product, quantity in package.quantities.items():
            prices = self._price_list(product)
            if prices is None:
                return None
            total += prices.price(quantity).minor
        return Money(total, self.scope.currency)

    def _year(self, pen: Pen, package: Package) -> tuple[Step, ...]:
        """A full year, product by product in the order of names, and how far it lies below list price."""
        lines = tuple(self._line(pen, product, package) for product in sorted(package.quantities))
        return (*lines, *self._against_list(pen, subtotal(lines), package))

    def _first_year(self, pen: Pen, price: tuple[Step, ...], months: int) -> Step:
        first = contract_years(months)[0]
        parts = (*price, *_short_year(pen, price, first))
        return pen.sum("year", (*parts, *pen.coins(parts)), {"year": 1, "months": first})

    def _line(self, pen: Pen, product: str, package: Package) -> Step:
        quantity = package.quantities[product]
        today = self._today(product)
        parts = (*self._kept(pen, today, quantity), *self._added(pen, product, today, package))
        if package.deal:
            parts += package.deal.steps(pen, LineBase(product, quantity, pen.money(subtotal(parts))))
        parts += tuple(pen.coins(parts))
        return pen.sum("line", parts, {"product": product, "quantity": quantity})

    def _kept(self, pen: Pen, today: ScopeLine | None, quantity: int) -> tuple[Step, ...]:
        """What they have and keep: as agreed, or as the strategy changes it."""
        if today is None:
            return ()
        kept = _as_agreed(pen, today, quantity)
        if self.strategy is Strategy.VOLUME:
            return self._at_volume(pen, kept, today.product, min(quantity, today.quantity))
        if self.strategy is Strategy.UPLIFT:
            uplift = Uplift(self.policy.uplift, self.scope.uplift_cap)
            return (*kept, uplift.step(pen, pen.money(subtotal(kept))))
        return kept

    def _at_volume(
        self, pen: Pen, agreed: tuple[Step, ...], product: str, quantity: int
    ) -> tuple[Step, ...]:
        """List price of the volume they keep where that is less than they pay; never a rise."""
        prices = self._price_list(product)
        steps = prices.steps(pen, 0, quantity) if prices else ()
        return steps if steps and subtotal(steps) < subtotal(agreed) else agreed

    def _added(
        self, pen: Pen, product: str, today: ScopeLine | None, package: Package
    ) -> tuple[Step, ...]:
        held, quantity = today.quantity if today else 0, package.quantities[product]
        if quantity <= held:
            return ()
        price = self._price_of_added(pen, product, today, quantity)
        bundle = self.policy.bundle.steps(pen, pen.money(subtotal(price))) if package.bundle else ()
        parts = (*self._reason(pen, product, held, quantity), *price, *bundle)
        return (pen.sum("expansion", parts, {"from": held, "to": quantity}),)

    def _price_of_added(
        self, pen: Pen, product: str, today: ScopeLine | None, quantity: int
    ) -> tuple[Step, ...]:
        """List price of the added units; today's own price where that is lower, or the only one known."""
        prices = self._price_list(product)
        listed = prices.steps(pen, today.quantity if today else 0, quantity) if prices else ()
        if today is None:
            return listed
        added, unit = quantity - today.quantity, today.amount.minor // today.quantity
        own = pen.step("own_price", added * unit, {"quantity": added, "unit": unit})
        return listed if listed and subtotal(listed) <= own.amount.minor else (own,)

    def _reason(self, pen: Pen, product: str, held: int, quantity: int) -> tuple[Step, ...]:
        """Their growth, where the seats added are those it asks for."""
        room, growth = self.policy.room_to_grow, self.facts.growth
        if product != self.scope.plan or room.added(growth, held) != quantity - held:
            return ()
        return (room.step(pen, growth, held, quantity - held),)

    def _against_list(self, pen: Pen, price: int, package: Package) -> Iterator[Step]:
        """The year's effective discount, for approvers; absent where a product has no list price."""
        listed = self.list_value(package)
        if listed:
            bps = change(listed.minor, price) or 0
            yield pen.step("list_value", 0, {"list": listed.minor, "bps": -bps}, public=False)

    def _price_list(self, product: str) -> PriceList | None:
        return self.policy.catalogue.price_list(product, self.scope.currency)

    def _today(self, product: str) -> ScopeLine | None:
        return next((line for line in self.scope.lines if line.product == product), None)


def _as_agreed(pen: Pen, line: ScopeLine, quantity: int) -> tuple[Step, ...]:
    """The line at today's exact price, less the units given up; what does not divide stands apart as the rest."""
    unit, rest = divmod(line.amount.minor, line.quantity)
    inputs = {"quantity": line.quantity, "unit": unit} | ({"rest": rest} if rest else {})
    kept = pen.step("kept", line.amount.minor, inputs)
    if quantity >= line.quantity:
        return (kept,)
    fewer = line.quantity - quantity
    less = -line.amount.share(fewer, line.quantity)
    return (kept, pen.step("returned", less.minor, {"quantity": fewer, "of": line.quantity}))


def _short_year(pen: Pen, price: tuple[Step, ...], months: int) -> Iterator[Step]:
    """A contract of less than a year pays for its months only."""
    if months < YEAR:
        year = pen.money(subtotal(price))
        yield pen.step("short_year", (year.share(months, YEAR) - year).minor, {"months": months})
