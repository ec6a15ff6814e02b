"""A scope is what a customer has under contract: products, quantities and what they cost a year."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from pricing.money import Money


class NoScope(ValueError):
    """What was given is not something a customer could have."""


@dataclass(frozen=True, slots=True)
class ScopeLine:
    """One product and its exact price a year, for all units together."""

    product: str
    quantity: int
    amount: Money

    def __post_init__(self) -> None:
        if type(self.quantity) is not int or self.quantity < 1:
            raise NoScope(f"{self.product} has a quantity of at least one, not {self.quantity!r}.")
        if self.amount.minor < 0:
            raise NoScope(f"{self.product} has no price below zero, as {self.amount} is.")

    @classmethod
    def at(cls, product: str, quantity: int, unit_price: Money) -> "ScopeLine":
        """The line whose every unit costs `unit_price` a year."""
        return cls(product, quantity, unit_price * quantity)

    @property
    def unit_price(self) -> Money:
        """One unit a year, rounded where the amount does not divide: to show, not to add up."""
        return self.amount.share(1, self.quantity)


@dataclass(frozen=True, slots=True)
class Scope:
    """Lines of one currency, one per product, in the order of their names whatever order they came in; none where
    something is bought apart from what they have.

    Units: `months` is the present term; `uplift_cap` the contract's limit on yearly rises in basis points; `net_days`
    the payment days they have.
    Raises: NoScope.
    """

    currency: str
    plan: str
    months: int
    lines: tuple[ScopeLine, ...]
    uplift_cap: int | None = None
    net_days: int = 0

    def __post_init__(self) -> None:
        if self.months < 1:
            raise NoScope(f"A term has at least one month, not {self.months}.")
        if strange := [line.product for line in self.lines if line.amount.currency != self.currency]:
            raise NoScope(f"{', '.join(strange)} is not priced in {self.currency}.")
        if self.lines and self.plan not in {line.product for line in self.lines}:
            raise NoScope(f"The plan {self.plan!r} is not among the lines.")
        if self.uplift_cap is not None and self.uplift_cap < 0:
            raise NoScope("A cap on increases is not below zero.")
        object.__setattr__(self, "lines", _one_per_product(self.lines))

    @property
    def per_year(self) -> Money:
        return Money(sum(line.amount.minor for line in self.lines), self.currency)

    @property
    def plan_line(self) -> ScopeLine:
        return next(line for line in self.lines if line.product == self.plan)

    @property
    def apart(self) -> "Scope":
        """Nothing of it: the plan and the terms beside which something else is bought."""
        return replace(self, lines=())

    @property
    def quantities(self) -> dict[str, int]:
        return {line.product: line.quantity for line in self.lines}


def _one_per_product(lines: Iterable[ScopeLine]) -> tuple[ScopeLine, ...]:
    merged: dict[str, ScopeLine] = {}
    for line in lines:
        merged[line.product] = _together(merged[line.product], line) if line.product in merged else line
    return tuple(merged[product] for product in sorted(merged))


def _together(one: ScopeLine, other: ScopeLine) -> ScopeLine:
    return ScopeLine(one.product, one.quantity + other.quantity, one.amount + other.amount)
