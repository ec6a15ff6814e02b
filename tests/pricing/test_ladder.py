"""Good, better and best: what a customer is offered, to whom, and for how much."""

from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pricing.facts import Facts
from pricing.ladder import Options, ReasonNeeded, options
from pricing.money import Money
from pricing.policy import PricePolicy, Strategy
from pricing.priced import Difference, Framing
from pricing.replay import offer_mismatches
from pricing.scope import Scope, ScopeLine
from tests.pricing.cast import CEDAR, CEDAR_FACTS, POLICY, SEPTEMBER, policy
from tests.pricing.customers import CURRENCIES, facts, ladders, policies, scopes, starts


def usd(text: str) -> Money:
    return Money.parse(text, "USD")


def cedar(rules: PricePolicy = POLICY, scope: Scope = CEDAR, **known: Any) -> Options:
    return options(scope, replace(CEDAR_FACTS, **known), rules, SEPTEMBER)


def test_cedar_dental_sees_three_ways_to_go_on() -> None:
    shown = cedar()

    assert [(option.tier, option.months, option.per_year) for option in shown] == [
        ("good", 12, usd("8640.00")),
        ("better", 12, usd("9936.00")),
        ("best", 24, usd("9123.84")),
    ]
    assert shown.recommended == "better"


def test_good_is_what_they_have_today() -> None:
    good = cedar().good

    assert good.lines == CEDAR.lines
    assert good.is_flat
    assert good.differences == ()
    assert (good.total, good.due_now, good.against_today) == (usd("8640.00"), usd("8640.00"), usd("0.00"))
    assert (good.starts_on, good.ends_on) == (date(2026, 9, 4), date(2027, 9, 4))


def test_better_gives_their_growth_room_and_says_what_that_adds() -> None:
    better = cedar()["better"]

    assert better.differences == (
        Difference("quantity", "growth", 20, 24, usd("972.00")),
        Difference("added", "online_booking", 0, 24, usd("324.00")),
    )
    assert better.against_today == usd("1296.00")
    assert not better.is_flat


def test_best_is_everything_for_two_years_at_a_held_price() -> None:
    best = cedar()["best"]

    assert [(line.product, line.quantity) for line in best.lines] == [
        ("growth", 24),
        ("insights", 24),
        ("online_booking", 24),
    ]
    assert best.years == (usd("9123.84"), usd("9123.84"))
    assert (best.total, best.due_now) == (usd("18247.68"), usd("9123.84"))
    assert best.holds_price
    assert best.differences[-1] == Difference("term", None, 12, 24, None)
    assert best.ends_on == date(2028, 9, 4)


def test_the_offer_is_framed_by_their_own_growth() -> None:
    assert cedar()["better"].framing == Framing(people=2143, spending=1500)


@pytest.mark.parametrize("unknown", ["seats_used", "seats_a_year_ago"])
def test_nothing_is_said_about_growth_that_nobody_measured(unknown: str) -> None:
    known: dict[str, Any] = {unknown: None}
    shown = cedar(**known)

    assert [option.framing for option in shown] == [None] * len(list(shown))
    assert shown["better"].lines[0].quantity == 20


def test_customers_at_risk_see_only_good() -> None:
    for shown in (cedar(at_risk=True), cedar(health_band="red")):
        assert [option.tier for option in shown] == ["good"]
        assert shown.recommended == "good"


