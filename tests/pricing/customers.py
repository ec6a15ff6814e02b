"""Customers, policies and prices as Hypothesis makes them up."""

from datetime import date
from typing import Any

from hypothesis import strategies as st

from pricing.concessions import LEVERS
from pricing.deal import Deal, DealLine
from pricing.facts import Facts
from pricing.instalments import Billing
from pricing.ladder import Options, options
from pricing.money import Money
from pricing.multiyear import Shape
from pricing.policy import OFFERED_SHAPES, PricePolicy, Strategy
from pricing.quoting import Quoted, quote
from pricing.scope import Scope, ScopeLine
from tests.pricing.cast import policy

CURRENCIES = ("USD", "EUR", "GBP", "MYR", "SGD", "JPY", "KWD")
PRODUCTS = ("growth", "platform", "online_booking", "insights", "classic")

maybe = st.sampled_from([True, False, None])
people = st.none() | st.integers(0, 600)
starts = st.dates(date(2024, 1, 1), date(2040, 12, 31))

facts = st.builds(
    Facts,
    segment=st.sampled_from(["smb", "mid_market", "enterprise"]),
    health_band=st.sampled_from(["green", "green", "green", "yellow", None]),
    health_score=st.none() | st.integers(60, 100),
    tenure_months=st.none() | st.integers(0, 60),
    seats_used=people,
    seats_a_year_ago=people,
    stable_business=maybe,
    budget_predictable=maybe,
    interested_in_multiyear=maybe,
    strategic=st.booleans(),
    industry_changes_fast=maybe,
    at_risk=st.booleans(),
)

willing = st.builds(
    Facts,
    segment=st.sampled_from(["smb", "mid_market", "enterprise"]),
    health_band=st.just("green"),
    health_score=st.just(90),
    tenure_months=st.just(36),
    seats_used=st.integers(100, 145),
    seats_a_year_ago=st.just(100),
    stable_business=st.just(True),
    budget_predictable=st.just(True),
    interested_in_multiyear=st.just(True),
    industry_changes_fast=st.just(False),
)
"""Facts under which several years may be offered."""


@st.composite
def policies(draw: st.DrawFn) -> PricePolicy:
    months = draw(st.sampled_from([24, 30, 36]))
    incentive = {"bps": draw(st.integers(1000, 2500)), "within": [1000, 2500], "standing": 2000}
    shape, rise = (
        draw(st.sampled_from(OFFERED_SHAPES)),
        {"bps": draw(st.integers(500, 1000)), "within": [500, 1000]},
    )
    return policy(
        multi_year={
            "offer_months": months,
            "shape": shape.value,
            "rise": rise,
            "incentives": {str(months): incentive},
        },
        bundle={"bps": draw(st.integers(0, 10_000))},
        room_to_grow={"headroom": draw(st.integers(0, 5000)), "most": draw(st.integers(0, 20_000))},
        uplift={"bps": draw(st.integers(300, 1000))},
        recommend={"best_for": draw(st.lists(st.sampled_from(["smb", "enterprise"]), unique=True))},
    )


@st.composite
def scopes(draw: st.DrawFn, currency: str | None = None) -> Scope:
    currency = currency or draw(st.sampled_from(CURRENCIES))
    plan = draw(st.sampled_from(["growth", "platform", "classic"]))
    held = draw(st.lists(st.sampled_from(PRODUCTS), max_size=5))
    lines = tuple(draw(scope_lines(product, currency)) for product in (plan, *held))
    cap = draw(st.none() | st.integers(0, 1500))
    return Scope(currency, plan, draw(st.integers(1, 60)), lines, cap)


@st.composite
def scope_lines(draw: st.DrawFn, product: str, currency: str) -> ScopeLine:
    amount = Money(draw(st.integers(0, 10**9)), currency)
    return ScopeLine(product, draw(st.integers(1, 500)), amount)


def _asked(scope: Scope, known: Facts, rules: PricePolicy, starts_on: date, strategy: Strategy) -> Options:
    return options(scope, known, rules, starts_on, strategy=strategy, reason="the customer asked")


ladders = st.builds(_asked, scopes(), facts | willing, policies(), starts, st.sampled_from([*Strategy]))


@st.composite
def quotes(draw: st.DrawFn) -> Quoted:
    """Any deal that this policy can be asked for, priced."""
    scope, rules = draw(scopes()), draw(policies())
    sold = [product for product in PRODUCTS if product in scope.quantities or product != "classic"]
    wanted = {scope.plan, *draw(st.lists(st.sampled_from(sold), max_size=3))}
    lines = tuple(DealLine(product, draw(st.integers(1, 600)), draw(rates)) for product in sorted(wanted))
    deal = Deal(lines=lines, **draw(terms()), **draw(payments()))
    return quote(scope, draw(facts | willing), rules, deal, draw(starts))


rates = st.just(0) | st.integers(0, 10_000)


@st.composite
def terms(draw: st.DrawFn) -> dict[str, Any]:
    months = draw(st.integers(1, 60))
    shape = draw(st.sampled_from([*Shape])) if months > 12 else None
    strategy = draw(st.none() | st.sampled_from([*Strategy]))
    rise = draw(st.integers(500, 1000)) if shape is Shape.ESCALATING else 0
    extras = draw(st.lists(st.sampled_from(["better_support", "early_access"]), unique=True))
    return {
        "months": months, "shape": shape, "rise": rise, "strategy": strategy, "reason": "they asked",
        "discount": draw(rates), "bundle": draw(st.booleans()), "extras": tuple(extras),
    }


@st.composite
def payments(draw: st.DrawFn) -> dict[str, Any]:
    prepaid = draw(st.booleans())
    return {
        "prepaid": prepaid,
        "billing": Billing.ANNUAL if prepaid else draw(st.sampled_from([*Billing])),
        "net_days": draw(st.integers(0, 120)),
        "sign_by": draw(st.none() | starts),
        "levers": tuple(draw(st.lists(st.sampled_from(LEVERS), unique=True))),
    }
