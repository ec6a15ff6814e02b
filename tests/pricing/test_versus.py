"""What changed since they last signed, and the ways to commit side by side."""

from typing import Any

from hypothesis import given, settings

from pricing.deal import Deal, DealLine
from pricing.horizon import horizon
from pricing.instalments import Billing
from pricing.money import Money
from pricing.multiyear import Shape
from pricing.quoting import Quoted, quote
from pricing.scope import Scope, ScopeLine
from pricing.versus import Agreed, versus
from tests.pricing.cast import CEDAR, CEDAR_FACTS, POLICY, SEPTEMBER, policy
from tests.pricing.customers import quotes


def usd(text: str) -> Money:
    return Money.parse(text, "USD")


def cedar(**asked: Any) -> Quoted:
    return quote(CEDAR, CEDAR_FACTS, policy(strategy="uplift"), Deal.as_today(CEDAR, **asked), SEPTEMBER)


def test_each_line_says_what_made_it_dearer_or_cheaper() -> None:
    quoted = cedar(lines=(DealLine("growth", 24), DealLine("insights", 24)), bundle=False, discount=500)
    changed = versus(Agreed(months=12), quoted)

    assert [(line.product, line.quantity, line.money) for line in changed.lines] == [
        ("growth", (20, 24), usd("1209.60")),
        ("insights", (0, 24), usd("547.20")),
    ]
    assert [(cause.name, cause.money) for cause in changed.lines[0].causes] == [
        ("quantity", usd("1296.00")), ("price", usd("432.00")), ("discount", usd("-518.40")),
    ]
    assert changed.money == quoted.against_today


def test_what_coins_round_away_is_said_to_be_rounding() -> None:
    scope = Scope("KWD", "growth", 12, (ScopeLine("growth", 7, Money(100_003, "KWD")),))
    changed = versus(Agreed(months=12), quote(scope, CEDAR_FACTS, POLICY, Deal.as_today(scope), SEPTEMBER))

    assert [(cause.name, cause.money) for cause in changed.causes] == [("rounding", Money(-3, "KWD"))]


def test_terms_that_moved_are_named_and_others_are_not() -> None:
    quoted = cedar(months=24, net_days=45, billing=Billing.QUARTERLY, clauses=("exit",))
    changed = versus(Agreed(months=12, net_days=30, clauses=("exit", "sla")), quoted)

    assert [(term.name, term.before, term.after) for term in changed.terms] == [
        ("months", 12, 24), ("shape", None, "fixed"), ("billing", "annual", "quarterly"), ("net_days", 30, 45),
        ("clauses", ["exit", "sla"], ["exit"]),
    ]


@settings(max_examples=60)
@given(quotes())
def test_the_causes_are_the_whole_difference(quoted: Quoted) -> None:
    changed = versus(Agreed(months=quoted.today.months), quoted)

    assert changed.money == quoted.against_today
    for line in changed.lines:
        assert sum(cause.money.minor for cause in line.causes) == line.money.minor


def test_one_two_and_three_years_stand_side_by_side() -> None:
    rules = policy(strategy="uplift", uplift={"bps": 500})
    shown = horizon(CEDAR, CEDAR_FACTS, rules, Deal.as_today(CEDAR), SEPTEMBER)
    lock, rising = shown.path(36, Shape.LOCK), shown.path(36, Shape.ESCALATING)

    assert [year.minor for year in shown.yearly.years] == [907200, 952560, 1000188]
    assert [year.minor for year in lock.years] == [907200] * 3
    assert [year.minor for year in rising.years] == [743904, 781099, 820154]
    assert (lock.breaks_even(shown.yearly), rising.breaks_even(lock), lock.breaks_even(rising)) == (2, 1, None)
    assert shown.saves(lock) == usd("1383.48")
    assert lock.leaving == (usd("18144.00"), usd("9072.00"), usd("0.00"))
    assert [part.amount for part in lock.cash] == list(lock.quoted.years)


def test_after_two_years_the_third_is_taken_to_be_a_renewal() -> None:
    shown = horizon(CEDAR, CEDAR_FACTS, POLICY, Deal.as_today(CEDAR), SEPTEMBER)
    held = shown.path(24, Shape.FIXED)

    assert [year.minor for year in held.years] == [760320, 760320, 798336]
