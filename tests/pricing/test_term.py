"""Terms have whole months, proration has whole days, and neither loses anything."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricing.money import Money
from pricing.proration import prorated, remaining, used
from pricing.term import contract_years, ends_on, last_day

days = st.dates(date(2000, 1, 1), date(2060, 1, 1))


@pytest.mark.parametrize(
    ("starts", "months", "ends"),
    [
        (date(2026, 9, 4), 12, date(2027, 9, 4)),
        (date(2026, 9, 4), 24, date(2028, 9, 4)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
    ],
)
def test_a_term_ends_on_the_same_day_so_many_months_on(starts: date, months: int, ends: date) -> None:
    assert ends_on(starts, months) == ends
    assert last_day(starts, months) == ends - timedelta(days=1)


@pytest.mark.parametrize(
    ("months", "years"), [(1, (1,)), (12, (12,)), (18, (12, 6)), (24, (12, 12)), (36, (12, 12, 12))]
)
def test_a_term_is_paid_in_contract_years(months: int, years: tuple[int, ...]) -> None:
    assert contract_years(months) == years


@pytest.mark.parametrize("months", [0, -12])
def test_a_term_has_at_least_a_month(months: int) -> None:
    with pytest.raises(ValueError, match="at least one month"):
        contract_years(months)


@pytest.mark.parametrize(
    ("price", "part", "whole", "cost"),
    [
        (36500, 1, 365, 100),
        (36600, 366, 366, 36600),
        (100, 1, 3, 33),
        (100, 2, 3, 67),
        (1, 1, 2, 1),
        (100, 0, 365, 0),
    ],
)
def test_a_day_costs_its_share_of_the_days(price: int, part: int, whole: int, cost: int) -> None:
    assert prorated(Money(price, "JPY"), part, whole) == Money(cost, "JPY")


@pytest.mark.parametrize(("part", "whole"), [(-1, 365), (366, 365), (0, 0)])
def test_days_outside_the_period_are_refused(part: int, whole: int) -> None:
    with pytest.raises(ValueError, match="no part of a period"):
        prorated(Money(100, "USD"), part, whole)


@given(st.integers(0, 10**12), days, st.integers(1, 1500), st.data())
def test_what_is_used_and_what_remains_are_the_whole_price(
    minor: int, starts: date, length: int, data: st.DataObject
) -> None:
    price, ends = Money(minor, "KWD"), starts + timedelta(days=length)
    on = starts + timedelta(days=data.draw(st.integers(0, length)))

    assert used(price, starts, ends, on) + remaining(price, starts, ends, on) == price
    assert remaining(price, starts, ends, starts) == price
    assert used(price, starts, ends, starts) == Money(0, "KWD")
