"""A program takes a clause of a contract by the same rules as a person on the page."""

from datetime import date, timedelta

import pytest

from tests.api.conftest import Knock, knocking, token_of
from tests.api.test_door import problem
from tests.api.test_record import path_of
from tests.clauses.contract import CEDAR, day_comes, signed
from tests.world import World

TOLD = date(2027, 10, 4)
EXIT = {"event": "acquisition", "evidence": "A letter of their new owner"}


@pytest.fixture
def farah(world: World) -> Knock:
    """A program of finance."""
    return knocking(world, token_of(world, "farah@lumen.example"))


def test_a_notice_that_is_dated_back_waits_for_anothers_program_and_ends_the_term_with_it(
    world: World, maya: Knock, farah: Knock
) -> None:
    signed(world, clauses=("off_ramp",))
    day_comes(world, TOLD)
    path = path_of(world, CEDAR, "termination")
    yesterday = EXIT | {"told_on": (TOLD - timedelta(days=1)).isoformat()}

    asked = maya("POST", path, json=yesterday)
    own = maya("POST", f"{path}/decision", json={"agreed": True})
    agreed = farah("POST", f"{path}/decision", json={"agreed": True})

    assert (asked.status_code, asked.json()["stage"]) == (200, "planned")
    assert problem(own)["status"] == 403
    assert (agreed.status_code, agreed.json()["stage"]) == (200, "lost")


def test_a_contract_without_the_clause_is_refused_in_words(world: World, maya: Knock) -> None:
    answer = maya("POST", path_of(world, CEDAR, "termination"), json=EXIT | {"told_on": "2026-08-05"})
    again = maya("POST", path_of(world, CEDAR, "renegotiation"), json={"change": "A new product"})

    assert [problem(one)["status"] for one in (answer, again)] == [409, 409]


def test_a_program_renegotiates_once(world: World, maya: Knock) -> None:
    signed(world, clauses=("renegotiation",))
    day_comes(world, TOLD)
    path = path_of(world, CEDAR, "renegotiation")

    first, second = (maya("POST", path, json={"change": "The old engine goes"}) for _ in range(2))

    assert first.status_code == 200
    assert problem(second)["status"] == 409
