"""What joins a term later costs the days that are left of it: all of it before the first, nothing is left over."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pricing.addition import Addition
from pricing.currency import coin
from pricing.money import Money
from pricing.quoting import Quoted
from pricing.replay import mismatches
from tests.pricing.customers import quotes


@settings(max_examples=60)
@given(quotes(), st.data())
def test_an_addition_asks_for_the_days_that_are_left_in_whole_coins(quoted: Quoted, data: st.DataObject) -> None:
    length = (quoted.ends_on - quoted.starts_on).days
    late = Addition(quoted, quoted.starts_on + timedelta(days=data.draw(st.integers(0, length - 1))))
    asked = [one.amount for one in late.instalments]

    assert sum(asked, Money.zero(quoted.currency)) == late.step.amount <= quoted.total
    assert all(amount.minor % coin(quoted.currency) == 0 for amount in asked)
    assert late.begins_on == late.instalments[0].on
    assert mismatches(late.step.json) == []
    assert (late.days[0] == late.days[1]) or late.begins_on > quoted.starts_on


@settings(max_examples=60)
@given(quotes(), st.integers(0, 400))
def test_before_the_term_begins_it_costs_exactly_what_was_quoted(quoted: Quoted, days: int) -> None:
    early = Addition(quoted, quoted.starts_on - timedelta(days=days))

    assert (early.instalments, early.lines) == (quoted.instalments, quoted.lines)


@settings(max_examples=5)
@given(quotes())
def test_nothing_joins_a_term_that_is_over(quoted: Quoted) -> None:
    with pytest.raises(ValueError, match="lies after the term"):
        Addition(quoted, quoted.ends_on)
