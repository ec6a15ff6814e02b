"""Levers answer at once: what each earns, what it would earn, and which trades reach a price."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from pricing.board import board
from pricing.concessions import PaymentDays
from pricing.deal import Deal, DealLine
from pricing.money import Money
from pricing.quoting import Quoted, quote
from pricing.rightsize import right_size
from pricing.scope import Scope, ScopeLine
from pricing.trades import Trade, what_would_it_take
from tests.pricing.cast import CEDAR, CEDAR_FACTS, POLICY, SEPTEMBER, policy

JULY = date(2026, 7, 1)
HALDEN = Scope(
    "USD", "platform", 12,
    (ScopeLine.at("platform", 250, Money(96000, "USD")), ScopeLine.at("insights", 250, Money(2400, "USD"))),
)
FACTS = replace(CEDAR_FACTS, seats_used=200, seats_a_year_ago=190)


def usd(text: str) -> Money:
    return Money.parse(text, "USD")


def trades(target: str, allowed: Any = lambda quoted: quoted.effective.asked == 0) -> tuple[Trade, ...]:
    return what_would_it_take(HALDEN, FACTS, POLICY, Deal.as_today(HALDEN), SEPTEMBER, usd(target), allowed)


def kinds(trade: Trade) -> list[str]:
    return [change.kind for change in trade.changes]


@pytest.mark.parametrize(
    ("net_days", "surcharge", "earned"),
    [(0, 0, 100), (15, 0, 100), (16, 0, 0), (30, 0, 0), (31, 250, 0), (45, 250, 0), (46, 500, 0), (60, 500, 0)],
)
def test_each_fifteen_days_beyond_net_thirty_cost(net_days: int, surcharge: int, earned: int) -> None:
    payment = PaymentDays(30, 15, 250, 100)

    assert (payment.surcharge_for(net_days), payment.earned_for(net_days)) == (surcharge, earned)


def test_the_board_says_what_every_lever_would_earn() -> None:
    shown = board(CEDAR, CEDAR_FACTS, POLICY, Deal.as_today(CEDAR), SEPTEMBER, JULY)

    assert [(rung.lever, rung.bps, rung.saves) for rung in shown.rungs] == [
        ("term", 1200, usd("1036.80")),
        ("term", 1800, usd("1555.20")),
        ("sign_by", 500, usd("432.00")),
        ("volume", 100, usd("-394.74")),
        ("payment_days", 100, usd("86.40")),
    ]


def test_what_is_pulled_is_shown_with_its_money() -> None:
    deal = Deal.as_today(CEDAR, months=36, prepaid=True, levers=("term", "prepayment"))
    shown = board(CEDAR, CEDAR_FACTS, POLICY, deal, SEPTEMBER, JULY)

    assert [(one.lever, one.bps) for one in shown.quoted.earned] == [("term", 1800), ("prepayment", 500)]
    assert (shown.earned_money("term"), shown.earned_money("prepayment")) == (usd("1555.20"), usd("354.24"))
    assert [one.says for one in shown.quoted.earned][1] == "for paying all 3 years in advance"
    assert "prepayment" not in {rung.lever for rung in shown.rungs}


@pytest.mark.parametrize(("sign_by", "earns"), [(date(2026, 8, 5), 500), (date(2026, 8, 6), 0)])
def test_signing_thirty_days_before_the_new_term_earns_and_a_day_later_does_not(sign_by: date, earns: int) -> None:
    deal = Deal.as_today(CEDAR, sign_by=sign_by, levers=("sign_by",))

    assert quote(CEDAR, CEDAR_FACTS, POLICY, deal, SEPTEMBER).effective.earned == earns


def test_a_day_to_sign_by_that_has_passed_earns_nothing() -> None:
    deal = Deal.as_today(CEDAR, sign_by=date(2026, 7, 31), levers=("sign_by",))

    on_the_day = board(CEDAR, CEDAR_FACTS, POLICY, deal, SEPTEMBER, date(2026, 7, 31))
    the_day_after = board(CEDAR, CEDAR_FACTS, POLICY, deal, SEPTEMBER, date(2026, 8, 1))

    assert on_the_day.quoted.per_year == usd("8208.00")
    assert the_day_after.quoted.per_year == usd("8640.00")


def test_a_lever_that_is_not_pulled_earns_nothing() -> None:
    deal = Deal.as_today(CEDAR, months=36, prepaid=True)

    assert quote(CEDAR, CEDAR_FACTS, POLICY, deal, SEPTEMBER).per_year == usd("8640.00")


def test_the_trades_that_reach_a_price_come_with_the_highest_value_first() -> None:
    found = trades("220000.00")

    assert kinds(found[0]) == ["term"]
    assert found[0].quoted.months == 36
    assert all(trade.quoted.per_year <= usd("220000.00") for trade in found)
    assert [trade.quoted.total.minor for trade in found if trade.standing] == sorted(
        (trade.quoted.total.minor for trade in found if trade.standing), reverse=True
    )


def test_a_trade_never_gives_more_than_it_takes() -> None:
    sets = [set(trade.changes) for trade in trades("215000.00")]

    assert not [one for one in sets for other in sets if other < one]


def test_a_discount_alone_would_do_it_and_needs_somebody() -> None:
    last = trades("220000.00")[-1]

    assert kinds(last) == ["discount"]
    assert not last.standing
    assert last.quoted.per_year <= usd("220000.00")
    assert _with_one_point_less(last).per_year > usd("220000.00")


def test_a_price_that_is_reached_already_takes_nothing() -> None:
    assert [kinds(trade) for trade in trades("246000.00")] == [[]]


def _with_one_point_less(trade: Trade) -> Quoted:
    deal = replace(trade.quoted.deal, discount=trade.quoted.deal.discount - 1)
    return quote(HALDEN, FACTS, POLICY, deal, SEPTEMBER)


def test_fourteen_of_twenty_seats_used_renewing_fifteen_saves_six_hundred() -> None:
    scope = Scope("USD", "growth", 12, (ScopeLine.at("growth", 20, usd("120.00")),))
    advice = right_size(scope, policy(room_to_grow={"headroom": 500}), 14)

    assert advice is not None
    assert (advice.used, advice.held, advice.suggested, advice.saves) == (14, 20, 15, usd("600.00"))


@pytest.mark.parametrize("used", [None, 18, 20, 25])
def test_nobody_is_told_to_renew_fewer_seats_than_they_need(used: int | None) -> None:
    assert right_size(CEDAR, POLICY, used) is None


def test_the_advice_saves_what_the_quote_then_costs_less() -> None:
    advice = right_size(HALDEN, POLICY, 150)
    assert advice is not None
    lines = tuple(DealLine(product, count) for product, count in advice.quantities.items())
    fewer = quote(HALDEN, FACTS, POLICY, Deal.as_today(HALDEN, lines=lines), SEPTEMBER)

    assert advice.quantities == {"platform": 173, "insights": 173}
    assert fewer.per_year == HALDEN.per_year - advice.saves
