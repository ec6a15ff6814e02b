"""Do the maths first: some commitments are worth less than renewing year by year."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricing.discount import Discount
from pricing.economics import Economics
from pricing.money import Money

FULL = Money(10_000_00, "USD")


def commitment(years: int, off: int, retention: int) -> Economics:
    return Economics([Discount(off * 100).off(FULL)] * years, FULL, retention)


@pytest.mark.parametrize(
    ("years", "off", "retention", "worth_less"),
    [
        (3, 30, 6618, False),
        (3, 30, 6619, True),
        (3, 30, 9500, True),
        (2, 20, 6000, False),
        (2, 20, 6001, True),
        (2, 10, 7999, False),
        (2, 10, 8001, True),
        (3, 0, 10_000, False),
        (3, 1, 10_000, True),
        (3, 25, 0, False),
    ],
)
def test_a_deal_worth_less_than_yearly_renewals_is_flagged(
    years: int, off: int, retention: int, worth_less: bool
) -> None:
    assert commitment(years, off, retention).is_worth_less is worth_less


def test_both_values_are_shown_in_money() -> None:
    deal = commitment(3, 30, 9000)

    assert deal.committed == Money(21_000_00, "USD")
    assert deal.yearly == Money(27_100_00, "USD")


@pytest.mark.parametrize(
    ("years", "off", "break_even"), [(3, 30, 6618), (2, 20, 6000), (3, 0, 10_000), (3, 25, 7247), (2, 10, 8000)]
)
def test_the_retention_at_which_a_commitment_breaks_even(years: int, off: int, break_even: int) -> None:
    assert commitment(years, off, 9000).break_even == break_even
    assert not commitment(years, off, break_even).is_worth_less
    assert break_even == 10_000 or commitment(years, off, break_even + 1).is_worth_less


def test_a_commitment_below_the_first_years_price_breaks_even_at_no_retention() -> None:
    assert commitment(2, 60, 0).break_even is None


@pytest.mark.parametrize(
    ("off", "retention", "year"), [(30, 5000, 3), (20, 5000, 2), (0, 9000, 1), (30, 6618, 3), (30, 6619, None)]
)
def test_the_year_in_which_a_commitment_has_brought_as_much(off: int, retention: int, year: int | None) -> None:
    assert commitment(3, off, retention).break_even_year == year


def test_both_sides_see_what_they_gain_and_give_with_the_arithmetic() -> None:
    deal = commitment(3, 30, 9000)

    assert deal.customer_saves == Money(9_000_00, "USD")
    assert deal.vendor_gives == Money(6_100_00, "USD")
    assert [(line.number, line.committed.minor, line.expected.minor) for line in deal.lines] == [
        (1, 7_000_00, 10_000_00), (2, 7_000_00, 9_000_00), (3, 7_000_00, 8_100_00),
    ]
    assert (deal.lines[-1].committed_so_far, deal.lines[-1].expected_so_far) == (deal.committed, deal.yearly)
    assert deal.lines[-1].chance == Fraction(81, 100)


@given(
    st.lists(st.integers(0, 10**9), min_size=1, max_size=5), st.integers(0, 10**9), st.integers(0, 10_000)
)
def test_a_deal_is_worth_less_exactly_above_its_break_even(years: list[int], full: int, retention: int) -> None:
    deal = Economics([Money(year, "JPY") for year in years], Money(full, "JPY"), retention)

    assert deal.is_worth_less is (deal.break_even is None or retention > deal.break_even)
    assert deal.lines[-1].committed_so_far == deal.committed
    assert deal.lines[-1].expected_so_far == deal.yearly
