"""A book is run from its records: each form does its deed or says what to mend; a customer reads nothing of ours."""

from uuid import UUID

import httpx
import pytest
from sqlalchemy import delete, select, text

from app import chores
from app.work import Work
from renewals import seal
from renewals.activity import Activity
from renewals.event import Event, EventName
from renewals.renewal import LossReason, Renewal, RenewalState
from tests.admin.test_record import said
from tests.web.cast import Cast
from tests.web.doors import ROLES, STAFF, doors
from tests.world import Visitor, World

MAYA, INES, RUTH = "maya@lumen.example", "ines@lumen.example", "ruth@cedar-dental.example"
SECRET = "archaeopteryx"
"""A word that stands only in what the staff wrote."""


def do(visitor: Visitor, renewal: UUID, deed: str, **form: str) -> httpx.Response:
    path = f"/admin/renewals/{renewal}"
    return visitor.post(f"{path}/{deed}", form, page=path)


def test_the_stage_is_moved_and_the_story_says_by_whom(world: World) -> None:
    maya, renewal = world.signed_in(MAYA), world.renewal("northwind-freight")

    answer = do(maya, renewal, "stage", stage="negotiating")
    page = said(maya.get(f"/admin/renewals/{renewal}").text)

    assert answer.status_code == 303
    assert "Moved. It is in the log" in page
    assert "Stage Negotiating" in page
    assert "Maya Iskandar moved it from proposed to negotiating" in page


def test_only_the_doors_that_are_open_are_offered(world: World) -> None:
    maya = world.signed_in(MAYA)

    page = maya.get(f"/admin/renewals/{world.renewal('northwind-freight')}").text

    assert [stage.value for stage in RenewalState if f'name="stage" value="{stage.value}"' in page] == ["negotiating"]
    assert do(maya, world.renewal("northwind-freight"), "stage", stage="won").status_code == 409
    assert do(maya, world.renewal("northwind-freight"), "stage", stage="happy").status_code == 422


@pytest.mark.parametrize("typed", ["72000", "72,000", "72000.00", " 72,000.00 ", "USD 72,000"])
def test_a_target_is_written_as_people_write_it(world: World, typed: str) -> None:
    maya, renewal = world.signed_in(MAYA), world.renewal("northwind-freight")

    answer = do(maya, renewal, "target", target=typed)
    page = said(maya.get(f"/admin/renewals/{renewal}").text)

    assert answer.status_code == 303
    assert "hoped for USD 72,000 (+12,000)" in page
    assert "Maya Iskandar set the target to USD 72,000 a year, from USD 60,000 a year" in page


@pytest.mark.parametrize("typed", ["a lot", "72,00", "7.2e4", "72.000,00", "-5", "0", "1" * 30, "EUR 72,000", "٧٢", ""])
def test_what_is_no_target_is_said_at_its_field_and_kept(world: World, typed: str) -> None:
    maya, renewal = world.signed_in(MAYA), world.renewal("northwind-freight")

    answer = do(maya, renewal, "target", target=typed)

    with world.reading() as session:
        assert session.get_one(Renewal, renewal).target_minor is None
    assert answer.status_code == 422
    assert 'id="target-trouble"' in answer.text
    assert not typed or f'name="target" type="text" value="{typed}"' in answer.text


def test_a_target_goes_back_to_what_it_is_worth_today(world: World) -> None:
    maya, renewal = world.signed_in(MAYA), world.renewal("northwind-freight")
    do(maya, renewal, "target", target="72000")

    answer = do(maya, renewal, "target", target="nonsense that does not matter", reset="yes")
    page = said(maya.get(f"/admin/renewals/{renewal}").text)

    assert answer.status_code == 303
    assert "hoped for" not in page
    assert "Maya Iskandar took the target back to today’s value, USD 60,000 a year" in page


