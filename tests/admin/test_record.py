"""One renewal's record: what stands in it, the decision about its segment, and one's own day."""

import re

import pytest
from sqlalchemy import select

from renewals.event import Event, EventName
from renewals.renewal import Renewal
from renewals.segment import Segment
from tests.world import Visitor, World

MAYA, RUTH = "maya@lumen.example", "ruth@cedar-dental.example"


def said(page: str) -> str:
    """A page's words without its marks."""
    words = re.sub(r"<[^>]+>", " ", page.split("<main", 1)[1])
    return " ".join(words.replace("&nbsp;", " ").replace("\N{NO-BREAK SPACE}", " ").split())


def serve(visitor: Visitor, world: World, account: str, segment: str, reason: str) -> int:
    path = f"/admin/renewals/{world.renewal(account)}"
    return visitor.post(f"{path}/segment", {"segment": segment, "reason": reason}, page=path).status_code


def test_the_record_says_how_it_stands(world: World) -> None:
    page = said(world.signed_in(MAYA).get(f"/admin/renewals/{world.renewal('northwind-freight')}").text)

    assert "Northwind Freight renews on Thursday, 24 September 2026" in page
    assert "Yellow 62" in page
    assert "Stage Proposed Value USD 60,000 a year" in page
    assert "Served as Mid-market" in page
    assert "Owner Omar Haddad" in page


def test_the_number_is_shown_with_its_parts(world: World) -> None:
    page = said(world.signed_in(MAYA).get(f"/admin/renewals/{world.renewal('northwind-freight')}").text)

    assert "Stage: proposed 80 Health: yellow −10 In time for its date 0 Likely 70 %" in page


def test_everything_that_happened_is_told_in_sentences(world: World) -> None:
    renewal = world.renewal("cedar-dental")
    world.signed_in(RUTH).click(renewal)
    world.work()

    page = said(world.signed_in(MAYA).get(f"/admin/renewals/{renewal}").text)

    assert "Cedar Dental renewed on 4 September 2026" in page
    for sentence in (
        "Ruth Calder accepted the offer", "Ruth Calder sent a payment of USD 8,640.00",
        "The payment of USD 8,640.00 arrived",
        "The renewal is won", "The next term was made, from 2026-09-04", "Visa 4242 USD 8,640.00 Succeeded",
    ):
        assert sentence in page, sentence


def test_a_decision_shows_with_its_reason_and_who_made_it(world: World) -> None:
    maya = world.signed_in(MAYA)

    status = serve(maya, world, "northwind-freight", "enterprise", "They buy for 40 sites")
    page = said(maya.get(f"/admin/renewals/{world.renewal('northwind-freight')}").text)

    assert status == 303
    assert "Served as Enterprise “They buy for 40 sites” Maya Iskandar, 5 August 2026" in page
    assert "By value it would be Mid-market. The decision lapses when the next term begins." in page
    assert "Maya Iskandar decided to serve it as enterprise: They buy for 40 sites" in page


def test_a_decision_is_taken_back_with_a_reason(world: World) -> None:
    maya, renewal = world.signed_in(MAYA), world.renewal("northwind-freight")
    serve(maya, world, "northwind-freight", "smb", "Runs by itself")

    status = serve(maya, world, "northwind-freight", "by_value", "It does not after all")

    with world.reading() as session:
        last = session.scalars(select(Event).where(Event.subject_id == renewal).order_by(Event.seq.desc())).first()
        assert status == 303
        assert session.get_one(Renewal, renewal).segment_override is None
        assert last
        assert (last.name, last.details["from"], last.details["to"]) == (EventName.RENEWAL_RESEGMENTED, "smb", None)


def test_without_a_reason_nothing_changes_and_what_was_chosen_stays(world: World) -> None:
    maya, renewal = world.signed_in(MAYA), world.renewal("northwind-freight")
    path = f"/admin/renewals/{renewal}"

    answer = maya.post(f"{path}/segment", {"segment": "enterprise", "reason": " "}, page=path)

    with world.reading() as session:
        assert session.get_one(Renewal, renewal).segment_override is None
    assert answer.status_code == 422
    assert "Say why this renewal is served in another segment." in answer.text
    assert 'value="enterprise" checked' in answer.text


def test_no_segment_that_does_not_exist(world: World) -> None:
    assert serve(world.signed_in(MAYA), world, "northwind-freight", "galactic", "Because") == 422


def test_who_may_not_decide_reads_why_and_can_not(world: World) -> None:
    farah, renewal = world.signed_in("farah@lumen.example", **{"accept-language": "en"}), world.renewal("cedar-dental")

    page = farah.get(f"/admin/renewals/{renewal}").text
    status = serve(farah, world, "cedar-dental", "enterprise", "Because")

    with world.reading() as session:
        assert session.get_one(Renewal, renewal).segment_override is None
    assert "Changing a segment needs a CSM, a manager or an administrator." in page
    assert re.findall(r'action="/admin/renewals/[^"]*/(\w+)"', page) == ["activity", "objections"]
    assert status == 403


def test_a_closed_renewal_is_served_as_it_was(world: World) -> None:
    renewal = world.renewal("cedar-dental")
    world.signed_in(RUTH).click(renewal)
    maya, wish = world.signed_in(MAYA), {"segment": Segment.ENTERPRISE.value, "reason": "Too late"}

    answer = maya.post(f"/admin/renewals/{renewal}/segment", wish, page=f"/admin/renewals/{renewal}")

    assert answer.status_code == 409


def test_a_day_begins_with_ones_own_renewals_and_those_at_risk(world: World) -> None:
    page = said(world.signed_in(MAYA).get("/admin").text)

    assert "Good to see you, Maya" in page
    at_risk, near = page.split("At high risk", 1)[1].split("The next 90 days", 1)
    assert "Orbit Labs" in at_risk
    assert "Pelangi Café" in near
    assert "Hoshino Logistics" not in page


def test_a_customers_no_is_news_and_a_high_risk(world: World) -> None:
    renewal = world.renewal("cedar-dental")
    world.signed_in(RUTH).post(f"/renewals/{renewal}/opt-out", {"reason": "price"})

    maya = world.signed_in(MAYA)
    day, record = said(maya.get("/admin").text), said(maya.get(f"/admin/renewals/{renewal}").text)

    assert "Cedar Dental" in day.split("At high risk", 1)[1].split("The next 90 days", 1)[0]
    assert "Cedar Dental : Ruth Calder said that they will not renew" in day
    assert "They said that they will not renew −80 Likely 5 %" in record


@pytest.mark.whole_book
def test_who_owns_none_sees_everybodys(world: World) -> None:
    page = said(world.signed_in("farah@lumen.example").get("/admin").text)

    assert "Everybody’s renewals" in page
    assert "Hoshino Logistics" in page
    assert "Ravi Menon" in page


def test_an_accounts_page_has_people_terms_figures_and_papers(world: World) -> None:
    renewal = world.renewal("cedar-dental")
    world.signed_in(RUTH).click(renewal)
    world.work()
    with world.reading() as session:
        account = session.get_one(Renewal, renewal).account_id

    maya = world.signed_in(MAYA)
    page = maya.get(f"/admin/accounts/{account}").text
    document = re.search(r'href="(/admin/documents/[^"]+)"', page)

    assert document
    assert maya.get(document[1]).content.startswith(b"%PDF")
    for words in ("Ruth Calder", "4 Sep 2026 to 3 Sep 2027", "Hours saved at the front desk", "Reminder log"):
        assert words in said(page), words