@pytest.mark.parametrize(
    ("check", "known"),
    [
        ("healthy", {"health_band": "yellow"}),
        ("healthy", {"health_band": None}),
        ("health_score", {"health_score": 69}),
        ("health_score", {"health_score": None}),
        ("proven", {"tenure_months": 11}),
        ("proven", {"tenure_months": None}),
        ("not_outgrowing", {"seats_a_year_ago": 11}),
        ("not_outgrowing", {"seats_a_year_ago": None}),
        ("steady_industry", {"industry_changes_fast": True}),
        ("steady_industry", {"industry_changes_fast": None}),
        ("stable_business", {"stable_business": False}),
        ("stable_business", {"stable_business": None}),
        ("budget_predictable", {"budget_predictable": False}),
        ("budget_predictable", {"budget_predictable": None}),
        ("interested", {"interested_in_multiyear": False}),
        ("interested", {"interested_in_multiyear": None}),
    ],
)
def test_who_may_not_commit_for_years_is_offered_the_full_expansion_alone(
    check: str, known: dict[str, Any]
) -> None:
    shown = cedar(**known)

    assert check in {one.name for one in shown.checks if not one.passed}
    assert shown["best"].months == 12
    assert shown["best"].per_year == shown["best"].before_term_discount


def test_a_strategic_account_need_not_have_asked_for_years() -> None:
    assert cedar(interested_in_multiyear=None, strategic=True)["best"].months == 24


def test_a_price_with_a_commitment_in_it_does_not_get_a_second_one() -> None:
    shown = cedar(scope=replace(CEDAR, months=24))

    assert not shown.checks[-1].passed
    assert [(option.months, option.before_term_discount == option.per_year) for option in shown] == [
        (24, True)
    ] * 3


def test_best_is_left_out_when_it_adds_nothing_to_better() -> None:
    everything = tuple(
        ScopeLine.at(name, 20, usd("24.00")) for name in ("growth", "insights", "online_booking")
    )
    shown = cedar(scope=replace(CEDAR, lines=everything), interested_in_multiyear=False)

    assert [option.tier for option in shown] == ["good", "better"]


def test_better_is_left_out_when_they_have_it_already() -> None:
    booking = (*CEDAR.lines, ScopeLine.at("online_booking", 20, usd("18.00")))
    shown = cedar(scope=replace(CEDAR, lines=booking), seats_a_year_ago=17)

    assert [option.tier for option in shown] == ["good", "best"]
    assert shown.recommended == "good"


def test_best_is_recommended_only_to_the_segments_policy_names() -> None:
    rules = policy(recommend={"best_for": ["enterprise"]})

    assert cedar(rules).recommended == "better"
    assert cedar(rules, segment="enterprise").recommended == "best"
    assert cedar(rules, segment="enterprise", stable_business=None).recommended == "better"


@pytest.mark.parametrize(
    ("used", "a_year_ago", "held", "seats"),
    [
        (17, 14, 20, 24),
        (12, 10, 20, 20),
        (20, 20, 20, 20),
        (20, 24, 20, 20),
        (40, 10, 20, 30),
        (20, 0, 20, 20),
    ],
)
def test_seats_follow_the_team_but_never_more_than_half_as_many_again(
    used: int, a_year_ago: int, held: int, seats: int
) -> None:
    scope = replace(CEDAR, lines=(ScopeLine.at("growth", held, usd("432.00")),))
    shown = cedar(scope=scope, seats_used=used, seats_a_year_ago=a_year_ago)

    assert shown["better"].lines[0].quantity == seats


def test_added_seats_never_cost_more_than_the_seats_they_have() -> None:
    bargain = replace(CEDAR, lines=(ScopeLine.at("growth", 20, usd("100.00")),))
    added = cedar(scope=bargain)["better"].trace.find("own_price")

    assert [step.inputs for step in added] == [{"quantity": 4, "unit": 10000}]


def test_a_plan_that_is_no_longer_sold_renews_at_its_own_price() -> None:
    legacy = Scope("USD", "classic", 12, (ScopeLine.at("classic", 20, usd("99.00")),))
    shown = cedar(scope=legacy)

    assert shown.good.is_flat
    assert shown.good.below_list is None
    assert shown["better"].lines[0].amount == usd("99.00") * 20 + usd("99.00") * 4 - usd("99.00")


