"""Several contract years under one price path."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricing.discount import Discount
from pricing.money import Money
from pricing.multiyear import MultiYear, Shape, later_years
from pricing.reading import PolicyError
from pricing.trace import Pen
from tests.pricing.cast import CONTENT, POLICY, policy

PEN = Pen("USD", "pricing@1")
INCENTIVES = CONTENT["multi_year"]["incentives"]


def commitment(months: int, bps: int) -> MultiYear:
    incentives = {**INCENTIVES, str(months): {**INCENTIVES[str(months)], "bps": bps}}
    return policy(multi_year={"offer_months": months, "incentives": incentives}).multi_year


@pytest.mark.parametrize(
    ("months", "least", "most"),
    [
        (24, 1000, 2000),
        (36, 1500, 2500),
    ],
)
def test_the_incentives_of_the_playbook_are_allowed_and_nothing_outside(
    months: int, least: int, most: int
) -> None:
    assert commitment(months, least).discount == Discount(least)
    assert commitment(months, most).discount == Discount(most)

    for outside in (least - 1, most + 1):
        with pytest.raises(PolicyError, match=f"from {least} to {most}"):
            commitment(months, outside)


@pytest.mark.parametrize(("rise", "allowed"), [(499, False), (500, True), (1000, True), (1001, False)])
def test_an_escalating_price_rises_by_five_to_ten_percent_a_year(rise: int, allowed: bool) -> None:
    shape = {"shape": "escalating", "rise": {"bps": rise, "within": [500, 1000]}}
    if allowed:
        assert policy(multi_year=shape).multi_year.rise == rise
    else:
        with pytest.raises(PolicyError, match="from 500 to 1000"):
            policy(multi_year=shape)


@pytest.mark.parametrize(
    ("shape", "discount", "rise", "held"),
    [("fixed", 1200, 0, True), ("escalating", 1200, 500, False), ("lock", 0, 0, True)],
)
def test_each_shape_serves_one_aim(shape: str, discount: int, rise: int, held: bool) -> None:
    deal = policy(multi_year={"shape": shape}).multi_year

    assert (deal.discount.bps, deal.rise, deal.holds_price) == (discount, rise, held)


def test_the_shipped_policy_has_two_and_three_years() -> None:
    assert sorted(POLICY.incentives) == [24, 36]
    assert POLICY.incentives[36].shape is Shape.FIXED


@given(st.integers(0, 10**12), st.integers(13, 60), st.integers(0, 1000))
def test_each_year_follows_from_the_one_before(first: int, months: int, rise: int) -> None:
    years = [first, *(step.amount.minor for step in later_years(PEN, Money(first, "USD"), months, rise))]

    assert len(years) == -(-months // 12)
    for before, after in pairwise(years[: months // 12]):
        assert abs(after * 10_000 - before * (10_000 + rise)) <= 5_000