def test_a_manager_hands_it_over_and_a_csm_can_not(world: World) -> None:
    ines, maya, renewal = world.signed_in(INES), world.signed_in(MAYA), world.renewal("northwind-freight")
    ravi = str(world.person("ravi@lumen.example").id)

    refused = do(maya, renewal, "owner", owner=ravi)
    answers = [do(ines, renewal, "owner", owner=key) for key in ("", str(world.person(RUTH).id), ravi)]
    page = said(ines.get(f"/admin/renewals/{renewal}").text)

    assert refused.status_code == 403
    assert [answer.status_code for answer in answers] == [422, 422, 303]
    assert "Owner Ravi Menon" in page
    assert "Ines Carvalho handed it over from Omar Haddad to Ravi Menon" in page
    assert "/owner" not in maya.get(f"/admin/renewals/{renewal}").text


def test_a_call_is_noted_with_whom_when_and_what_was_said(world: World) -> None:
    maya, renewal = world.signed_in(MAYA), world.renewal("cedar-dental")
    ruth = str(world.person(RUTH).id)

    spoken = {"kind": "call", "on": "2026-08-03", "with": ruth, "words": "Wants ten more seats.\n<b>Soon</b>"}
    answer = do(maya, renewal, "activity", **spoken)
    page = maya.get(f"/admin/renewals/{renewal}").text

    assert answer.status_code == 303
    assert "Maya Iskandar spoke with Ruth Calder on the phone on 3 August 2026" in said(page)
    assert "Wants ten more seats.\n&lt;b&gt;Soon&lt;/b&gt;" in page


@pytest.mark.parametrize(
    ("field", "value"),
    [("kind", "question"), ("kind", ""), ("on", "soon"), ("on", "2026-09-01"), ("with", "nobody"), ("words", " ")],
)
def test_a_note_that_can_not_be_keeps_what_was_typed(world: World, field: str, value: str) -> None:
    maya, renewal = world.signed_in(MAYA), world.renewal("cedar-dental")
    form = {"kind": "meeting", "on": "2026-08-03", "with": "", "words": "A long talk about seats"} | {field: value}

    answer = do(maya, renewal, "activity", **form)

    with world.reading() as session:
        assert session.scalars(select(Activity)).all() == []
    assert answer.status_code == 422
    assert f'id="{field}-trouble"' in answer.text
    assert field == "words" or "A long talk about seats</textarea>" in answer.text


def test_it_is_closed_as_lost_with_a_reason_and_says_so(world: World) -> None:
    maya, renewal = world.signed_in(MAYA), world.renewal("cedar-dental")

    without = do(maya, renewal, "loss", loss_words="They left")
    answer = do(maya, renewal, "loss", loss="competitor", loss_words="A cheaper one next door")
    page = said(maya.get(f"/admin/renewals/{renewal}").text)

    with world.reading() as session:
        assert session.get_one(Renewal, renewal).lost_reason is LossReason.COMPETITOR
    assert (without.status_code, answer.status_code) == (422, 303)
    assert "They left</textarea>" in without.text
    assert "Cedar Dental leaves on 4 September 2026" in page
    assert "Closed as lost on 5 August 2026: a competitor." in page
    assert "Maya Iskandar closed it as lost: competitor A cheaper one next door" in page
    assert "Close it as lost" not in page
    assert do(maya, renewal, "loss", loss="price").status_code == 409


def test_the_customer_reads_calmly_that_it_ended_and_keeps_the_papers(world: World) -> None:
    ruth, renewal = world.signed_in(RUTH, **{"accept-language": "en"}), world.renewal("cedar-dental")
    do(world.signed_in(MAYA), renewal, "loss", loss="price", loss_words=SECRET)

    page, home = ruth.get(f"/renewals/{renewal}").text, ruth.get("/").text

    assert "Growth ends on Thursday, 3 September 2026" in said(page)
    assert "It was not renewed, and nothing more is charged." in page
    assert "Take it back" not in page
    assert ruth.get("/documents").status_code == 200
    assert f'href="/renewals/{renewal}"' in home
    assert ruth.post(f"/renewals/{renewal}/opt-out/withdrawal", page="/people").status_code == 409


def test_the_story_is_folded_when_it_is_long_and_nothing_of_it_is_missing(world: World) -> None:
    maya, renewal = world.signed_in(MAYA), world.renewal("cedar-dental")
    for number in range(14):
        do(maya, renewal, "activity", kind="note", on="2026-08-05", words=f"Note number {number}.")

    page = maya.get(f"/admin/renewals/{renewal}").text
    story, folded = page.split('id="story"', 1)[1].split("What happened before", 1)

    assert [number for number in range(14) if f"Note number {number}." in story] == list(range(2, 14))
    assert "Note number 0." in folded.split("</details>", 1)[0]
    assert story.index("Note number 13.") < story.index("Note number 12.")


