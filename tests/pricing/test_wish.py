"""A buyer's wish becomes a deal: what they moved earns by itself, and a price they name is met to the basis point."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from pricing.deal import Deal
from pricing.money import Money
from pricing.multiyear import Shape
from pricing.quoting import Quoted, quote
from pricing.wish import Wish, room, wished
from tests.pricing.cast import CEDAR, CEDAR_FACTS, POLICY, SEPTEMBER

SHOWN = Deal.as_today(CEDAR, discount=500)


def as_wished(**changes: Any) -> Deal:
    wish = replace(Wish.of(SHOWN), **changes)
    return wished(CEDAR, CEDAR_FACTS, POLICY, SHOWN, wish, SEPTEMBER)


def priced(deal: Deal) -> Quoted:
    return quote(CEDAR, CEDAR_FACTS, POLICY, deal, SEPTEMBER)


def test_who_wishes_nothing_gets_what_lies_before_them() -> None:
    assert as_wished() == SHOWN


def test_what_was_moved_earns_and_what_was_not_stays() -> None:
    deal = as_wished(months=36, prepaid=True)

    assert (deal.levers, deal.shape, deal.discount) == (("prepayment", "term"), Shape.FIXED, 500)
    assert [one.lever for one in priced(deal).earned] == ["term", "prepayment"]


def test_back_to_a_year_there_is_no_price_path_any_more() -> None:
    rising = Deal.as_today(CEDAR, months=36, shape=Shape.ESCALATING, rise=500)
    deal = wished(CEDAR, CEDAR_FACTS, POLICY, rising, replace(Wish.of(rising), months=12), SEPTEMBER)

    assert (deal.months, deal.shape, deal.rise) == (12, None, 0)


@pytest.mark.parametrize("target", ["8208.00", "8000.00", "7777.77", "1.00"])
def test_a_price_that_is_named_is_met_with_the_smallest_discount(target: str) -> None:
    wanted = Money.parse(target, "USD")
    deal = as_wished(target=wanted)

    assert priced(deal).per_year <= wanted < priced(replace(deal, discount=deal.discount - 1)).per_year


def test_the_day_to_sign_by_is_offered_until_it_has_passed() -> None:
    before, after = (room(POLICY, SHOWN, SEPTEMBER, day).sign_by for day in (date(2026, 8, 5), date(2026, 8, 6)))

    assert before == date(2026, 8, 5)
    assert after is None
    assert room(POLICY, SHOWN, SEPTEMBER, date(2026, 7, 1)).months == (12, 24, 36)
