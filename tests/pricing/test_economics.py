"""Do the maths first: some commitments are worth less than renewing year by year."""

import pytest

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
