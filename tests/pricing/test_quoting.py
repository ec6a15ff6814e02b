"""A quote is priced to the last unit, says what is given in it, and can be worked out again from its JSON."""

import json
from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pricing.deal import Deal, DealError, DealLine
from pricing.facts import Facts
from pricing.instalments import Billing
from pricing.ladder import options
from pricing.money import Money
from pricing.multiyear import Shape
from pricing.policy import PricePolicy, Strategy
from pricing.priced import Framing
from pricing.quoting import Quoted, quote
from pricing.replay import mismatches, offer_mismatches
from pricing.scope import Scope, ScopeLine
from pricing.trace import canonical
from tests.pricing.cast import CEDAR, CEDAR_FACTS, POLICY, SEPTEMBER, policy
from tests.pricing.customers import facts, quotes, scopes
from tests.pricing.test_replay import changed, numbers, strict_numbers

HALDEN = Scope("USD", "platform", 12, (ScopeLine.at("platform", 250, Money(96000, "USD")),))
HALDEN_FACTS = replace(CEDAR_FACTS, segment="enterprise", seats_used=260, seats_a_year_ago=200)


def usd(text: str) -> Money:
    return Money.parse(text, "USD")


def cedar(rules: PricePolicy = POLICY, **asked: Any) -> Quoted:
    return quote(CEDAR, CEDAR_FACTS, rules, Deal.as_today(CEDAR, **asked), SEPTEMBER)


def halden(rules: PricePolicy = POLICY, **asked: Any) -> Quoted:
    return quote(HALDEN, HALDEN_FACTS, rules, Deal.as_today(HALDEN, **asked), SEPTEMBER)


def rules_of(quoted: Quoted) -> list[str]:
    return [step.rule for step in quoted.line_steps[0].parts]


def test_what_they_have_is_quoted_as_it_is() -> None:
    plain = cedar()

    assert plain.is_flat
    assert (plain.total, plain.due_now, plain.months) == (usd("8640.00"), usd("8640.00"), 12)
    assert (plain.effective.bps, plain.effective.earned) == (0, 0)
    assert (plain.content["schema"], plain.content["tier"]) == ("quote@1", "quote")


def test_a_quote_of_better_costs_what_better_costs() -> None:
    better = options(CEDAR, CEDAR_FACTS, POLICY, SEPTEMBER)["better"]
    lines = tuple(DealLine(line.product, line.quantity) for line in better.lines)
    quoted = cedar(lines=lines)

    assert (quoted.lines, quoted.total) == (better.lines, better.total)
    assert quoted.effective.bps == 0


