"""A proposal's structure: a template for each segment, in the company's own words; what was sent keeps its own."""

import re
from copy import deepcopy
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from app.publishing import check
from app.transaction import Role
from pricing.money import Money
from pricing.multiyear import Shape
from renewals.plan.milestone import Milestone
from renewals.plan.task import Task, TaskState
from renewals.policy import Policy, PolicyKind, shipped
from renewals.quoting import deciding, drafting, negotiating
from renewals.quoting.quote import Quote
from renewals.quoting.template import Section, Templates
from renewals.segment import Segment
from tests.gateways.reading import text_of
from tests.quoting.desk import ANNA, AT, INES, MAYA, desk
from tests.web.guest import Guest, known
from tests.world import World

HALDEN, CEDAR = "halden-bank", "cedar-dental"
SAID = ["Summary", "What you could add", "Next steps", "Approvals", "Whom to ask", "How to accept"]
"""The headings of the sections, as page and paper have them."""


def sent(world: World, account: str = HALDEN) -> UUID:
    with desk(world, account) as at:
        return (at.sent(INES) if account == HALDEN else at.sent()).id


def heard(world: World, words: str) -> None:
    """What their people say was gathered before the proposal is made."""
    with desk(world) as at:
        milestone = at.session.scalars(Milestone.of_renewal(at.renewal.id)).all()[0]
        at.session.add(Task(
            account_id=at.renewal.account_id, renewal_id=at.renewal.id, milestone_id=milestone.id, role="csm",
            pattern="usage_and_roi", catalogue="tasks@1", due_on=AT.date(), opened_at=AT, state=TaskState.DONE,
            outcome={"ready": "use", "headline": "Used daily", "quotes": words}, ended_at=AT, ended_by=at.who(MAYA).id,
        ))


def published(world: World, segment: Segment, openings: list[dict[str, str]]) -> None:
    content = deepcopy(shipped(PolicyKind.PROPOSAL))
    content["segments"][segment.value] = openings
    with world.writing() as session:
        Policy.publish(session, PolicyKind.PROPOSAL, content, begins_on=AT.date(), reason="Shorter", by=None, at=AT)


@pytest.fixture
def anna(world: World) -> Guest:
    return known(world, world.person(ANNA))


def plain(told: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", "", told).split())


def headings(page: str) -> list[str]:
    return [one for one in re.findall(r"<h2[^>]*>([^<]+)</h2>", page) if one in SAID]


def test_an_enterprise_reads_every_section_of_the_playbook_in_its_order_on_page_paper_and_as_data(
    world: World, anna: Guest
) -> None:
    heard(world, "We would not go back. (Petra, Operations)\nIt saved our quarter. (Jan)")

    key = sent(world)

    page, paper = anna.get(f"/proposals/{key}").text, text_of(anna.get(f"/proposals/{key}/pdf").content)
    data = anna.get(f"/proposals/{key}.json").json()
    assert [one["name"] for one in data["sections"]] == [each.value for each in Section]
    assert headings(page) == SAID
    for told in (plain(page), plain(paper)):
        assert "It saved our quarter. (Jan)" in told
        assert "everything is approved, since 5 August 2026" in told
        assert data["can_accept"][0] in told
        assert data["contact"]["mail"] in told and data["optional"][0]["name"] in told
        assert "Halden Bank has worked with Lumen since" in told
    places = [paper.index(words) for words in SAID]
    assert places == sorted(places)


def test_a_small_one_reads_what_it_was_worth_what_it_costs_and_how_to_accept(world: World) -> None:
    key = sent(world, CEDAR)
    ruth = known(world, world.person("ruth@cedar-dental.example"))

    data = ruth.get(f"/proposals/{key}.json").json()
    assert [one["name"] for one in data["sections"]] == ["value", "terms", "acceptance"]
    assert headings(ruth.get(f"/proposals/{key}").text) == ["How to accept"]


@pytest.mark.parametrize(
    ("segment", "a_year", "takes"),
    [
        (Segment.SMB, 9_000, Segment.SMB),
        (Segment.MID_MARKET, 15_000, Segment.SMB),
        (Segment.MID_MARKET, 15_001, Segment.MID_MARKET),
        (Segment.ENTERPRISE, 200_000, Segment.ENTERPRISE),
    ],
)
def test_what_is_made_in_one_action_takes_the_short_template(segment: Segment, a_year: int, takes: Segment) -> None:
    templates = Templates.parse("proposal@1", shipped(PolicyKind.PROPOSAL))

    assert templates.fitting(segment, Money(a_year * 100, "USD")).segment is takes
    assert templates.fitting(segment, Money(1, "CHF")).segment is segment


def test_what_was_sent_keeps_its_template_and_the_next_version_takes_the_new_one(world: World, anna: Guest) -> None:
    key = sent(world)
    before = anna.get(f"/proposals/{key}.json").json(), anna.get(f"/proposals/{key}/pdf").content
    openings = [{"section": "acceptance", "en": "Say yes, {{ account }}."}, {"section": "terms"}]

    published(world, Segment.ENTERPRISE, openings)

    assert (anna.get(f"/proposals/{key}.json").json(), anna.get(f"/proposals/{key}/pdf").content) == before
    with desk(world) as at:
        quote = Quote.find(at.session, key)
        drafting.revise(quote, at.deal(quote, months=24, shape=Shape.FIXED), by=at.who(MAYA), at=AT)
        deciding.submit(quote, by=at.who(MAYA), at=AT)
        at.grant(quote, INES)
        negotiating.send(quote, by=at.who(MAYA), at=AT)
    now = anna.get(f"/proposals/{key}.json").json()
    assert now["template"] == "proposal@2"
    assert [(one["name"], one["words"]) for one in now["sections"]] == [
        ("acceptance", ["Say yes, Halden Bank."]), ("terms", []),
    ]


def test_the_database_shows_nothing_without_a_template_and_lets_no_customer_change_it(world: World) -> None:
    with desk(world) as at:
        key, account = at.sent(INES).id, at.renewal.account_id
    without = text("UPDATE quote SET enclosed = '{}' WHERE id = :key")
    with pytest.raises(IntegrityError), world.writing() as session:
        session.execute(without, {"key": key})
    as_customer = world.house.database.begin(Role.PORTAL, account)
    with pytest.raises(ProgrammingError, match="permission denied"), as_customer as (session, _):
        session.execute(without, {"key": key})


@pytest.mark.parametrize(
    ("openings", "says"),
    [
        ([{"section": "terms"}], "has no acceptance"),
        ([{"section": "terms"}, {"section": "terms"}, {"section": "acceptance"}], "twice"),
        ([{"section": "terms"}, {"section": "acceptance", "en": "{{ margin }}"}], "there is no {{ margin }}"),
        ([{"section": "terms"}, {"section": "acceptance", "en": "{{ account.id }}"}], "is not a name"),
        ([{"section": "terms"}, {"section": "acceptance", "en": "# Ours"}], "its own heading"),
    ],
)
def test_a_template_that_leaves_out_what_is_agreed_or_names_what_is_not_known_is_refused(
    openings: list[dict[str, str]], says: str
) -> None:
    content = deepcopy(shipped(PolicyKind.PROPOSAL))
    content["segments"]["smb"] = openings

    with pytest.raises(ValueError, match=says):
        check(PolicyKind.PROPOSAL, content)
