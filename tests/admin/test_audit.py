"""The log as the staff read it: filters, sentences, the chain's state, and the sentences that must hold."""

from html import unescape

import pytest
from sqlalchemy import text

from admin.address import Address, Pages
from app.transaction import Role
from renewals.check import findings
from renewals.event import Event, EventName
from tests.admin.test_record import said, serve
from tests.world import World

pytestmark = pytest.mark.whole_book

INES, MAYA = "ines@lumen.example", "maya@lumen.example"


def test_who_did_what_from_what_to_what(world: World) -> None:
    serve(world.signed_in(MAYA), world, "northwind-freight", "enterprise", "They buy for 40 sites")

    page = said(world.signed_in(INES).get("/admin/audit?account=northwind").text)

    assert "Maya Iskandar decided to serve it as enterprise: They buy for 40 sites" in page
    assert "nothing → enterprise renewal.resegmented" in page


SEARCHES = [
    # in the address, what is there, what is not
    ("account=Cedar", "Cedar Dental", "Halden Bank"),
    ("person=maya", "Maya Iskandar signed in", "Kekal opened this renewal"),
    ("name=renewal.opened&account=cedar", "Kekal opened this renewal by an import", "brought a person in"),
    ("day=2026-08-05&name=book.imported", "imported 6,348 rows", "signed in"),
    ("day=9999-12-31", "Nothing in the log is like that.", "Cedar Dental"),
    ("day=2026-08-04", "Nothing in the log is like that.", "Cedar Dental"),
]


def test_the_log_is_searched_by_account_person_name_and_day(world: World) -> None:
    world.signed_in(MAYA)
    ines = world.signed_in(INES)

    for filters, there, missing in SEARCHES:
        page = said(ines.get(f"/admin/audit?{filters}").text).split("Find", 1)[1]

        assert there in page, filters
        assert missing not in page, filters


def test_the_log_is_read_on_page_by_page_without_gap_or_repeat(world: World) -> None:
    ines = world.signed_in(INES)
    seen: list[str] = []
    path: str | None = "/admin/audit?account=a&name=renewal.opened"

    while path:
        page = ines.get(path).text
        seen += [part.split('"', 1)[0] for part in page.split('title="Event ')[1:]]
        older = page.split('rel="next" href="', 1)
        path = unescape(older[1].split('"', 1)[0]) if len(older) > 1 else None

    assert len(seen) > 100
    assert [int(place) for place in seen] == sorted({int(place) for place in seen}, reverse=True)


def test_the_chains_state_is_shown_and_walked_on_request(world: World) -> None:
    world.work()
    with world.writing() as session:
        session.execute(text("SELECT 1"))
    ines = world.signed_in(INES)

    page, walked = said(ines.get("/admin/audit").text), said(ines.get("/admin/check?walk=yes").text)

    assert "Lines are only ever added: the database itself refuses to change or remove one" in page
    assert "Head of the chain" in page
    assert "Every link was walked, and the chain is whole." in walked


def test_a_broken_sentence_is_named_with_its_rows(world: World) -> None:
    with world.writing() as session:
        session.execute(
            text(
                "INSERT INTO inbox (id, source, external_id, kind, payload, received_at) "
                "VALUES (gen_random_uuid(), 'stripe', 'evt_old', 'x', '{}', now() - interval '1 hour')"
            )
        )

    page = said(world.signed_in(INES).get("/admin/check").text)

    assert "Something is not as it must be" in page
    assert "Broken No message waits in the inbox for more than a quarter of an hour. Look at" in page


def test_a_healthy_house_breaks_no_sentence(world: World) -> None:
    with world.house.database.begin(Role.STAFF, read_only=True) as (session, _):
        assert [str(finding) for finding in findings(session) if not finding.holds] == []


def test_everything_that_can_happen_has_its_sentence(world: World) -> None:
    ines = world.person(INES)
    with world.writing() as session:
        now = session.execute(text("SELECT now()")).scalar_one()
        for name in EventName:
            Event.record(session, name, ines, by=ines, at=now)
    visitor = world.signed_in(INES)

    for name in EventName:
        page = said(visitor.get(f"/admin/audit?name={name.value}").text)

        assert page.count(name.value) >= 2, "in the list of names, and in the log"
        assert f"Ines Carvalho: {name.value.replace('.', ' ').replace('_', ' ')}" not in page


def test_an_address_forgets_what_it_can_not_understand() -> None:
    said = {"sort": "-name", "page": "9" * 30, "day": "soon", "text": " a&b "}
    address = Address("/here", said, ("text", "sort", "page"))

    assert (address.page, address.day("day"), address.order(("name",), "x")) == (1, None, ("name", True))
    assert address.to(sort="name") == "/here?text=a%26b&sort=name"
    assert address.to(page=2).endswith("page=2")


def test_pages_say_which_rows_they_show() -> None:
    last = Pages(5, 204, 50)

    assert (last.first, last.last, last.count) == (201, 204, 5)