def test_an_add_on_with_a_seat_for_each_seat_keeps_it_so() -> None:
    booking = (*CEDAR.lines, ScopeLine.at("online_booking", 20, usd("18.00")))
    fewer = (*CEDAR.lines, ScopeLine.at("online_booking", 5, usd("18.00")))

    assert cedar(scope=replace(CEDAR, lines=booking))["better"].lines[1].quantity == 24
    assert cedar(scope=replace(CEDAR, lines=fewer))["better"].lines[1].quantity == 5


def test_another_strategy_than_the_policys_needs_a_reason() -> None:
    with pytest.raises(ReasonNeeded, match="needs a reason"):
        options(CEDAR, CEDAR_FACTS, POLICY, SEPTEMBER, strategy=Strategy.UPLIFT, reason=" ")

    raised = options(CEDAR, CEDAR_FACTS, POLICY, SEPTEMBER, strategy=Strategy.UPLIFT, reason="Costs rose")

    assert raised.good.per_year == usd("9072.00")
    assert not raised.good.is_flat
    assert raised.good.differences == (Difference("price", "growth", 20, 20, usd("432.00")),)
    assert raised.good.content["strategy"] == {"name": "uplift", "reason": "Costs rose"}


def test_the_contracts_cap_wins_over_the_increase_policy_asks() -> None:
    raised = cedar(policy(strategy="uplift"), replace(CEDAR, uplift_cap=300))

    assert raised.good.per_year == usd("8899.20")
    assert raised.good.trace.find("uplift")[0].inputs == {"bps": 300, "asked": 500}


def test_a_volume_adjustment_never_raises_a_price() -> None:
    rules = policy(strategy="volume")
    dear = replace(CEDAR, lines=(ScopeLine.at("growth", 20, usd("500.00")),))

    assert cedar(rules, dear).good.per_year == usd("8640.00")
    assert cedar(rules, replace(CEDAR, lines=(ScopeLine.at("growth", 20, usd("400.00")),))).good.is_flat


def test_a_price_lock_gives_no_discount_and_no_rise() -> None:
    best = cedar(policy(multi_year={"shape": "lock", "offer_months": 36}))["best"]

    assert best.years == (usd("10368.00"),) * 3
    assert best.holds_price


def test_an_escalating_price_rises_from_year_to_year() -> None:
    best = cedar(policy(multi_year={"shape": "escalating", "offer_months": 36}))["best"]

    assert best.years == (usd("8501.76"), usd("8926.85"), usd("9373.19"))
    assert best.per_year == best.due_now == usd("8501.76")
    assert not best.holds_price


def test_a_fast_growing_team_is_warned_of_a_fixed_price_for_three_years() -> None:
    rules = policy(multi_year={"offer_months": 36})

    assert cedar(rules, seats_a_year_ago=13)["best"].warnings == ("fast_growth_on_fixed_price",)
    assert cedar(rules)["best"].warnings == ()
    assert cedar(seats_a_year_ago=13)["best"].warnings == ()


@pytest.mark.parametrize(("bps", "standing"), [(2000, True), (2001, False)])
def test_beyond_twenty_percent_for_three_years_policy_does_not_decide_alone(bps: int, standing: bool) -> None:
    incentives = {"36": {"bps": bps, "within": [1500, 2500], "standing": 2000}}
    shown = cedar(policy(multi_year={"offer_months": 36, "incentives": incentives}))

    assert shown["best"].standing is standing
    assert shown["better"].standing


@pytest.mark.parametrize(
    ("months", "years"),
    [
        (1, ["720.00"]),
        (6, ["4320.00"]),
        (12, ["8640.00"]),
        (18, ["8640.00", "4320.00"]),
        (25, ["8640.00"] * 2 + ["720.00"]),
    ],
)
def test_a_term_of_odd_months_pays_for_its_months(months: int, years: list[str]) -> None:
    good = cedar(scope=replace(CEDAR, months=months)).good

    assert good.years == tuple(usd(year) for year in years)
    assert good.per_year == usd("8640.00")
    assert good.is_flat


