"""A price list answers for every quantity, and more never costs less."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricing.money import Money
from pricing.trace import Pen, subtotal
from pricing.volume import PriceList, Tier, Tiering

TIERS = ((1, 432), (21, 324), (101, 288))
PEN = Pen("USD", "pricing@1")


def price_list(tiering: Tiering, *tiers: tuple[int, int]) -> PriceList:
    return PriceList(tiering, tuple(Tier(first, Money(unit * 100, "USD")) for first, unit in tiers))


@pytest.mark.parametrize(
    ("quantity", "price"),
    [(1, 432), (20, 8640), (21, 8964), (24, 9936), (100, 34560), (101, 34848), (200, 63360)],
)
def test_a_graduated_list_prices_each_unit_by_its_own_tier(quantity: int, price: int) -> None:
    assert price_list(Tiering.GRADUATED, *TIERS).price(quantity) == Money(price * 100, "USD")


@pytest.mark.parametrize(
    ("quantity", "price"),
    [
        (1, 432),
        (15, 6480),
        (16, 6804),
        (20, 6804),
        (21, 6804),
        (24, 7776),
        (100, 29088),
        (101, 29088),
        (200, 57600),
    ],
)
def test_a_volume_list_prices_every_unit_by_the_last_tier_and_never_more_than_more_would(
    quantity: int, price: int
) -> None:
    assert price_list(Tiering.VOLUME, *TIERS).price(quantity) == Money(price * 100, "USD")


tiers = st.lists(
    st.tuples(st.integers(2, 60), st.integers(0, 900)), max_size=4, unique_by=lambda tier: tier[0]
)
lists = st.builds(
    lambda tiering, first, rest: price_list(tiering, (1, first), *sorted(rest)),
    st.sampled_from([*Tiering]),
    st.integers(0, 900),
    tiers,
)


@given(lists, st.integers(1, 80), st.integers(0, 40))
def test_more_never_costs_less(prices: PriceList, quantity: int, more: int) -> None:
    assert prices.price(quantity) <= prices.price(quantity + more)


@given(lists, st.integers(0, 80), st.integers(1, 40))
def test_what_is_added_costs_the_difference(prices: PriceList, held: int, more: int) -> None:
    added = subtotal(prices.steps(PEN, held, held + more))

    assert added == prices.price(held + more).minor - (prices.price(held).minor if held else 0)


@pytest.mark.parametrize("firsts", [(), (2,), (1, 1), (1, 9, 5)])
def test_tiers_start_at_the_first_unit_and_rise(firsts: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="start at unit 1 and rise"):
        price_list(Tiering.GRADUATED, *((first, 1) for first in firsts))


def test_a_list_has_one_currency_and_no_price_below_zero() -> None:
    with pytest.raises(ValueError, match="one currency"):
        PriceList(Tiering.VOLUME, (Tier(1, Money(1, "USD")), Tier(2, Money(1, "EUR"))))
    with pytest.raises(ValueError, match="below zero"):
        price_list(Tiering.VOLUME, (1, -1))
