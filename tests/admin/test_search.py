"""Search: one field for names and numbers, the best first, also when a letter is wrong."""

import re
import secrets

from sqlalchemy import select, text

from app.clock import stopwatch
from app.transaction import Role
from renewals import search
from renewals.paper import Agreement, Invoice
from tests.admin.test_record import said
from tests.world import World

MAYA, RUTH = "maya@lumen.example", "ruth@cedar-dental.example"
FIELDS = ("/admin/search?q=cedar", "/admin/accounts?text=cedar", "/admin/renewals?text=cedar")


def found(world: World, words: str) -> list[tuple[str, str]]:
    with world.reading() as session:
        return [(one.kind.value, one.title) for one in search.look(session, words)]


def test_the_field_holds_what_was_looked_for_and_is_empty_on_every_other_page(world: World) -> None:
    maya = world.signed_in(MAYA)

    kept = [re.findall(r'id="q"[^>]* value="([^"]*)"', maya.get(path).text) for path in FIELDS]

    assert kept == [["cedar"], [""], [""]]


def test_a_company_comes_first_then_its_renewal_and_its_people(world: World) -> None:
    first = found(world, "cedar dental")[:2]

    assert first == [("account", "Cedar Dental"), ("renewal", "Cedar Dental")]
    assert ("person", "Ruth Calder") in found(world, "cedar-dental.example")


def test_a_part_of_a_name_is_enough_and_a_letter_may_be_wrong(world: World) -> None:
    assert found(world, "hald")[0] == ("account", "Halden Bank")
    assert found(world, "BANK")[0][0] == "account"
    assert found(world, "cedr dental")[0] == ("account", "Cedar Dental")
    assert found(world, "café")[0] == ("account", "Pelangi Café")


def test_people_are_found_by_name_and_lead_to_their_company(world: World) -> None:
    page = world.signed_in(MAYA).get("/admin/search?q=ruth+calder").text

    link = re.search(r'href="(/admin/accounts/[^"]+)">Ruth Calder</a>', page)
    assert link
    assert "Cedar Dental" in said(world.signed_in(MAYA).get(link[1]).text)


def test_the_number_of_a_paper_leads_to_its_renewal(world: World) -> None:
    renewal = world.renewal("cedar-dental")
    world.signed_in(RUTH).click(renewal)
    world.work()
    with world.reading() as session:
        agreement = session.scalars(select(Agreement.number).where(Agreement.renewal_id == renewal)).one()
        invoice = session.scalars(select(Invoice.number).where(Invoice.renewal_id == renewal)).one()

    assert found(world, agreement.lower())[0] == ("agreement", agreement)
    assert found(world, invoice)[0] == ("invoice", invoice)
    page = world.signed_in(MAYA).get(f"/admin/search?q={agreement}").text
    assert f'href="/admin/renewals/{renewal}"' in page


def test_odd_words_find_nothing_and_break_nothing(world: World) -> None:
    maya = world.signed_in(MAYA)

    for words in ("%", "%%", "_", "\\", "' OR 1=1 --", "x" * 500, " ", "日本", "a"):
        answer = maya.get("/admin/search", params={"q": words})
        assert answer.status_code == 200, words
    assert found(world, "%%") == []
    assert found(world, "__") == []


def test_ten_thousand_companies_are_searched_at_once(world: World) -> None:
    with world.writing() as session:
        session.execute(text(GROW), {"mark": secrets.token_hex(2)})
    with world.house.database.begin(Role.STAFF) as (session, _):
        session.execute(text("SELECT 1"))
        times = []
        for words in ("halden", "cedr dental", "grown company 99", "co", "someone9876"):
            began = stopwatch()
            search.look(session, words)
            times.append(stopwatch() - began)

    assert max(times) < 0.5, times


GROW = """
WITH grown AS (
    INSERT INTO account (
        id, external_id, name, currency, country, region, timezone, locale, industry, strategic, version)
    SELECT gen_random_uuid(), 'grown-' || :mark || n, 'Grown Company ' || md5(n::text) || ' ' || n, 'USD', 'US', '',
           'UTC', 'en', 'Growing', false, 1
    FROM generate_series(1, 10000) AS n RETURNING id)
INSERT INTO person (id, account_id, email, name, title, roles, active, version)
SELECT gen_random_uuid(), id, 'someone' || row_number() OVER () || '@grown.example',
       'Someone ' || row_number() OVER (), '', '{viewer}', true, 1 FROM grown
"""
