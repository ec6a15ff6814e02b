"""A catalogue is what the vendor sells: plans and add-ons with their list prices in each currency."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pricing.currency import DECIMALS
from pricing.reading import Reading
from pricing.scope import Scope
from pricing.volume import PriceList, Tier, Tiering

MODERATE, FULL = "moderate", "full"


@dataclass(frozen=True, slots=True)
class Product:
    """`per_seat` products come once for each seat of the plan, others once for the account.

    `expansion` says with which expansion an add-on is first offered: moderate (Better) or full (Best).
    None is never offered by Kekal itself.
    """

    id: str
    name: str
    is_plan: bool
    per_seat: bool
    expansion: str | None
    prices: Mapping[str, PriceList]

    @classmethod
    def parse(cls, id: str, content: Reading) -> "Product":
        content.only("name", "kind", "per", "expansion", "price")
        expansion = content.get("expansion")
        return cls(
            id,
            content["name"].text(),
            content["kind"].one_of("plan", "add_on") == "plan",
            content["per"].one_of("seat", "account") == "seat",
            expansion.one_of(MODERATE, FULL) if expansion else None,
            {currency: _price_list(currency, price) for currency, price in content["price"].items()},
        )


@dataclass(frozen=True, slots=True)
class Catalogue:
    products: Mapping[str, Product]

    @classmethod
    def parse(cls, content: Reading) -> "Catalogue":
        return cls({id: Product.parse(id, product) for id, product in sorted(content.items())})

    def name_of(self, product: str) -> str:
        """What people call a product."""
        known = self.products.get(product)
        return known.name if known else product.replace("_", " ").capitalize()

    def price_list(self, product: str, currency: str) -> PriceList | None:
        """None for what is not sold, or not in this currency: then only the customer's own price is known."""
        found = self.products.get(product)
        return found.prices.get(currency) if found else None

    def is_per_seat(self, scope: Scope, product: str) -> bool:
        """What is not in the catalogue comes once for the account, but for their own plan."""
        found = self.products.get(product)
        return found.per_seat if found else product == scope.plan

    def follow_seats(self, scope: Scope) -> frozenset[str]:
        """What they have once for each seat of their plan, the plan itself among it."""
        seats = scope.plan_line.quantity
        return frozenset(
            name for name, count in scope.quantities.items() if count == seats and self.is_per_seat(scope, name)
        )

    def add_ons(self, currency: str, *, full: bool) -> Iterator[Product]:
        """What an expansion offers; the full one holds all of the moderate one."""
        wanted = (MODERATE, FULL) if full else (MODERATE,)
        for product in self.products.values():
            if product.expansion in wanted and not product.is_plan and currency in product.prices:
                yield product


def _price_list(currency: str, content: Reading) -> PriceList:
    content.only("tiering", "tiers")
    if currency not in DECIMALS:
        raise content.refused("is not priced in an ISO 4217 currency Kekal knows")
    tiers = tuple(_tier(currency, *tier.pair()) for tier in content["tiers"].each())
    try:
        return PriceList(Tiering(content["tiering"].one_of(*Tiering)), tiers)
    except ValueError as problem:
        raise content.refused(f"is no price list: {problem}") from problem


def _tier(currency: str, first: Reading, unit: Reading) -> Tier:
    return Tier(first.count(1), unit.money(currency))
