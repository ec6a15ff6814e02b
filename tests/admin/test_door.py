"""The staff's door: who comes in, and what each may open."""

import re
from typing import Any
from uuid import uuid4

import admin
from gateways.browser import Side, rooms_of
from renewals.account import Account
from tests.world import PUBLIC_URL, World

ROOMS = [room for module in admin.rooms() for room in rooms_of(module)]
PAGES = ["/admin", "/admin/renewals", "/admin/accounts", "/admin/audit", "/admin/check"]


def addresses(world: World) -> list[str]:
    with world.reading() as session:
        account = Account.by_external_id(session, "cedar-dental")
    assert account
    return [*PAGES, f"/admin/accounts/{account.id}", f"/admin/renewals/{world.renewal('cedar-dental')}"]


def test_a_customer_opens_none_of_the_staffs_pages(world: World) -> None:
    ruth = world.signed_in("ruth@cedar-dental.example")

    answers = {path: ruth.get(path).status_code for path in addresses(world)}

    assert set(answers.values()) == {403}


def test_a_stranger_is_asked_to_sign_in(world: World) -> None:
    stranger = world.visitor()

    answers = [stranger.get(path) for path in addresses(world)]

    assert {answer.status_code for answer in answers} == {303}
    assert answers[0].headers["location"] == "/sign-in?next=/admin"


def test_the_log_is_not_for_everybody_of_the_staff(world: World) -> None:
    maya = world.signed_in("maya@lumen.example")

    assert maya.get("/admin/audit").status_code == maya.get("/admin/check").status_code == 403
    assert 'href="/admin/audit"' not in maya.get("/admin").text


def test_the_administrator_opens_every_page(world: World) -> None:
    adam = world.signed_in("adam@lumen.example")

    assert {path: adam.get(path).status_code for path in addresses(world)} == dict.fromkeys(addresses(world), 200)


def test_what_does_not_exist_is_not_found(world: World) -> None:
    maya = world.signed_in("maya@lumen.example")
    a_person = world.person("ruth@cedar-dental.example").id

    paths = [f"/admin/{noun}/{key}" for noun in ("renewals", "accounts", "documents") for key in (uuid4(), a_person)]

    assert {maya.get(path).status_code for path in paths} == {404}


def test_who_of_the_staff_goes_wrong_keeps_the_menu_and_a_way_back(world: World) -> None:
    maya, renewal = world.signed_in("maya@lumen.example"), f"/admin/renewals/{world.renewal('cedar-dental')}"
    sent_by = {"referer": f"{PUBLIC_URL}{renewal}?told=all"}

    nowhere, expired = maya.get("/admin/nowhere"), maya.client.post(f"{renewal}/stage", data={}, headers=sent_by)
    abroad = maya.client.post(f"{renewal}/stage", data={}, headers={"referer": "https://elsewhere.example/"})

    assert [answer.status_code for answer in (nowhere, expired, abroad)] == [404, 403, 403]
    assert all('aria-label="Main"' in answer.text for answer in (nowhere, expired, abroad))
    assert f'href="{renewal}?told=all">Back to the page' in expired.text
    assert "Back to the page" not in abroad.text and "elsewhere" not in abroad.text


def test_every_room_is_the_staffs_and_asks_for_a_permission() -> None:
    doors: list[Any] = [room.door for room in ROOMS]  # type: ignore[attr-defined]

    assert {door.access.side for door in doors} == {Side.STAFF}
    assert all(door.access.permission and door.access.form and not door.access.link for door in doors)


def test_every_form_needs_its_token(world: World) -> None:
    maya, renewal = world.signed_in("maya@lumen.example"), world.renewal("cedar-dental")
    forms = [room.door for room in ROOMS if "POST" in room.door.methods]  # type: ignore[attr-defined]
    wish = {"segment": "enterprise", "reason": "Large plans"}

    answers = [
        maya.client.post(re.sub(r"\{\w+:uuid\}", str(renewal), door.path), data=wish, follow_redirects=False)
        for door in forms
    ]

    assert [answer.status_code for answer in answers] == [403] * len(forms)
    assert forms
