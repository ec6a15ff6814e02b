"""A deal is read from what people filled in, and says which part can not be."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings

from pricing.deal import Deal, DealError, DealLine
from pricing.instalments import Billing
from pricing.multiyear import Shape
from pricing.policy import Strategy
from pricing.quoting import Quoted
from pricing.trace import canonical
from tests.pricing.customers import quotes

LINE = {"product": "growth", "quantity": 20}


def test_a_form_says_only_what_it_means() -> None:
    filled = {"lines": [LINE], "months": 36, "shape": "escalating", "rise": 500, "sign_by": "2026-08-31"}
    deal = Deal.read(filled | {"billing": "quarterly", "strategy": "uplift", "levers": ["volume", "term", "term"]})

    assert deal == Deal(
        lines=(DealLine("growth", 20),), months=36, shape=Shape.ESCALATING, rise=500, sign_by=date(2026, 8, 31),
        billing=Billing.QUARTERLY, strategy=Strategy.UPLIFT, levers=("term", "volume"),
    )


@settings(max_examples=60)
@given(quotes())
def test_a_deal_is_read_back_as_it_was_written(quoted: Quoted) -> None:
    assert Deal.read(json.loads(canonical(quoted.deal.json))) == quoted.deal


@pytest.mark.parametrize(
    ("part", "value", "field", "sentence"),
    [
        ("months", 0, "months", "0 is not a whole number from 1 to 60"),
        ("months", 61, "months", "61 is not"),
        ("months", 36, "shape", "More than a year needs a price path"),
        ("shape", "lock", "shape", "Up to a year has one price"),
        ("shape", "rising", "shape", "'rising' is not one of fixed, escalating, lock, overage"),
        ("discount", 10_001, "discount", "10001 is not"),
        ("discount", 1.5, "discount", "1.5 is not a whole number"),
        ("discount", True, "discount", "True is not a whole number"),
        ("net_days", -1, "net_days", "-1 is not"),
        ("rise", 500, "rise", "choose one aim"),
        ("levers", ["charm"], "levers", "There is no lever charm"),
        ("levers", "term", "levers", "are a list of names"),
        ("prepaid", "yes", "prepaid", "'yes' is neither true nor false"),
        ("sign_by", "soon", "sign_by", "'soon' is not a day"),
        ("sign_by", 20260831, "sign_by", "is not a day"),
        ("billing", "weekly", "billing", "'weekly' is not one of annual, quarterly, monthly"),
        ("strategy", "cheap", "strategy", "'cheap' is not one of flat, volume, uplift"),
        ("reason", None, "reason", "None is not a text"),
        ("favour", 1, "favour", "A deal has no part called favour"),
        ("lines", [], "lines", "at least one line"),
        ("lines", [LINE, LINE], "lines", "one for each product"),
        ("lines", {}, "lines", "The lines of a deal are a list"),
        ("lines", [{"product": "growth"}], "lines", "A line says its product and quantity"),
        ("lines", [LINE | {"quantity": 0}], "lines.growth.quantity", "0 is not"),
        ("lines", [LINE | {"discount": -1}], "lines.growth.discount", "-1 is not"),
    ],
)
def test_what_can_not_be_asked_for_names_its_part(part: str, value: Any, field: str, sentence: str) -> None:
    with pytest.raises(DealError, match=sentence) as refusal:
        Deal.read({"lines": [LINE], "months": 12} | {part: value})

    assert refusal.value.field == field


@pytest.mark.parametrize(
    "aims", [{"shape": "lock", "rise": 500}, {"shape": "overage", "rise": 500}, {"shape": "escalating"}]
)
def test_a_deal_has_one_aim_not_three(aims: dict[str, Any]) -> None:
    with pytest.raises(DealError) as refusal:
        Deal.read({"lines": [LINE], "months": 36} | aims)

    assert refusal.value.field == "rise"


def test_a_term_paid_in_advance_has_one_invoice() -> None:
    with pytest.raises(DealError, match="paid in advance"):
        Deal.read({"lines": [LINE], "months": 12, "prepaid": True, "billing": "monthly"})


@pytest.mark.parametrize("lacking", ["lines", "months"])
def test_a_deal_says_what_and_for_how_long(lacking: str) -> None:
    filled = {name: value for name, value in {"lines": [LINE], "months": 12}.items() if name != lacking}

    with pytest.raises(DealError, match=f"says its {lacking}"):
        Deal.read(filled)
