"""A policy from a file is read before it is in force: nothing that would break the machine is ever published."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.publishing import CHECKS, check, run
from renewals.policy import PolicyKind, shipped
from tests.world import World

WRONG: tuple[Any, ...] = (None, {}, [], "nonsense", -1, True)


def places(content: Any, *path: Any) -> Iterator[tuple[Any, ...]]:
    """Everything that is said, by the way to it; of a list the first is like the others."""
    if isinstance(content, dict):
        for key, value in content.items():
            yield (*path, key)
            yield from places(value, *path, key)
    elif isinstance(content, list) and content:
        yield from places(content[0], *path, 0)


def bent(content: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The same with one thing missing, or one thing wrong."""
    for *path, key in places(content):
        for wrong in (KeyError, *WRONG):
            other = copy.deepcopy(content)
            holder: Any = other
            for step in path:
                holder = holder[step]
            if wrong is KeyError:
                del holder[key]
            else:
                holder[key] = wrong
            yield other


def said_of(kind: PolicyKind, content: dict[str, Any]) -> str:
    """What refuses it, nothing when it can be used."""
    try:
        check(kind, content)
    except ValueError as no:
        return str(no)
    return ""


def small(kind: PolicyKind) -> dict[str, Any]:
    """What is shipped; of hundreds of tasks the first is like the others."""
    content = shipped(kind)
    return content | {"tasks": content["tasks"][:1]} if kind is PolicyKind.TASKS else content


@pytest.mark.parametrize("kind", PolicyKind)
def test_what_is_shipped_can_be_published_and_half_of_it_can_not(kind: PolicyKind) -> None:
    check(kind, shipped(kind))

    for lacking in shipped(kind).keys() - {"begins_on"}:
        with pytest.raises(ValueError, match=lacking):
            check(kind, {key: value for key, value in shipped(kind).items() if key != lacking})
    with pytest.raises(ValueError, match="as well"):
        check(kind, {})


@pytest.mark.parametrize("kind", PolicyKind)
def test_whatever_is_bent_in_a_policy_is_refused_in_a_sentence_or_does_no_harm(kind: PolicyKind) -> None:
    told = [said_of(kind, content) for content in bent(small(kind))]

    assert sum(bool(words) for words in told) > len(told) / 2


@pytest.mark.parametrize("kind", PolicyKind)
def test_a_number_beyond_anything_that_is_meant_is_refused(kind: PolicyKind) -> None:
    taken = []
    for *path, key in places(small(kind)):
        content = copy.deepcopy(small(kind))
        holder: Any = content
        for step in path:
            holder = holder[step]
        if type(holder[key]) is int:
            holder[key] = 10**29
            taken += [] if said_of(kind, content) else [(*path, key)]

    assert taken == []


def test_a_key_that_nobody_reads_is_refused_in_the_effort_of_a_segment() -> None:
    content = copy.deepcopy(shipped(PolicyKind.PLAN))
    content["effort"]["smb"]["zz"] = 1

    assert "zz" in said_of(PolicyKind.PLAN, content)


def test_a_currency_in_which_a_term_runs_stays_in_the_segment_policy(
    standing: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = copy.deepcopy(shipped(PolicyKind.SEGMENT))
    del content["thresholds"]["USD"]
    file = tmp_path / "segment.json"
    file.write_text(json.dumps(content), "utf-8")

    assert run(["segment", str(file), "--reason", "Fewer"], standing.house.settings) == 1
    assert "USD" in capsys.readouterr().err


def test_every_kind_has_its_reader() -> None:
    assert CHECKS.keys() == set(PolicyKind)


def test_a_law_that_asks_for_more_than_a_notice_says_is_refused() -> None:
    content = copy.deepcopy(shipped(PolicyKind.NOTICE))
    content["rules"][0]["fields"].append("right_to_a_refund")

    with pytest.raises(ValueError, match=r"right_to_a_refund.*A notice says nothing else"):
        check(PolicyKind.NOTICE, content)


def test_a_law_whose_days_are_none_of_ours_is_refused() -> None:
    content = copy.deepcopy(shipped(PolicyKind.NOTICE))
    content["rules"][0] |= {"window_from": 90, "window_to": 60}

    with pytest.raises(ValueError, match="leaves no day"):
        check(PolicyKind.NOTICE, content)
