"""A replay agrees with every price, and finds each number that was changed."""

import ast
import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pricing import replay
from pricing.ladder import Options, options
from pricing.policy import Strategy
from pricing.trace import canonical
from tests.pricing.cast import CEDAR, CEDAR_FACTS, SEPTEMBER, policy
from tests.pricing.customers import ladders

Place = tuple[Any, ...]

RULES = policy(multi_year={"shape": "escalating"}, strategy="uplift")
CEDARS = options(CEDAR, CEDAR_FACTS, RULES, SEPTEMBER)
LOOSE = {"list", "used", "a_year_ago", "headroom", "most", "asked"}
"""Inputs whose smallest change may rightly leave every number as it is."""


@settings(max_examples=250)
@given(ladders)
def test_a_replay_agrees_with_every_price(shown: Options) -> None:
    for option in shown:
        assert replay.offer_mismatches(json.loads(canonical(option.content))) == []


@settings(max_examples=150)
@given(ladders, st.data())
def test_any_changed_amount_is_found(shown: Options, data: st.DataObject) -> None:
    option = data.draw(st.sampled_from(list(shown)))
    trace = json.loads(canonical(option.trace.json))
    place = data.draw(st.sampled_from([path for path in numbers(trace) if path[-1] == "amount"]))
    wrong = changed(trace, place, data.draw(st.integers(-(10**9), 10**9).filter(bool)))

    assert replay.mismatches(wrong) != []


def strict_numbers(content: Any) -> list[Place]:
    return [path for path in numbers(content) if path[-1] not in LOOSE]


@pytest.mark.parametrize("tier", ["good", "better", "best"])
@pytest.mark.parametrize("by", [-1, 1])
def test_every_number_of_an_offer_is_pinned_down_to_the_unit(tier: str, by: int) -> None:
    content = json.loads(canonical(CEDARS[tier].content))
    places = [path for path in strict_numbers(content) if path != ("today", "months")]
    missed = [path for path in places if not replay.offer_mismatches(changed(content, path, by))]

    assert len(places) > 20
    assert missed == []


@pytest.mark.parametrize("strategy", [*Strategy])
@pytest.mark.parametrize("by", [-1, 1])
def test_every_number_is_pinned_down_under_every_strategy(strategy: Strategy, by: int) -> None:
    shown = options(CEDAR, CEDAR_FACTS, RULES, SEPTEMBER, strategy=strategy, reason="the customer asked")
    trace = json.loads(canonical(shown["best"].trace.json))
    missed = [path for path in strict_numbers(trace) if not replay.mismatches(changed(trace, path, by))]

    assert missed == []


def test_a_rule_nobody_knows_does_not_pass() -> None:
    trace = json.loads(canonical(CEDARS.good.trace.json))
    trace["parts"][0]["parts"][0]["parts"][0]["rule"] = "favour"

    assert replay.mismatches(trace)[0].said == "favour"


def test_an_input_nobody_knows_does_not_pass() -> None:
    trace = json.loads(canonical(CEDARS.good.trace.json))
    trace["parts"][0]["parts"][0]["parts"][0]["inputs"]["favour"] = 1

    assert [wrong.place for wrong in replay.mismatches(trace)] == ["term/0 year/0 line/0 kept"]


def test_a_changed_last_day_is_found() -> None:
    content = json.loads(canonical(CEDARS.good.content)) | {"ends_on": "2027-09-05"}

    assert replay.offer_mismatches(content) == [replay.Mismatch("ends_on", "2027-09-05", "2027-09-04")]


def test_the_replay_shares_nothing_with_what_it_checks() -> None:
    code = ast.parse(Path(replay.__file__).read_text())
    imported = {node.module for node in ast.walk(code) if isinstance(node, ast.ImportFrom)}

    assert imported == {"collections.abc", "dataclasses", "datetime", "typing"}
    assert not [node for node in ast.walk(code) if isinstance(node, ast.Import)]


def numbers(value: Any, path: Place = ()) -> Iterator[Place]:
    """Where a JSON value holds whole numbers."""
    if type(value) is int:
        yield path
    elif isinstance(value, dict | list):
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from numbers(part, (*path, key))


def changed(value: Any, path: Place, by: int) -> Any:
    copy = deepcopy(value)
    holder = copy
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] += by
    return copy
