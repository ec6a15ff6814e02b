"""The shared timeline: each step says when, what, and whose hands it is in."""

import re
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import update

from renewals.person import Person
from renewals.plan.milestone import Milestone
from renewals.plan.plan import hours_of
from renewals.policy import Policy, PolicyKind
from renewals.renewal import Renewal
from tests.web.cast import RUTH, Cast
from tests.web.guest import known
from tests.world import World

NOW = datetime(2026, 8, 5, 15, 30, tzinfo=UTC)
STEP = re.compile(r'<li class="timeline__step.*?</li>', re.S)
TAG = re.compile(r"<[^>]+>")


@pytest.fixture(scope="module")
def cast_here(standing: World) -> Cast:
    return Cast(standing)


def steps(page: str) -> list[str]:
    """Each step as its words; the dates aside."""
    return [" ".join(TAG.sub(" ", step.partition("</time>")[2]).split()) for step in STEP.findall(page)]


def test_each_step_of_a_small_customer_says_who_does_it(cast_here: Cast) -> None:
    page = cast_here.look("owner").get(f"/renewals/{cast_here.own.renewal_id}").text

    assert steps(page) == [
        "Your year in figures is on this page Done Done on 5 Aug Automatic",
        "Your options are ready Your turn to choose",
        "A reminder, if you have not chosen Automatic",
        "Last day to decide, as we plan it; nothing renews by itself You",
        "A last reminder, if we need it Automatic",
        "Your new term begins Automatic",
    ]


def test_what_a_person_does_carries_their_name(standing: World) -> None:
    dana = known(standing, standing.person("dana@northwind-freight.example"))

    page = dana.get(f"/renewals/{standing.renewal('northwind-freight')}").text

    assert "We prepare our proposal Omar Haddad" in steps(page)
    assert "Time to agree, so that the papers are made in time You" in steps(page)


def test_who_does_it_is_said_in_malay_too(standing: World) -> None:
    ruth = known(standing, standing.person(RUTH))
    ruth.cookies["kekal_locale"] = "ms"

    page = ruth.get(f"/renewals/{standing.renewal('cedar-dental')}").text
    last_words = [words.rsplit(" ", 1)[1] for words in steps(page)]

    assert last_words == ["Automatik", "memilih", "Automatik", "Anda", "Automatik", "Automatik"]


def changed(standing: World, key: str, account: str, **facts: object) -> None:
    with standing.writing() as session:
        renewal = Renewal.find(session, standing.renewal(account))
        found = session.scalars(Milestone.of_renewal(renewal.id).where(Milestone.key == key)).one()
        hours = hours_of(renewal.account, Policy.in_force(session, PolicyKind.PLAN, date(2026, 8, 5)))
        maya = session.get_one(Person, standing.person("maya@lumen.example").id)
        match facts:
            case {"day": date() as day}:
                found.move_to(day, renewal.renews_on, hours, "They are away", by=maya, at=NOW)
            case _:
                found.waive("They asked us not to", by=maya, at=NOW)


def test_a_moved_date_says_so_and_a_waived_one_is_gone(world: World) -> None:
    dana = known(world, world.person("dana@northwind-freight.example"))
    changed(world, "t45", "northwind-freight", day=date(2026, 8, 12))
    changed(world, "t7", "northwind-freight")

    page = dana.get(f"/renewals/{world.renewal('northwind-freight')}").text

    assert "We prepare our proposal Moved from 10 Aug Omar Haddad" in steps(page)
    assert "12 Aug" in page
    assert "A last reminder, if we need it Automatic" not in steps(page)


def test_an_internal_milestone_that_is_moved_near_stays_ours(world: World) -> None:
    """It may stand on a day that is shared; what it is about is not."""
    with world.writing() as session:
        renewal = world.renewal("halden-bank")
        found = session.scalars(Milestone.of_renewal(renewal).where(Milestone.key == "t90")).one()
        session.execute(
            update(Milestone).where(Milestone.id == found.id).values(days=50, due_on=date(2026, 8, 30), state="planned")
        )

    page = known(world, world.person("anna@halden-bank.example")).get(f"/renewals/{renewal}").text

    assert len(steps(page)) == 7
    assert "30 Aug" not in page


def test_before_the_plan_is_drawn_the_two_dates_that_matter_stand_there(world: World) -> None:
    renewal = world.renewal("cedar-dental")
    with world.writing() as session:
        session.execute(update(Milestone).where(Milestone.renewal_id == renewal).values(quiet=True))

    page = known(world, world.person(RUTH)).get(f"/renewals/{renewal}").text

    assert steps(page) == [
        "Last day to decide, as we plan it; nothing renews by itself You", "Your new term begins Automatic",
    ]


def test_a_term_that_ran_out_says_so_and_nothing_that_nobody_did_is_done(world: World) -> None:
    dana, renewal = known(world, world.person("dana@northwind-freight.example")), world.renewal("northwind-freight")
    world.stand_at(date(2026, 9, 25))

    page = dana.get(f"/renewals/{renewal}").text

    assert "Your term is over; the next has not begun Automatic" in steps(page)
    assert "Last day to decide, as we plan it; nothing renews by itself Gone by You" in steps(page)
    assert "Time to agree, so that the papers are made in time Gone by You" in steps(page)
    assert "and it is not renewed yet." in page
    assert "Decide by" not in page