@pytest.mark.parametrize(("months", "bps", "year"), [(24, 1200, "211200.00"), (36, 1800, "196800.00")])
def test_the_longer_term_earns_its_incentive_by_itself(months: int, bps: int, year: str) -> None:
    quoted = halden(months=months, levers=("term",))

    assert quoted.years == (usd(year),) * (months // 12)
    assert (quoted.effective.bps, quoted.effective.earned, quoted.effective.asked) == (bps, bps, 0)


def test_what_is_asked_comes_off_after_what_is_earned() -> None:
    lines = (DealLine("platform", 250, 500),)
    quoted = halden(
        months=36, lines=lines, prepaid=True, sign_by=date(2026, 8, 1), net_days=15, discount=1000,
        levers=("term", "prepayment", "sign_by", "payment_days"),
    )

    assert rules_of(quoted) == ["kept", "term_discount", *["lever"] * 3, "line_discount", "discount"]
    assert [one.lever for one in quoted.earned] == ["term", "prepayment", "sign_by", "payment_days"]
    assert [one.bps for one in quoted.earned] == [1800, 500, 500, 100]
    assert quoted.effective.asked < 1450 < quoted.effective.earned + quoted.effective.asked


def test_a_discount_asked_is_the_effective_discount() -> None:
    quoted = halden(discount=1500)

    assert quoted.per_year == usd("204000.00")
    assert (quoted.effective.bps, quoted.effective.asked) == (1500, 1500)


def test_an_expansion_line_can_not_hide_a_discount() -> None:
    lines = (DealLine("platform", 250), DealLine("insights", 250, 9000))
    quoted = halden(lines=lines)

    assert quoted.effective.bps < 200
    assert (quoted.effective.worst_line.product, quoted.effective.worst_line.asked) == ("insights", 9000)


def test_a_price_that_policy_would_have_raised_is_a_discount_when_it_is_not() -> None:
    rules = policy(strategy="uplift", uplift={"bps": 500})
    quoted = halden(rules, strategy=Strategy.FLAT, reason="they asked for it")

    assert quoted.effective.bps == 476


def test_later_payment_costs_and_is_a_discount_when_it_does_not() -> None:
    paid, free = halden(net_days=60, levers=("payment_days",)), halden(net_days=60)

    assert (paid.per_year, paid.effective.bps) == (usd("252000.00"), 0)
    assert (free.per_year, free.effective.bps) == (usd("240000.00"), 476)


def test_what_is_given_besides_money_counts_into_the_effective_discount() -> None:
    quoted = halden(extras=("better_support", "early_access"), discount=1000)

    assert quoted.effective.bps == 1000 + 100 + 50
    assert quoted.content["extras"]["a_year"] == 240000 + 120000


def test_a_customer_reads_neither_what_policy_asks_nor_our_reasons() -> None:
    quoted = halden(extras=("better_support",), strategy=Strategy.VOLUME, reason="they have another offer")
    read = quoted.public_content

    assert set(quoted.content) - set(read) == {"ask", "effective", "extras", "strategy"}
    assert not [word for word in ("another offer", "list_value", "240000,") if word in canonical(read)]
    assert mismatches(json.loads(canonical(read["trace"]))) == []


def test_the_worse_of_the_first_year_and_the_whole_term_counts() -> None:
    rules = policy(multi_year={"shape": "escalating", "rise": {"bps": 500, "within": [500, 1000]}})
    held = halden(rules, months=36, shape=Shape.FIXED)

    assert held.effective.first_year == 0
    assert held.effective.bps == held.effective.term == 484


def test_a_base_with_overage_is_lower_and_says_what_more_costs() -> None:
    quoted = halden(months=24, shape=Shape.OVERAGE)

    assert quoted.years == (usd("216000.00"), usd("216000.00"))
    assert quoted.overage == {"platform": usd("1152.00")}
    assert quoted.content["overage"] == {"platform": 115200}


def test_fewer_units_cost_their_share_of_what_they_pay() -> None:
    quoted = cedar(lines=(DealLine("growth", 15),))

    assert quoted.per_year == usd("6480.00")
    assert [(one.kind, one.before, one.after) for one in quoted.differences] == [("quantity", 20, 15)]


@pytest.mark.parametrize(
    ("asked", "amounts", "due"),
    [
        ({}, [240000, 240000], "2026-10-04"),
        ({"prepaid": True, "net_days": 0}, [480000], "2026-09-04"),
        ({"billing": Billing.QUARTERLY}, [60000] * 8, "2026-10-04"),
        ({"billing": Billing.MONTHLY, "net_days": 45}, [20000] * 24, "2026-10-19"),
    ],
)
def test_the_term_is_paid_as_agreed(asked: dict[str, Any], amounts: list[int], due: str) -> None:
    parts = halden(months=24, **asked).content["instalments"]

    assert [part["amount"] for part in parts] == [amount * 100 for amount in amounts]
    assert (parts[0]["on"], parts[0]["due_on"]) == ("2026-09-04", due)


def test_thirty_percent_more_people_for_twenty_five_percent_more() -> None:
    scope = Scope("USD", "growth", 12, (ScopeLine.at("growth", 100, Money(34560, "USD")),))
    known = replace(CEDAR_FACTS, seats_used=130, seats_a_year_ago=100)
    deal = Deal.as_today(scope, lines=(DealLine("growth", 130),), bundle=False)

    assert quote(scope, known, POLICY, deal, SEPTEMBER).framing == Framing(people=3000, spending=2500)


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"lines": (DealLine("insights", 1),)}, "lines"),
        ({"lines": (DealLine("growth", 20), DealLine("classic", 1))}, "lines.classic"),
        ({"months": 36, "shape": Shape.ESCALATING, "rise": 499}, "rise"),
        ({"months": 36, "shape": Shape.ESCALATING, "rise": 1001}, "rise"),
        ({"strategy": Strategy.UPLIFT}, "reason"),
        ({"extras": ("a_pony",)}, "extras"),
        ({"months": 36, "shape": Shape.ESCALATING, "rise": 500, "extras": ("price_lock",)}, "extras"),
    ],
)
def test_what_policy_does_not_sell_is_refused_by_its_part(asked: dict[str, Any], field: str) -> None:
    with pytest.raises(DealError) as refusal:
        cedar(**asked)

    assert refusal.value.field == field


