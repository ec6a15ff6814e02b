"""The book going in over the API: the same importer as the files, whole or not at all, and never twice."""

import csv
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import func, select

from app.demo.supervisor import BOOK
from renewals.account import Account
from renewals.event import Event, EventName
from renewals.importing import BookImport
from renewals.renewal import Renewal, RenewalState
from tests.api.conftest import Knock, knocking, token_of
from tests.world import World

pytestmark = pytest.mark.whole_book

IMPORTS = "/api/v1/imports"

TIDE: dict[str, list[dict[str, Any]]] = {
    "accounts": [
        {"external_id": "tide-labs", "name": "Tide Labs", "currency": "EUR", "country": "NL", "health_score": 71,
         "timezone": "Europe/Amsterdam", "owner_email": "maya@lumen.example", "strategic": False, "industry": None}
    ],
    "people": [{"account": "tide-labs", "email": "Anna@Tide.example", "name": "Anna de Wit", "roles": "owner;buyer"}],
    "subscriptions": [
        {"external_id": "tide-growth", "account": "tide-labs", "plan": "growth", "product": "growth", "quantity": 40,
         "unit_price": "408.00", "starts_on": "2025-10-01", "ends_on": "2026-10-01"}
    ],
}


def runs(world: World) -> int:
    with world.reading() as session:
        return session.scalar(select(func.count()).select_from(BookImport)) or 0


def test_a_company_comes_in_with_its_people_and_its_renewal(world: World, adam: Knock) -> None:
    answer = adam("POST", IMPORTS, json=TIDE)

    with world.reading() as session:
        tide = Account.by_external_id(session, "tide-labs")
        renewal = session.get_one(Renewal, world.renewal("tide-labs"))
        imports = select(Event).where(Event.name == EventName.BOOK_IMPORTED).order_by(Event.seq.desc())
        told = session.scalars(imports).first()

        assert answer.status_code == 201
        assert answer.json()["counts"]["renewals"] == {"new": 1, "changed": 0}
        assert answer.json()["rows"] == 3
        assert tide
        assert tide.owner
        assert (tide.name, tide.health_score, tide.owner.first_name) == ("Tide Labs", 71, "Maya")
        assert (renewal.state, str(renewal.value)) == (RenewalState.PLANNED, "EUR 16320.00")
        assert told
        assert told.by_id == world.person("adam@lumen.example").id


def test_every_row_at_fault_is_named_and_nothing_comes_in(world: World, adam: Knock) -> None:
    before = runs(world)
    wrong = {
        "accounts": [TIDE["accounts"][0], {**TIDE["accounts"][0], "external_id": "ebb", "currency": "XXQ"}],
        "people": [{"account": "nowhere", "email": "a@b.example", "name": "A", "roles": "owner"}],
        "subscriptions": [{**TIDE["subscriptions"][0], "unit_price": 408.5}],
    }

    answer = adam("POST", IMPORTS, json=wrong)

    said = answer.json()
    faults = {(one["kind"], one["row"], one["column"]) for one in said["rejections"]}
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert said["type"] == "urn:kekal:rejected-rows"
    assert said["detail"].startswith("Nothing was imported")
    assert {("accounts", 2, "currency"), ("subscriptions", 1, "")} <= faults
    assert runs(world) == before
    with world.reading() as session:
        assert Account.by_external_id(session, "tide-labs") is None


def test_what_is_no_book_is_refused(world: World, adam: Knock) -> None:
    before = runs(world)

    bodies = (b"", b"{", b"[]", b'"x"', b"null", b"\xff", b"[" * 99_999)
    no_json = [adam("POST", IMPORTS, content=body) for body in bodies]
    no_rows = [
        adam("POST", IMPORTS, json=body)
        for body in ({}, {"accounts": []}, {"acounts": [{}]}, {"accounts": {}}, {"accounts": "all"}, {"accounts": [1]},
                     {"accounts": [{}]}, {"accounts": [{"external_id": ["x"]}]}, {"accounts": [{"name": "\x00"}]})
    ]

    assert {answer.status_code for answer in no_json} == {400}
    assert [answer.status_code for answer in no_rows] == [422] * len(no_rows)
    assert all(answer.json()["rejections"] for answer in no_rows)
    assert runs(world) == before


def test_the_demos_book_again_changes_nothing(world: World, adam: Knock) -> None:
    book = {}
    for name in ("accounts", "people", "subscriptions", "value"):
        with (BOOK / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            book[name] = list(csv.DictReader(file))

    answer = adam("POST", IMPORTS, json=book)

    changes = {kind: counts for kind, counts in answer.json()["counts"].items() if any(counts.values())}
    assert answer.status_code == 201
    assert changes == {}


def test_the_same_key_does_it_once_and_answers_alike(world: World, adam: Knock) -> None:
    key = {"Idempotency-Key": "monday"}

    first, second = (adam("POST", IMPORTS, json=TIDE, headers=key) for _ in range(2))

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert ("idempotent-replayed" in first.headers, second.headers["idempotent-replayed"]) == (False, "true")
    assert runs(world) == 2


def test_the_same_key_with_another_request_is_refused(world: World, adam: Knock) -> None:
    key = {"Idempotency-Key": "monday"}
    adam("POST", IMPORTS, json=TIDE, headers=key)

    answer = adam("POST", IMPORTS, json={"people": TIDE["people"]}, headers=key)

    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:kekal:idempotency-key-reused"
    assert runs(world) == 2


def test_a_refused_write_leaves_its_key_free(adam: Knock) -> None:
    key = {"Idempotency-Key": "monday"}
    refused = adam("POST", IMPORTS, json={"people": TIDE["people"]}, headers=key)

    mended = adam("POST", IMPORTS, json=TIDE, headers=key)

    assert (refused.status_code, mended.status_code) == (422, 201)
    assert "idempotent-replayed" not in mended.headers


def test_two_programs_may_use_the_same_key(world: World, adam: Knock) -> None:
    other, key = knocking(world, token_of(world, "adam@lumen.example", "another")), {"Idempotency-Key": "monday"}

    answers = [knock("POST", IMPORTS, json=TIDE, headers=key) for knock in (adam, other)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["id"] != answers[1].json()["id"]


@pytest.mark.parametrize("key", ["x" * 256])
def test_a_key_has_its_limits(adam: Knock, key: str) -> None:
    assert adam("POST", IMPORTS, json=TIDE, headers={"Idempotency-Key": key}).status_code == 422


def test_twenty_at_once_with_one_key_are_one_import(world: World) -> None:
    token, before = token_of(world, "adam@lumen.example"), runs(world)
    knocks = [knocking(world, token) for _ in range(20)]

    with ThreadPoolExecutor(20) as threads:
        wish = {"json": TIDE, "headers": {"Idempotency-Key": "monday"}}
        answers = list(threads.map(lambda knock: knock("POST", IMPORTS, **wish), knocks))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert runs(world) == before + 1


def test_a_body_that_is_too_large_is_refused_before_it_is_read(adam: Knock) -> None:
    answer = adam("POST", IMPORTS, content=b" " * 20_000_001)

    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
