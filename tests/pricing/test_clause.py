"""A clause says the same in its words as in its figures, and a library refuses what could not act."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from pricing.clause import Clause, ClauseKind, Library, custom, twice
from pricing.money import Money
from pricing.proration import Running, risen, true_up
from pricing.reading import PolicyError
from pricing.replay import mismatches
from pricing.scope import ScopeLine
from pricing.trace import Pen
from renewals.policy import PolicyKind, shipped
from tests.pricing.test_proration import YEAR_OF_365

CONTENT = shipped(PolicyKind.CLAUSES)
LIBRARY = Library.parse("clauses@1", CONTENT)


def test_the_words_of_an_off_ramp_name_its_own_notice_and_fee() -> None:
    clause = LIBRARY.clauses["off_ramp"]

    assert (clause.off_ramp.notice_days, clause.off_ramp.fee.bps) == (90, 2500)
    assert "90 days' notice" in clause.words_in("en")
    assert "25% daripada baki tempoh" in clause.words_in("ms-MY")
    assert Clause.read(clause.json) == clause


def test_what_is_in_no_library_is_custom_and_so_is_what_policy_does_not_approve() -> None:
    named = LIBRARY.named(("data_residency", "liability_cap", "source_escrow", "true_up"))

    assert custom(named) == ("liability_cap", "source_escrow")
    assert [clause.title_in("en") for clause in named] == [
        "Data residency", "Higher liability cap", "Source escrow", "Annual true-up",
    ]
    assert twice(named) is None
    assert twice(LIBRARY.named(("off_ramp", "off_ramp_acquisition"))) is ClauseKind.OFF_RAMP


@pytest.mark.parametrize(
    ("bend", "says"),
    [
        (lambda it: it["off_ramp"].update(notice_days=0), "off_ramp.notice_days is 0"),
        (lambda it: it["off_ramp"].update(events=[]), "off_ramp.events is empty"),
        (lambda it: it["true_up"].update(counts="mean"), "true_up.counts is 'mean'"),
        (lambda it: it["true_up"]["words"].update(en="{seats}"), "true_up.words.en has a figure that is not there"),
        (lambda it: it["data_residency"].update(notice_days=3), "keys Kekal does not know: notice_days"),
    ],
)
def test_a_clause_that_could_not_act_is_refused(bend: Callable[[dict[str, Any]], None], says: str) -> None:
    content = copy.deepcopy(CONTENT)
    bend(content["clauses"])

    with pytest.raises(PolicyError, match=says):
        Library.parse("draft", content)


@pytest.mark.parametrize(
    ("currency", "amount", "asked"), [("JPY", 100_000, 20_795), ("KWD", 100_000, 20_790), ("USD", 100_000, 20_795)]
)
def test_seats_added_in_the_middle_cost_their_days_in_whole_coins(currency: str, amount: int, asked: int) -> None:
    line = ScopeLine("growth", 10, Money(amount, currency))
    step = true_up(Pen(currency, "clauses@1"), (line,), {"growth": 13}, YEAR_OF_365, YEAR_OF_365.starts_on.replace(
        year=2026, month=12, day=25))

    assert step
    assert step.amount == Money(asked, currency)
    assert mismatches(step.json) == []


def test_a_rising_price_is_that_of_the_year_that_runs() -> None:
    term, line = Running(YEAR_OF_365.starts_on, 36), ScopeLine("growth", 10, Money(33_333, "USD"))

    assert [risen(line, 500, year).amount.minor for year in range(3)] == [33_333, 35_000, 36_750]
    assert [term.year_of(begins) for begins, _, _ in term.years()] == [0, 1, 2]