@settings(max_examples=120)
@given(quotes())
def test_every_quote_adds_up_and_is_replayed_from_its_json(quoted: Quoted) -> None:
    assert sum(line.amount.minor for line in quoted.lines) == quoted.per_year.minor
    assert sum(year.minor for year in quoted.years) == quoted.total.minor
    assert sum(one.amount.minor for one in quoted.instalments) == quoted.total.minor
    assert min(line.amount.minor for line in quoted.lines) >= 0
    assert offer_mismatches(json.loads(canonical(quoted.content))) == []


@settings(max_examples=60)
@given(quotes(), st.randoms())
def test_the_order_of_lines_and_names_changes_nothing(quoted: Quoted, dice: Random) -> None:
    mixed = json.loads(canonical(quoted.deal.json))
    for part in ("lines", "levers", "extras", "clauses"):
        dice.shuffle(mixed[part])

    assert Deal.read(mixed) == quoted.deal


def test_the_same_deal_has_the_same_hash_and_another_cent_another() -> None:
    lines = (DealLine("platform", 250), DealLine("insights", 250))
    one, again = halden(lines=lines, levers=("term", "volume")), halden(lines=lines[::-1], levers=("volume", "term"))

    assert one.content_hash == again.content_hash
    assert one.content_hash != halden(lines=lines, levers=("term", "volume"), discount=1).content_hash


@settings(max_examples=80)
@given(scopes(), facts, st.integers(0, 3000))
def test_nothing_asked_is_nothing_given(scope: Scope, known: Facts, off: int) -> None:
    plain = quote(scope, known, POLICY, Deal.as_today(scope), SEPTEMBER)
    less = quote(scope, known, POLICY, Deal.as_today(scope, discount=off), SEPTEMBER)

    assert plain.effective.bps == 0
    assert less.per_year <= plain.per_year
    assert less.effective.bps >= 0


@settings(max_examples=80)
@given(quotes(), st.integers(0, 10_000))
def test_a_larger_discount_never_looks_smaller(quoted: Quoted, more: int) -> None:
    deal = replace(quoted.deal, discount=min(10_000, quoted.deal.discount + more))
    larger = quote(quoted.today, HALDEN_FACTS, POLICY, deal, quoted.starts_on)
    as_asked = quote(quoted.today, HALDEN_FACTS, POLICY, quoted.deal, quoted.starts_on)

    assert larger.effective.bps >= as_asked.effective.bps


@settings(max_examples=100)
@given(quotes(), st.data())
def test_any_changed_amount_of_a_quote_is_found(quoted: Quoted, data: st.DataObject) -> None:
    content = json.loads(canonical(quoted.content))
    amounts = [place for place in numbers(content) if place[-1] in ("amount", "total", "per_year", "due_now", "bps")]
    place = data.draw(st.sampled_from([place for place in amounts if place[-1] != "bps" or place[0] == "effective"]))

    assert offer_mismatches(changed(content, place, data.draw(st.integers(-(10**9), 10**9).filter(bool)))) != []


@pytest.mark.parametrize("by", [-1, 1])
def test_every_number_of_a_quote_is_pinned_down_to_the_unit(by: int) -> None:
    lines = (DealLine("growth", 15, 300), DealLine("insights", 24))
    quoted = cedar(
        policy(strategy="uplift"), lines=lines, months=30, shape=Shape.ESCALATING, rise=700, discount=450, net_days=60,
        levers=("term", "payment_days"), extras=("better_support", "early_access"), billing=Billing.QUARTERLY,
    )
    content = json.loads(canonical(quoted.content))
    places = [path for path in strict_numbers(content) if path != ("today", "months")]
    missed = [path for path in places if not offer_mismatches(changed(content, path, by))]

    assert len(places) > 80
    assert missed == []
