"""How often a program may knock: so often in a minute for each token, whichever process answers."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import select

from app.clock import machine_now
from app.quota import CALLS_A_MINUTE, Quota
from tests.api.conftest import Knock, knocking, token_of
from tests.world import World

RENEWALS = "/api/v1/renewals"


def knocked(world: World, calls: int, *, ago: timedelta = timedelta()) -> None:
    """As if the only token had asked so often, in a minute that began then."""
    with world.writing() as session:
        quota = session.scalars(select(Quota)).one()
        quota.calls, quota.began_at = calls, machine_now() - ago


def calls(world: World) -> int:
    with world.reading() as session:
        return session.scalars(select(Quota)).one().calls


def test_a_token_that_asks_too_often_hears_when_to_come_again(world: World, adam: Knock) -> None:
    answers = [adam("GET", RENEWALS)]
    knocked(world, CALLS_A_MINUTE)

    answers += [adam("GET", RENEWALS), adam("POST", "/api/v1/imports", json={"accounts": []})]

    assert [answer.status_code for answer in answers] == [200, 429, 429]
    for refused in answers[1:]:
        assert refused.headers["content-type"] == "application/problem+json"
        assert 1 <= int(refused.headers["retry-after"]) <= 60
        assert refused.json()["status"] == 429
        assert refused.json()["detail"].startswith("A token may ask 300 times a minute.")
    assert calls(world) == CALLS_A_MINUTE


def test_the_next_minute_begins_at_nothing(world: World, adam: Knock) -> None:
    adam("GET", RENEWALS)
    knocked(world, CALLS_A_MINUTE, ago=timedelta(minutes=1))

    assert adam("GET", RENEWALS).status_code == 200
    assert calls(world) == 1


def test_one_program_does_not_use_up_anothers_share(world: World, adam: Knock) -> None:
    adam("GET", RENEWALS)
    knocked(world, CALLS_A_MINUTE)
    other = knocking(world, token_of(world, "adam@lumen.example", "hourly"))

    assert other("GET", RENEWALS).status_code == 200


def test_a_refused_call_is_counted_too_and_one_without_a_good_token_is_not(world: World, maya: Knock) -> None:
    maya("POST", "/api/v1/imports", json={"accounts": []})
    knocking(world, "kekal_wrong")("GET", RENEWALS)

    assert calls(world) == 1


def test_knocking_all_at_once_gains_nothing(world: World, adam: Knock) -> None:
    adam("GET", RENEWALS)
    knocked(world, CALLS_A_MINUTE - 5)

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: adam("GET", RENEWALS).status_code, range(16)))

    assert sorted(answers) == [200] * 5 + [429] * 11
