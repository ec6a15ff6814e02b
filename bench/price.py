"""Prices: options and quotes with their whole trace and hash, beside the replay that works them out again."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import cycle, islice
from statistics import median

from pricing.deal import Deal, DealLine
from pricing.facts import Facts
from pricing.ladder import options
from pricing.money import Money
from pricing.multiyear import Shape
from pricing.policy import PricePolicy
from pricing.priced import Priced
from pricing.quoting import quote
from pricing.replay import offer_mismatches
from pricing.scope import Scope, ScopeLine
from renewals.policy import PolicyKind, shipped

OFFERS = 10_000
ROUNDS = 3
RULES = PricePolicy.parse("price@1", shipped(PolicyKind.PRICE))
STARTS = date(2026, 10, 19)
FACTS = Facts(
    segment="mid-market", health_band="green", health_score=90, tenure_months=36, seats_used=115, seats_a_year_ago=100,
    stable_business=True, budget_predictable=True, interested_in_multiyear=True, industry_changes_fast=False,
)
ASKED = Deal(
    lines=(DealLine("growth", 140), DealLine("insights", 140, 500), DealLine("online_booking", 100)), months=36,
    shape=Shape.FIXED, discount=300, levers=("term", "prepayment"), prepaid=True, extras=("early_access",),
)


def table() -> str:
    """Medians of rounds, in seconds of one core."""
    ladder, quoted = _spent(_options), _spent(_quotes)
    return (
        f"\n{OFFERS:,} prices with trace, content and hash, in seconds of one core, median of {ROUNDS} rounds\n"
        f"  options {_a_second(ladder[0])}, replayed from their JSON {_a_second(ladder[1])}\n"
        f"  quotes  {_a_second(quoted[0])}, replayed from their JSON {_a_second(quoted[1])}\n"
    )


def _spent(make: Callable[[], Iterator[Priced]]) -> tuple[float, float]:
    """Seconds to price so many offers, and to replay them."""
    rounds = [_round(make) for _ in range(ROUNDS)]
    return median(priced for priced, _ in rounds), median(replayed for _, replayed in rounds)


def _round(make: Callable[[], Iterator[Priced]]) -> tuple[float, float]:
    start = _cpu_seconds()
    offers = list(islice(make(), OFFERS))
    if not all(offer.content_hash for offer in offers):
        raise SystemExit("An offer has no hash.")
    priced = _cpu_seconds()
    _must_agree(offers)
    return priced - start, _cpu_seconds() - priced


def _cpu_seconds() -> float:
    used = os.times()
    return used.user + used.system


def _must_agree(offers: Sequence[Priced]) -> None:
    if any(offer_mismatches(offer.content) for offer in offers):
        raise SystemExit("A replay found another number.")


def _options() -> Iterator[Priced]:
    """Good, better and best of one customer after another, each with another price."""
    for cents in cycle(range(30_000, 40_000)):
        yield from options(_scope(cents), FACTS, RULES, STARTS)


def _quotes() -> Iterator[Priced]:
    for cents in cycle(range(30_000, 40_000)):
        yield quote(_scope(cents), FACTS, RULES, replace(ASKED, discount=cents % 1000), STARTS)


def _scope(cents: int) -> Scope:
    unit = Money(cents, "USD")
    return Scope("USD", "growth", 12, (ScopeLine.at("growth", 120, unit), ScopeLine.at("online_booking", 100, unit)))


def _a_second(seconds: float) -> str:
    return f"{OFFERS / seconds:7,.0f} a second"