def test_a_question_is_kept_beside_the_chain_and_reaches_the_owner_and_the_story(world: World) -> None:
    renewal = world.renewal("cedar-dental")
    world.signed_in(RUTH).post(f"/renewals/{renewal}/ask", {"message": "Is there a test system?"})
    wish = {"message": "", "po": "PO-4711", "billing_email": "bills@cedar-dental.example"}
    world.signed_in(RUTH).post(f"/renewals/{renewal}/invoice", wish)
    world.work()

    letters = [mail.text for mail in world.mails() if mail.kind == "question"]
    page = said(world.signed_in(MAYA).get(f"/admin/renewals/{renewal}").text)
    with world.reading() as session:
        details = " ".join(session.scalars(text("SELECT details::text FROM event")).all())

    assert any("Is there a test system?" in letter for letter in letters)
    assert any("PO-4711" in letter and "bills@cedar-dental.example" in letter for letter in letters)
    assert "Ruth Calder asked a question Is there a test system?" in page
    for words in ("test system", "PO-4711", "bills@"):
        assert words not in details


def test_words_are_erased_and_the_chain_stays_whole(world: World) -> None:
    maya, renewal = world.signed_in(MAYA), world.renewal("cedar-dental")
    do(maya, renewal, "activity", kind="call", on="2026-08-05", words=SECRET)
    Work(world.house).run(chores.household.seal_events)

    with world.writing() as session:
        session.execute(delete(Activity))
    page = maya.get(f"/admin/renewals/{renewal}").text

    with world.reading() as session:
        assert seal.verify(session).is_whole
        assert session.scalars(select(Event).where(Event.name == EventName.ACTIVITY_NOTED)).one()
    assert SECRET not in page
    assert "Maya Iskandar spoke with them on the phone The words were erased." in said(page)


# What is ours alone


def test_nothing_that_the_staff_wrote_reaches_anything_a_customer_sees(world: World) -> None:
    cast, maya = Cast(world), world.signed_in(MAYA)
    renewal = cast.own.renewal_id
    for kind in ("call", "meeting", "mail", "note"):
        do(maya, renewal, "activity", kind=kind, on="2026-08-05", words=f"{SECRET} in a {kind}")
    open_pages = _everything(cast)
    do(maya, renewal, "loss", loss="other", loss_words=f"{SECRET} is why")
    closed_pages = _everything(cast)
    world.work()
    mails = [mail for mail in world.mails() if any(to.endswith("@cedar-dental.example") for to in mail.to)]

    assert maya.get(f"/admin/renewals/{renewal}").text.count(SECRET) == 5
    assert len(open_pages) == len(closed_pages) > 60
    assert [name for name, page in (open_pages | closed_pages).items() if SECRET in page] == []
    assert SECRET not in " ".join(mail.subject + mail.text + mail.html for mail in mails)


def _everything(cast: Cast) -> dict[str, str]:
    """Every page that Cedar Dental's people can open."""
    return {
        f"{role} {door.path}": cast.look(role).get(cast.own.fill(door.path)).text
        for role in ROLES if role not in (*STAFF, "other_owner")
        for door in doors(cast.world.app)
        if door.is_safe and not door.path.startswith(("/demo", "/admin", "/static", "/links", "/sign-in/link", "/api"))
    }


def test_the_database_itself_shows_a_customer_only_their_own_questions(world: World) -> None:
    renewal = world.renewal("cedar-dental")
    world.signed_in(RUTH).post(f"/renewals/{renewal}/ask", {"message": "Is there a test system?"})
    do(world.signed_in(MAYA), renewal, "activity", kind="note", on="2026-08-05", words=SECRET)
    ruth = world.person(RUTH)

    with world.house.database.begin("kekal_portal", ruth.account_id, read_only=True) as (session, _):  # type: ignore[arg-type]
        words = session.scalars(select(Activity.words)).all()

    assert words == ["Is there a test system?"]
