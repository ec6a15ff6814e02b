"""A policy that can not be used says where and why."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from pricing.concessions import Levers
from pricing.money import Money
from pricing.policy import NEGOTIATED, PARTS, PricePolicy
from pricing.reading import PolicyError
from pricing.scope import NoScope, Scope, ScopeLine
from tests.pricing.cast import CEDAR, CONTENT, POLICY


def with_part(place: str, value: Any) -> dict[str, Any]:
    content = deepcopy(CONTENT)
    holder: Any = content
    *path, last = place.split("/")
    for key in path:
        holder = holder[int(key)] if isinstance(holder, list) else holder[key]
    holder[last] = value
    return content


@pytest.mark.parametrize(
    ("place", "value", "problem"),
    [
        ("strategy", "cheap", "pricing@4.strategy is 'cheap', not one of flat, volume, uplift"),
        ("uplift/bps", 299, "pricing@4.uplift.bps is 299, not a whole number from 300 to 1000"),
        ("uplift/bps", 1001, "pricing@4.uplift.bps is 1001, not a whole number from 300 to 1000"),
        ("uplift/bps", 500.0, "pricing@4.uplift.bps is 500.0, not a whole number"),
        ("uplift/bps", True, "pricing@4.uplift.bps is True, not a whole number"),
        ("uplift/within", [300], "pricing@4.uplift.within is not a list of two"),
        ("uplift/most", 1, "pricing@4.uplift has keys Kekal does not know: most"),
        ("bundle/bps", 10_001, "pricing@4.bundle.bps is 10001, not a whole number from 0 to 10000"),
        ("multi_year/offer_months", 48, "there is no incentive for 48 months"),
        (
            "multi_year/incentives/12",
            {"bps": 1, "within": [0, 9], "standing": 1},
            "is for a number of months above 12",
        ),
        (
            "multi_year/incentives/two",
            {"bps": 1, "within": [0, 9], "standing": 1},
            "is for a number of months above 12",
        ),
        ("eligibility/required", ["rich"], "required[0] is 'rich', not one of healthy, "),
        ("eligibility/healthy_bands", "green", "healthy_bands is not a list"),
        ("recommend/best_for", [""], "best_for[0] is not a text"),
        ("catalogue", [], "pricing@4.catalogue is not an object"),
        ("catalogue/growth/kind", "tool", "catalogue.growth.kind is 'tool', not one of plan, add_on"),
        ("catalogue/growth/price/XXX", {}, "price.XXX is not priced in an ISO 4217 currency"),
        (
            "catalogue/growth/price/USD/tiers",
            [[2, "1.00"]],
            "price.USD is no price list: tiers start at unit 1",
        ),
        ("catalogue/growth/price/USD/tiers", [[1, "1.005"]], "'1.005' has 3 decimals; USD has 2"),
        ("catalogue/growth/price/USD/tiers", [[1, 432]], "tiers[0][1] is not a text"),
        ("catalogue/growth/price/USD/tiers", [[1]], "tiers[0] is not a list of two"),
        ("catalogue/growth/price/JPY/tiers", [[1, "-1"]], "no price below zero"),
        ("levers/prepayment", -1, "levers.prepayment is -1, not a whole number from 0 to 10000"),
        ("levers/volume", [[1000, 200], [2500, 200]], "levers.volume does not rise from step to step"),
        ("overage/base", 10_001, "overage.base is 10001, not a whole number from 0 to 10000"),
        ("extras/early_access", {"name": "Early access"}, "early_access has either a cost or basis points"),
        ("extras/price_lock/not_with", ["rising"], "not_with[0] is 'rising', not one of fixed, "),
        ("extras/more_csm/cost/USD", 1800, "cost.USD is not a text"),
        ("surprise", 1, "pricing@4 has keys Kekal does not know: surprise"),
    ],
)
def test_a_policy_that_can_not_be_used_says_where(place: str, value: Any, problem: str) -> None:
    with pytest.raises(PolicyError) as refusal:
        PricePolicy.parse("pricing@4", with_part(place, value))

    assert problem in str(refusal.value)


@pytest.mark.parametrize("part", PARTS)
def test_a_policy_lacks_none_of_its_parts(part: str) -> None:
    content = {name: value for name, value in CONTENT.items() if name != part}

    with pytest.raises(PolicyError, match=f"pricing@4 has no '{part}'"):
        PricePolicy.parse("pricing@4", content)


def test_a_version_from_before_there_were_quotes_gives_nothing_in_a_negotiation() -> None:
    older = PricePolicy.parse("pricing@0", {name: part for name, part in CONTENT.items() if name not in NEGOTIATED})

    assert (older.levers, older.overage, older.extras) == (Levers(), None, {})


def test_the_policy_lists_every_product_in_seven_currencies() -> None:
    offered = {product.id: sorted(product.prices) for product in POLICY.catalogue.products.values()}

    currencies = ["EUR", "GBP", "JPY", "KWD", "MYR", "SGD", "USD"]
    assert offered == dict.fromkeys(["growth", "insights", "online_booking", "platform"], currencies)


def test_a_scope_that_no_customer_could_have_is_refused() -> None:
    usd, eur = Money(100, "USD"), Money(100, "EUR")

    broken: Callable[[], object]
    for broken, why in [
        (lambda: ScopeLine.at("growth", 0, usd), "quantity of at least one"),
        (lambda: ScopeLine("growth", 1, -usd), "no price below zero"),
        (
            lambda: Scope("USD", "growth", 12, (ScopeLine.at("growth", 1, eur),)),
            "growth is not priced in USD",
        ),
        (lambda: Scope("USD", "platform", 12, CEDAR.lines), "'platform' is not among the lines"),
        (lambda: Scope("USD", "growth", 0, CEDAR.lines), "at least one month"),
        (lambda: Scope("USD", "growth", 12, CEDAR.lines, -1), "not below zero"),
    ]:
        with pytest.raises(NoScope, match=why):
            broken()


def test_two_lines_of_one_product_are_one_line() -> None:
    lines = (ScopeLine.at("growth", 20, Money(43200, "USD")), ScopeLine.at("growth", 3, Money(32400, "USD")))

    assert Scope("USD", "growth", 12, lines).lines == (ScopeLine("growth", 23, Money(961200, "USD")),)
