"""The programs' door: tokens, rights, and errors as problem documents."""

from typing import Any

import httpx
from sqlalchemy import select

from app import api
from app.apitoken import ApiToken, run
from app.transaction import Role
from renewals.event import Event, EventName
from renewals.person import Person
from tests.api.conftest import Knock, knocking, token_of
from tests.world import World

ADAM, MAYA, RENEWALS, IMPORTS = "adam@lumen.example", "maya@lumen.example", "/api/v1/renewals", "/api/v1/imports"


def problem(answer: httpx.Response) -> dict[str, Any]:
    """The document, as RFC 9457 wants it."""
    said: dict[str, Any] = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert (said["status"], answer.headers["cache-control"]) == (answer.status_code, "no-store")
    return said


def test_without_a_token_no_door_opens(world: World) -> None:
    nobody, wrong = knocking(world, None), knocking(world, "kekal_wrong")

    for door in api.DOORS:
        path = door.path.replace("{renewal_id:str}", str(world.renewal("cedar-dental")))
        answers = [nobody(door.method, path), wrong(door.method, path), knocking(world, "x" * 9000)(door.method, path)]

        assert [problem(answer)["status"] for answer in answers] == [401, 401, 401]
        assert answers[0].headers["www-authenticate"] == 'Bearer realm="Kekal"'
        assert answers[1].headers["www-authenticate"] == 'Bearer realm="Kekal", error="invalid_token"'


def test_a_session_in_a_browser_opens_no_door_of_the_api(world: World) -> None:
    adam = world.signed_in(ADAM)

    assert adam.get(RENEWALS).status_code == 401
    assert adam.client.post(IMPORTS, json={"accounts": []}).status_code == 401


def test_other_ways_to_send_a_token_do_not_count(world: World) -> None:
    token, nobody = token_of(world, ADAM), knocking(world, None)

    answers = [
        nobody("GET", RENEWALS, headers={"Authorization": said}) for said in (token, f"Basic {token}", "Bearer", "")
    ]

    assert {answer.status_code for answer in [*answers, nobody("GET", f"{RENEWALS}?token={token}")]} == {401}
    assert nobody("GET", RENEWALS, headers={"Authorization": f"bearer {token}"}).status_code == 200


def test_a_revoked_token_opens_nothing(world: World) -> None:
    knock = knocking(world, token_of(world, ADAM))
    before = knock("GET", RENEWALS).status_code
    with world.house.database.begin(Role.WORKER) as (session, now):
        ApiToken.revoke(session, "nightly", world.person(ADAM), now=now)

    assert (before, knock("GET", RENEWALS).status_code) == (200, 401)


def test_the_token_of_somebody_who_left_opens_nothing(world: World) -> None:
    knock = knocking(world, token_of(world, ADAM))
    with world.writing() as session:
        person = Person.staff_by_email(session, ADAM)
        assert person
        person.active = False

    assert knock("GET", RENEWALS).status_code == 401


def test_a_token_has_the_rights_of_its_person_and_loses_them_with_the_role(world: World, maya: Knock) -> None:
    adam = knocking(world, token_of(world, ADAM))
    with world.writing() as session:
        person = Person.staff_by_email(session, ADAM)
        assert person
        person.roles = ["finance"]

    refused = [knock("POST", IMPORTS, json={"accounts": []}) for knock in (maya, adam)]

    assert [problem(answer)["detail"] for answer in refused] == [
        "Maya, importing needs an administrator.", "Adam, importing needs an administrator."
    ]
    assert maya("GET", RENEWALS).status_code == 200


def test_what_is_not_there_is_a_problem_too(world: World, maya: Knock) -> None:
    a_person = world.person(MAYA).id

    missing = [maya("GET", f"{RENEWALS}/{key}") for key in (a_person, "nonsense", "%00")]
    nowhere = [maya("GET", "/api/v1/nothing"), maya("GET", "/api/v2/renewals"), knocking(world, None)("GET", "/api/")]
    wrong_method = maya("DELETE", RENEWALS)

    assert {problem(answer)["status"] for answer in missing + nowhere} == {404}
    assert problem(wrong_method)["status"] == 405


def test_a_token_is_made_once_shown_once_and_audited(world: World) -> None:
    token = token_of(world, ADAM, "crm sync")

    with world.reading() as session:
        kept = session.scalars(select(ApiToken)).one()
        told = session.scalars(select(Event).where(Event.name == EventName.TOKEN_MADE)).one()

        assert token.startswith("kekal_")
        assert token.encode() not in kept.token_hash
        assert told.details == {"token": "crm sync"}
        assert told.subject_id == world.person(ADAM).id


def test_the_command_line_makes_and_revokes(world: World, capsys: Any) -> None:
    settings = world.house.settings

    made = run(["nightly", "--as", ADAM], settings)
    token = capsys.readouterr().out.strip()
    twice = run(["nightly", "--as", ADAM], settings)
    customer = run(["nightly", "--as", "ruth@cedar-dental.example"], settings)
    opened = knocking(world, token)("GET", RENEWALS).status_code
    revoked = run(["nightly", "--as", ADAM, "--revoke"], settings)

    assert (made, twice, customer, opened, revoked) == (0, 1, 1, 200, 0)
    assert knocking(world, token)("GET", RENEWALS).status_code == 401
    assert run(["nightly", "--as", ADAM, "--revoke"], settings) == 1
    with world.reading() as session:
        names = session.scalars(select(Event.name).where(Event.name.startswith("token.")).order_by(Event.seq)).all()
    assert names == ["token.made", "token.revoked"]
