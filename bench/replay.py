"""A replay: a hundred thousand quotes against a draft matrix, beside reading the same quotes from their JSON."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from statistics import median
from typing import Any

from app.clock import stopwatch
from pricing.asked import Asked
from pricing.authority import SEGMENTS
from pricing.matrix import Matrix
from pricing.money import Money
from pricing.replaying import Past, replay
from renewals.policy import PolicyKind, shipped

QUOTES = 100_000
ROUNDS = 5
FIRST = date(2025, 8, 5)


def table() -> str:
    """Medians of alternating rounds, on one core."""
    before, after = Matrix.parse("matrix@1", shipped(PolicyKind.MATRIX)), Matrix.parse("matrix@2", _draft())
    quotes = tuple(_past(Random(number), number) for number in range(QUOTES))
    texts = [json.dumps(_written(quote)) for quote in quotes]
    rounds = [
        (_timed(lambda: [json.loads(text) for text in texts]), _timed(lambda: replay(before, after, quotes)))
        for _ in range(ROUNDS)
    ]
    read, replayed = (median(pair[side] for pair in rounds) for side in (0, 1))
    return (
        f"\nReplay of {QUOTES:,} quotes against a draft matrix, median of {ROUNDS} rounds\n"
        f"  reading their JSON {read * 1000:8.0f} ms\n"
        f"  replay             {replayed * 1000:8.0f} ms: {replayed / read:.1f} x\n"
    )


def _draft() -> dict[str, Any]:
    """Everybody's authority over a discount is a fifth smaller."""
    content = shipped(PolicyKind.MATRIX)
    return content | {"rows": [row | {"discount": row["discount"] * 4 // 5} for row in content["rows"]]}


def _past(chance: Random, number: int) -> Past:
    price, effective = Money(chance.randrange(1_000_00, 300_000_00), "USD"), chance.randrange(0, 2600, 50)
    acv = price - price.share(effective, 10_000)
    asked = Asked(
        segment=chance.choice(list(SEGMENTS)), months=chance.choice((12, 24, 36)), acv=acv, total=acv,
        net_days=chance.choice((30, 30, 30, 45, 60)), expansion=price.share(chance.choice((0, 0, 1)), 10),
        effective=effective, worst_line=effective, worst_product="growth",
    )
    decided = ((chance.choice(("ae", "manager")), chance.randrange(5, 3000)),)
    return Past(str(number), asked, FIRST + timedelta(days=number % 365), price, decided)


def _written(quote: Past) -> dict[str, Any]:
    """As little as a stored quote can say."""
    asked = quote.asked
    return {
        "id": quote.id, "on": quote.on.isoformat(), "price": quote.price.minor, "acv": asked.acv.minor,
        "segment": asked.segment, "months": asked.months, "net_days": asked.net_days, "effective": asked.effective,
        "worst_line": asked.worst_line, "expansion": asked.expansion.minor, "decided": quote.decided,
    }


def _timed(act: Callable[[], object]) -> float:
    start = stopwatch()
    act()
    return stopwatch() - start
