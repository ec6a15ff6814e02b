"""Changes in the middle of a term cost their days, and leave nothing over."""

import json
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricing.discount import Discount
from pricing.money import Money
from pricing.proration import OffRamp, Running, co_term, true_up
from pricing.replay import mismatches
from pricing.scope import ScopeLine
from pricing.trace import Pen, canonical
from tests.pricing.customers import CURRENCIES, starts
from tests.pricing.test_replay import changed, strict_numbers

PEN = Pen("USD", "pricing@1")
YEAR_OF_365 = Running(date(2026, 9, 4), 12)
LINE = ScopeLine("growth", 10, Money(365_000, "USD"))
terms = st.builds(Running, starts, st.integers(1, 60))


def usd(text: str) -> Money:
    return Money.parse(text, "USD")


def test_a_line_added_mid_term_pays_212_of_365_days() -> None:
    step = co_term(PEN, LINE, YEAR_OF_365, date(2027, 2, 4))

    assert step.amount == usd("2120.00")
    assert [dict(part.inputs) for part in step.parts] == [{"price": 365000, "days": 212, "of": 365}]


def test_a_leap_year_has_366_days_and_each_contract_year_its_own() -> None:
    step = co_term(PEN, LINE, Running(date(2027, 9, 4), 24), date(2028, 9, 3))

    assert [(part.inputs["days"], part.inputs["of"]) for part in step.parts] == [(1, 366), (365, 365)]


def test_a_true_up_asks_for_what_is_used_beyond_the_agreement_and_gives_nothing_back() -> None:
    lines = (LINE, ScopeLine("insights", 10, Money(12_000, "USD")))
    step = true_up(PEN, lines, {"growth": 12, "insights": 8}, YEAR_OF_365, date(2026, 9, 4))

    assert step is not None
    assert (step.amount, [part.inputs["product"] for part in step.parts]) == (usd("730.00"), ["growth"])
    assert true_up(PEN, lines, {"growth": 10}, YEAR_OF_365, date(2026, 9, 4)) is None


@pytest.mark.parametrize(
    ("fee", "paid", "owed"),
    [(0, "3650.00", "-1750.00"), (0, "0.00", "1900.00"), (2000, "3650.00", "-1400.00"), (10_000, "3650.00", "0.00")],
)
def test_leaving_early_costs_the_notice_and_the_agreed_fee(fee: int, paid: str, owed: str) -> None:
    years, term = (usd("3650.00"), usd("3650.00")), Running(date(2025, 9, 4), 24)
    told_on = date(2026, 9, 4) + timedelta(days=100)
    step = OffRamp(90, Discount(fee)).step(PEN, years, usd("3650.00") + usd(paid), term, told_on)

    assert step.inputs["leaves_on"] == (told_on + timedelta(days=90)).isoformat()
    assert step.amount == usd(owed)


def test_a_notice_never_runs_beyond_the_term() -> None:
    assert OffRamp(90, Discount(0)).leaves_on(YEAR_OF_365, date(2027, 8, 1)) == date(2027, 9, 4)


def test_a_day_outside_the_term_is_refused() -> None:
    with pytest.raises(ValueError, match="lies outside a term"):
        co_term(PEN, LINE, YEAR_OF_365, date(2027, 9, 4))


@given(terms, st.integers(0, 10**9), st.sampled_from(CURRENCIES), st.data())
def test_leaving_gives_back_exactly_what_was_not_served_less_the_fee(
    term: Running, minor: int, currency: str, data: st.DataObject
) -> None:
    told_on = data.draw(st.dates(term.starts_on, term.ends_on - timedelta(days=1)))
    pen, years = Pen(currency, "pricing@1"), [Money(minor, currency) for _ in term.years()]
    paid = sum(years[1:], years[0])
    step = OffRamp(data.draw(st.integers(0, 400)), Discount(data.draw(st.integers(0, 10_000)))).step(
        pen, years, paid, term, told_on
    )
    fee = step.find("fee")[0]
    coins = sum(part.amount.minor for part in step.find("coin"))

    assert step.amount.minor == fee.amount.minor - fee.inputs["of"] + coins
    assert mismatches(json.loads(canonical(step.json))) == []


@pytest.mark.parametrize("by", [-1, 1])
def test_every_number_of_a_change_is_pinned_down(by: int) -> None:
    years, term = (usd("36500.00"), usd("36600.00")), Running(date(2026, 9, 4), 24)
    leaving = OffRamp(90, Discount(2500)).step(PEN, years, usd("36500.00"), term, date(2027, 11, 1))
    trace = json.loads(canonical(leaving.json))
    places = [place for place in strict_numbers(trace) if place != ("inputs", "notice_days")]

    assert [place for place in places if not mismatches(changed(trace, place, by))] == []
