"""What programs do with a renewal: the same verbs and refusals as by hand, and the same write is done once."""

from typing import Any

import pytest
from sqlalchemy import func, select

from renewals.account import Account
from renewals.activity import Activity
from renewals.event import Event, EventName
from renewals.person import Person
from tests.api.conftest import Knock, knocking, token_of
from tests.api.test_door import problem
from tests.world import World


def path_of(world: World, account: str, noun: str = "") -> str:
    return f"/api/v1/renewals/{world.renewal(account)}{noun and '/' + noun}"


def test_a_program_moves_aims_and_notes_and_reads_how_it_stands(world: World, maya: Knock) -> None:
    path = path_of(world, "northwind-freight")
    dana = _somebody_at(world, "northwind-freight")
    call = {"kind": "call", "on": "2026-08-04", "words": "From the telephone system", "person": dana}

    moved = maya("POST", f"{path}/stage", json={"stage": "negotiating"})
    aimed = maya("POST", f"{path}/target", json={"target": "72000.00"})
    noted = maya("POST", f"{path}/activity", json=call)
    reset = maya("POST", f"{path}/target", json={"target": None})

    assert [answer.status_code for answer in (moved, aimed, noted, reset)] == [200] * 4
    assert moved.json()["stage"] == "negotiating"
    assert aimed.json()["target"] == {"amount": "72000.00", "currency": "USD"}
    assert reset.json() == maya("GET", path).json()
    assert reset.json()["target"] == reset.json()["value"]
    with world.reading() as session:
        assert session.scalars(select(Activity.words)).all() == ["From the telephone system"]


def _somebody_at(world: World, account: str) -> str:
    with world.reading() as session:
        theirs = select(Person.email).join(Account, Account.id == Person.account_id)
        return session.scalars(theirs.where(Account.external_id == account)).first() or ""


def test_an_administrators_program_hands_over_and_the_answer_names_the_new_owner(
    world: World, adam: Knock, maya: Knock
) -> None:
    path = path_of(world, "northwind-freight", "owner")

    refused = maya("POST", path, json={"owner": "ravi@lumen.example"})
    answer = adam("POST", path, json={"owner": "Ravi@lumen.example"})

    assert problem(refused)["status"] == 403
    assert answer.json()["owner"] == "ravi@lumen.example"


def test_a_program_closes_as_lost_with_a_reason(world: World, maya: Knock) -> None:
    path = path_of(world, "cedar-dental")

    answer = maya("POST", f"{path}/loss", json={"reason": "price", "words": "Twice the price"})
    again = maya("POST", f"{path}/loss", json={"reason": "price"})

    assert (answer.json()["stage"], answer.json()["lost_reason"]) == ("lost", "price")
    assert problem(again)["detail"] == "This renewal is closed."


def test_the_same_write_under_the_same_key_is_done_once(world: World, maya: Knock) -> None:
    path, body = path_of(world, "cedar-dental", "activity"), {"kind": "note", "on": "2026-08-05", "words": "Once"}
    key = {"Idempotency-Key": "note-1"}

    first, second = (maya("POST", path, json=body, headers=key) for _ in range(2))
    other = maya("POST", path, json=body | {"words": "Twice"}, headers=key)

    with world.reading() as session:
        noted = select(func.count()).where(Event.name == EventName.ACTIVITY_NOTED)
        assert session.scalar(noted) == 1
    assert first.json() == second.json()
    assert second.headers["idempotent-replayed"] == "true"
    assert other.status_code == 422


REFUSED: list[tuple[str, Any, int, str | None]] = [
    # noun, what was sent, the answer, the field at fault
    ("stage", {"stage": "won"}, 409, None),
    ("stage", {"stage": "happy"}, 422, "stage"),
    ("stage", {}, 422, None),
    ("stage", {"stage": "negotiating", "value": 1}, 422, None),
    ("stage", [], 422, None),
    ("target", {"target": 72000}, 422, "target"),
    ("target", {"target": "72,000"}, 422, "target"),
    ("target", {"target": "-1"}, 422, "target"),
    ("target", {"target": "9" * 5000}, 422, "target"),
    ("activity", {"kind": "note", "on": "2026-08-05", "words": "half a wo\0rd"}, 422, "words"),
    ("activity", {"kind": "note", "on": "2026-08-05", "words": "Card 4242 4242 4242 4242"}, 422, "words"),
    ("activity", {"kind": "question", "on": "2026-08-05", "words": "x"}, 422, "kind"),
    ("activity", {"kind": "call", "on": "soon", "words": "x"}, 422, "on"),
    ("activity", {"kind": "call", "on": "2026-08-05", "words": "x", "person": "no@where.example"}, 422, "person"),
    ("loss", {"reason": "weather"}, 422, "reason"),
    ("loss", {"reason": "other"}, 422, "words"),
    ("loss", {"reason": "other", "words": "half a wo\0rd"}, 422, "words"),
]


def test_what_can_not_be_is_a_problem_that_names_its_field_and_changes_nothing(world: World, maya: Knock) -> None:
    path = path_of(world, "cedar-dental")
    before = maya("GET", path).json()

    for noun, sent, status, field in REFUSED:
        said = problem(maya("POST", f"{path}/{noun}", json=sent))
        assert (said["status"], said.get("field")) == (status, field), (noun, sent)
    no_json = maya("POST", f"{path}/stage", content=b"{")

    assert problem(no_json)["status"] == 400
    assert maya("GET", path).json() == before


@pytest.mark.parametrize("key", ["nonsense", "00000000-0000-7000-8000-000000000001"])
def test_a_renewal_that_is_not_there_is_not_found(maya: Knock, key: str) -> None:
    assert problem(maya("POST", f"/api/v1/renewals/{key}/stage", json={"stage": "engaged"}))["status"] == 404


def test_who_only_reads_changes_nothing(world: World) -> None:
    farah = knocking(world, token_of(world, "farah@lumen.example"))
    path = path_of(world, "cedar-dental")

    answers = [
        farah("POST", f"{path}/stage", json={"stage": "proposed"}),
        farah("POST", f"{path}/target", json={"target": None}),
        farah("POST", f"{path}/loss", json={"reason": "price"}),
    ]

    assert [problem(answer)["status"] for answer in answers] == [403, 403, 403]
