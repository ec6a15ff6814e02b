"""Money counts whole minor units and loses none."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricing.currency import DECIMALS, UnknownCurrency
from pricing.money import MixedCurrencies, Money, NotAnAmount, rounded

currencies = st.sampled_from(sorted(DECIMALS))
amounts = st.builds(Money, st.integers(-(10**12), 10**12), currencies)


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("8640.00", "USD", 864000),
        ("8640", "USD", 864000),
        ("8640.5", "USD", 864050),
        ("-0.01", "USD", -1),
        ("1728000", "JPY", 1728000),
        ("1919.90", "MYR", 191990),
        ("132.125", "KWD", 132125),
        ("0.001", "KWD", 1),
    ],
)
def test_decimal_text_is_read_exactly(text: str, currency: str, minor: int) -> None:
    assert Money.parse(text, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    "text", ["", " 1", "1.", ".5", "1,000.00", "1e3", "+1", "--1", "1.0.0", "٣", "NaN", "1\n"]
)
def test_a_text_that_is_not_plainly_an_amount_is_refused(text: str) -> None:
    with pytest.raises(NotAnAmount, match=r"write it like 8640\.00"):
        Money.parse(text, "USD")


@pytest.mark.parametrize(
    ("text", "currency", "why"),
    [
        ("8640.001", "USD", "has 3 decimals; USD has 2"),
        ("100.0", "JPY", "has 1 decimals; JPY has 0"),
        ("1.0001", "KWD", "has 4 decimals; KWD has 3"),
    ],
)
def test_more_decimals_than_the_currency_has_are_refused(text: str, currency: str, why: str) -> None:
    with pytest.raises(NotAnAmount, match=why):
        Money.parse(text, currency)


@given(amounts)
def test_what_is_written_is_read_back(amount: Money) -> None:
    assert Money.parse(amount.decimal_text, amount.currency) == amount


@pytest.mark.parametrize("code", ["", "usd", "US", "DOLLAR", "BTC", "XXX", "CLF", "UYW", None])
def test_an_unknown_currency_is_refused_by_name(code: str) -> None:
    with pytest.raises(UnknownCurrency, match="no currency Kekal knows"):
        Money(1, code)


@pytest.mark.parametrize(
    ("code", "places"), [("JPY", 0), ("KRW", 0), ("USD", 2), ("MYR", 2), ("KWD", 3), ("TND", 3)]
)
def test_a_currency_has_the_decimals_its_standard_says(code: str, places: int) -> None:
    assert DECIMALS[code] == places


def test_no_currency_is_listed_twice() -> None:
    listed = {places: sum(1 for found in DECIMALS.values() if found == places) for places in (0, 2, 3)}

    assert listed == {0: 16, 2: 132, 3: 7}


def test_money_of_two_currencies_never_meets() -> None:
    ours, theirs = Money(100, "USD"), Money(100, "EUR")

    for meet in (lambda: ours + theirs, lambda: ours - theirs, lambda: ours < theirs, lambda: ours >= theirs):
        with pytest.raises(MixedCurrencies, match=r"USD 1\.00 and EUR 1\.00"):
            meet()


@pytest.mark.parametrize("amount", [1.0, "1", None, True, Fraction(1, 2)])
def test_money_is_made_of_whole_numbers_only(amount: object) -> None:
    with pytest.raises(TypeError, match="whole minor units"):
        Money(amount, "USD")  # type: ignore[arg-type]


@pytest.mark.parametrize("factor", [1.5, True, Fraction(1, 2), Money(1, "USD")])
def test_money_is_multiplied_by_whole_numbers_only(factor: object) -> None:
    with pytest.raises(TypeError, match="whole numbers"):
        Money(1, "USD") * factor  # type: ignore[operator]


def test_money_meets_only_money() -> None:
    with pytest.raises(TypeError, match="only Money"):
        Money(1, "USD") + 1  # type: ignore[operator]
    with pytest.raises(TypeError, match="exact Fraction"):
        Money(1, "USD").times(0.5)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("minor", "factor", "result"),
    [
        (5, Fraction(1, 2), 3),
        (-5, Fraction(1, 2), -3),
        (4, Fraction(1, 3), 1),
        (5, Fraction(1, 3), 2),
        (5, Fraction(-1, 2), -3),
    ],
)
def test_a_half_is_rounded_away_from_zero(minor: int, factor: Fraction, result: int) -> None:
    assert Money(minor, "USD").times(factor) == Money(result, "USD")


@given(st.integers(-(10**15), 10**15), st.integers(-(10**6), 10**6).filter(bool))
def test_rounding_is_to_the_nearest_and_the_same_on_both_sides_of_zero(top: int, bottom: int) -> None:
    found = rounded(top, bottom)

    assert abs(Fraction(top, bottom) - found) <= Fraction(1, 2)
    assert rounded(-top, bottom) == -found


def test_a_split_gives_spare_cents_to_the_earlier_parts() -> None:
    parts = Money(100, "USD").split([1, 1, 1])

    assert [part.minor for part in parts] == [34, 33, 33]


@given(amounts, st.lists(st.integers(0, 10**6), min_size=1, max_size=12).filter(any))
def test_a_split_loses_nothing_and_is_fair_to_the_unit(amount: Money, weights: list[int]) -> None:
    parts = amount.split(weights)

    assert sum((part.minor for part in parts), 0) == amount.minor
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part.minor - Fraction(amount.minor * weight, sum(weights))) < 1


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1], [2, -1]])
def test_a_split_by_nothing_is_refused(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="at least zero and not all zero"):
        Money(100, "USD").split(weights)


@given(amounts, amounts)
def test_adding_then_taking_away_gives_the_same_money(one: Money, other: Money) -> None:
    other = Money(other.minor, one.currency)

    assert one + other - other == one
    assert one + (-one) == Money.zero(one.currency)
    assert (one < other) == (other > one) == (not one >= other)


def test_money_says_its_currency_and_its_amount() -> None:
    assert [str(Money(minor, code)) for minor, code in [(-5, "USD"), (1728000, "JPY"), (132125, "KWD")]] == [
        "USD -0.05",
        "JPY 1728000",
        "KWD 132.125",
    ]
