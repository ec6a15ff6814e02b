"""A trace explains a price, keeps what is internal to itself, and adds up in every form."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pricing import replay
from pricing.ladder import Options, options
from pricing.money import Money
from pricing.trace import NotATrace, Pen, Step, canonical, subtotal
from tests.pricing.cast import CEDAR, CEDAR_FACTS, POLICY, SEPTEMBER
from tests.pricing.customers import ladders

PEN = Pen("USD", "pricing@1")
CEDARS = options(CEDAR, CEDAR_FACTS, POLICY, SEPTEMBER)

leaves = st.builds(
    lambda amount, public: PEN.step("adjustment", amount, {"amount": amount}, public=public),
    st.integers(-(10**6), 10**6),
    st.booleans(),
)
trees = st.recursive(
    leaves, lambda parts: st.builds(lambda many: PEN.sum("line", many, {}), st.lists(parts, min_size=1))
)


def test_better_reads_like_a_bill() -> None:
    growth = CEDARS["better"].trace.parts[0].parts[0]

    assert [(step.rule, step.amount.minor, dict(step.inputs)) for step in growth.parts] == [
        ("kept", 864000, {"quantity": 20, "unit": 43200}),
        ("expansion", 97200, {"from": 20, "to": 24}),
    ]
    assert [(step.rule, step.amount.minor, dict(step.inputs)) for step in growth.parts[1].parts] == [
        (
            "room_to_grow",
            0,
            {"held": 20, "used": 17, "a_year_ago": 14, "headroom": 1500, "most": 5000, "added": 4},
        ),
        ("band", 129600, {"first": 21, "last": 24, "unit": 32400}),
        ("bundle", -32400, {"bps": 2500}),
    ]


def test_every_step_names_the_policy_that_ruled_it() -> None:
    assert {step.policy for step in _every(CEDARS["best"].trace)} == {"pricing@1"}


def test_a_customer_never_sees_what_is_internal() -> None:
    shown = canonical(CEDARS["best"].trace.public_part().json)

    assert CEDARS["best"].below_list == 1663
    assert "list_value" not in shown
    assert "1663" not in shown


def test_hidden_steps_become_one_adjustment_where_they_stood() -> None:
    hidden = [PEN.step("adjustment", amount, {"amount": amount}, public=False) for amount in (-300, 100, -50)]
    price = PEN.step("kept", 1000, {"quantity": 1, "unit": 1000})
    tree = PEN.sum("line", [price, hidden[0], hidden[1], price, hidden[2]], {})

    assert [(step.rule, step.amount.minor) for step in tree.public_part().parts] == [
        ("kept", 1000),
        ("adjustment", -200),
        ("kept", 1000),
        ("adjustment", -50),
    ]


@given(trees)
def test_a_public_trace_still_adds_up(tree: Step) -> None:
    public = PEN.sum("line", [tree], {}).public_part()

    assert public.amount == tree.amount
    assert all(step.public for step in _every(public))
    assert all(subtotal(step.parts) == step.amount.minor for step in _every(public) if step.parts)


@given(trees)
def test_a_trace_written_is_read_back(tree: Step) -> None:
    assert Step.parse(tree.json) == tree
    assert canonical(Step.parse(tree.json).json) == canonical(tree.json)


@settings(max_examples=100)
@given(ladders)
def test_an_options_trace_is_its_total_in_every_form(shown: Options) -> None:
    for option in shown:
        assert Step.parse(option.trace.json) == option.trace
        assert option.trace.public_part().amount == option.total
        assert replay.mismatches(option.trace.public_part().json) == []


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"currency": "USD"},
        {"currency": "USD", "rule": "term", "amount": 1.5, "inputs": {}},
        {"currency": "XXX", "rule": "term", "amount": 1, "inputs": {}},
        {"currency": "USD", "rule": 7, "amount": 1, "inputs": {}, "policy": "pricing@1"},
        {"currency": "USD", "rule": "term", "amount": 1, "inputs": [], "policy": "pricing@1"},
        {"currency": "USD", "rule": "term", "amount": 1, "inputs": {}, "public": "no", "policy": "pricing@1"},
        {"currency": "USD", "rule": "term", "amount": 1, "inputs": {}, "policy": "pricing@1", "parts": [3]},
    ],
)
def test_what_is_not_a_trace_is_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(NotATrace, match="not a price trace"):
        Step.parse(broken)


def test_a_step_that_names_no_policy_goes_by_the_one_above() -> None:
    tree = Step(
        "line", Money(1, "USD"), {}, "pricing@1", True, (Step("kept", Money(1, "USD"), {}, "pricing@2"),)
    )

    assert "policy" in tree.json["parts"][0]
    assert Step.parse(tree.json) == tree
    assert "policy" not in CEDARS.good.trace.json["parts"][0]


def _every(step: Step) -> list[Step]:
    return [step, *(below for part in step.parts for below in _every(part))]
