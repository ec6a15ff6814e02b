"""A draft of the matrix is lived through by the quotes of the past before it is published."""

from dataclasses import replace
from datetime import date
from typing import Any

from pricing.asked import Asked, together
from pricing.matrix import Matrix
from pricing.money import Money
from pricing.replaying import Past, replay
from renewals.policy import PolicyKind, shipped

SHIPPED = shipped(PolicyKind.MATRIX)
MATRIX = Matrix.parse("matrix@1", SHIPPED)


def draft(**changes: Any) -> Matrix:
    """Other authority over a year in mid-market, by role: `ae=800`."""
    rows = [
        row | {"discount": changes[row["role"]]}
        if row["role"] in changes and (row["segment"], row["up_to"]) == ("mid-market", 12) else row
        for row in SHIPPED["rows"]
    ]
    return Matrix.parse("matrix@2", SHIPPED | {"rows": rows})


def past(id: str, effective: int, month: int = 7, decided: tuple[tuple[str, int], ...] = (), **parts: Any) -> Past:
    """A quote of 10K less its discount, decided in a month of 2026."""
    price = Money(10_000_00, "USD")
    acv = price - price.share(effective, 10_000)
    plain = {
        "segment": "mid-market", "months": 12, "net_days": 30, "acv": acv, "total": acv, "expansion": Money.zero("USD"),
    }
    return Past(id, Asked(effective=effective, **(plain | parts)), date(2026, month, 15), price, decided)


def test_a_stricter_floor_shows_whose_price_would_be_looked_at_and_for_how_much() -> None:
    quotes = [past("a", 300), past("b", 400), past("c", 500), past("d", 900, decided=(("ae", 60),))]

    found = replay(MATRIX, draft(policy=300), quotes)

    assert (found.before.share_at_once, found.after.share_at_once) == (7500, 2500)
    assert (found.tightened, found.freed, found.moved) == (("b", "c"), (), ("b", "c"))
    assert found.tightened_margin == {"USD": Money(900_00, "USD")}


def test_a_looser_floor_shows_what_nobody_would_look_at_any_more() -> None:
    found = replay(MATRIX, draft(policy=900), [past("a", 500), past("d", 900)])

    assert (found.tightened, found.freed) == ((), ("d",))
    assert found.freed_margin == {"USD": Money(900_00, "USD")}
    assert found.after.bottleneck is None


def test_the_bottleneck_is_whom_quotes_would_wait_for_the_longest() -> None:
    took = (("ae", 30), ("manager", 600))
    quotes = [past(str(number), 900, month, took) for number, month in enumerate((3, 4, 6, 12))]

    found = replay(MATRIX, draft(ae=800, finance=800), quotes)

    assert found.before.decisions == {"ae": {(2026, 1): 1, (2026, 2): 2, (2026, 4): 1}}
    assert found.after.decisions == {"manager": {(2026, 1): 1, (2026, 2): 2, (2026, 4): 1}}
    assert (found.before.bottleneck, found.after.bottleneck) == ("ae", "manager")
    assert (found.before.minutes, found.after.minutes) == ({"ae": 120}, {"manager": 2400})


def test_nobody_decides_twice_over_one_quote() -> None:
    quote = past("a", 1900, acv=Money(90_000_00, "USD"))

    assert replay(MATRIX, MATRIX, [quote]).after.decisions == {"manager": {(2026, 3): 1}}


def test_of_several_who_may_decide_one_is_counted() -> None:
    assert replay(MATRIX, MATRIX, [past("a", 1300, months=24)]).after.decisions == {"ae": {(2026, 3): 1}}


def test_what_nobody_could_grant_any_more_is_named() -> None:
    found = replay(MATRIX, draft(executive=2400), [past("a", 2500), past("b", 2400)])

    assert (found.refused, found.moved) == (("a",), ("a",))


def test_of_quotes_that_were_judged_together_each_gave_its_own_discount() -> None:
    one, other = past("a", 1000), past("b", 500)
    both = replace(one, asked=together(one.asked, other.asked))

    assert both.given == one.given == Money(1_000_00, "USD")


def test_no_quotes_show_nothing() -> None:
    found = replay(MATRIX, MATRIX, [])

    assert (found.after.share_at_once, found.after.bottleneck, found.moved) == (0, None, ())