def test_next_years_flat_renewal_of_any_option_matches_to_the_cent() -> None:
    for option in cedar():
        renewed = options(
            replace(CEDAR, months=option.months, lines=option.lines), CEDAR_FACTS, POLICY, option.ends_on
        )

        assert renewed.good.is_flat
        assert renewed.good.per_year == option.per_year


def test_an_offer_hashes_the_same_for_as_long_as_it_is_kept() -> None:
    """Stored offers are checked by this hash: another shape of the content is another `schema`."""
    assert cedar()["better"].content["schema"] == "option@1"
    assert (
        cedar()["better"].content_hash == "144da3d66861ee81919ae2293ae4bd7a82c87af9ff1b019bebbd3ac11c6e369d"
    )


def test_another_first_day_or_another_word_is_another_offer() -> None:
    later = options(CEDAR, CEDAR_FACTS, POLICY, date(2026, 9, 5)).good
    spoken = options(CEDAR, CEDAR_FACTS, POLICY, SEPTEMBER, reason="as agreed by telephone").good

    assert len({cedar().good.content_hash, later.content_hash, spoken.content_hash}) == 3


@pytest.mark.parametrize("currency", CURRENCIES)
def test_the_three_are_a_ladder_in_every_currency_of_the_list(currency: str) -> None:
    unit = POLICY.catalogue.products["growth"].prices[currency].tiers[0].unit
    good, better, best = cedar(scope=Scope(currency, "growth", 12, (ScopeLine.at("growth", 20, unit),)))

    assert good.per_year < better.per_year < best.before_term_discount
    assert good.per_year < best.per_year < better.per_year


@settings(max_examples=150)
@given(ladders)
def test_good_is_never_above_better_nor_better_above_best_before_the_term_discount(shown: Options) -> None:
    scopes_a_year = [option.before_term_discount for option in shown]

    assert scopes_a_year == sorted(scopes_a_year, key=lambda money: money.minor)


@settings(max_examples=150)
@given(ladders)
def test_parts_sum_to_totals(shown: Options) -> None:
    for option in shown:
        nothing = Money.zero(option.currency)

        assert sum(option.years, nothing) == option.total == option.trace.amount
        assert sum((line.amount for line in option.lines), nothing) == option.per_year
        assert option.per_year - option.today.per_year == option.against_today
        assert option.due_now == option.years[0]


@settings(max_examples=150)
@given(ladders)
def test_the_differences_are_the_whole_difference(shown: Options) -> None:
    for option in shown:
        moved = [difference.money for difference in option.differences if difference.money]

        assert sum(moved, Money.zero(option.currency)) == option.against_today


@settings(max_examples=150)
@given(ladders)
def test_flat_is_said_only_when_nothing_changes(shown: Options) -> None:
    for option in shown:
        same = option.lines == option.today.lines and option.months == option.today.months

        assert option.is_flat is same


@settings(max_examples=150)
@given(scopes(), facts, policies(), starts, st.randoms(use_true_random=False))
def test_the_order_of_lines_is_irrelevant(
    scope: Scope, known: Facts, rules: PricePolicy, starts_on: date, shuffle: Random
) -> None:
    mixed = list(scope.lines)
    shuffle.shuffle(mixed)
    one = options(scope, known, rules, starts_on)
    other = options(replace(scope, lines=tuple(mixed)), known, rules, starts_on)

    assert [option.content_hash for option in one] == [option.content_hash for option in other]
    assert one == other


def test_a_price_in_dinars_can_be_charged_to_the_coin() -> None:
    odd = Scope("KWD", "growth", 12, (ScopeLine("growth", 3, Money(333_333, "KWD")),))
    known = Facts(segment="smb", seats_used=3, seats_a_year_ago=2, health_band="green", health_score=90)

    found = options(odd, known, POLICY, SEPTEMBER)

    assert [year.minor % 10 for option in found for year in option.years] == [0] * sum(len(o.years) for o in found)
    assert all(not offer_mismatches(option.content) for option in found)
