"""Calendar feeds, read back by a library that did not write them."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import vobject
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Select, select, update

from gateways.calendar import Entry, write
from renewals.account import Account
from renewals.feed import Feed
from renewals.person import Person
from renewals.plan.milestone import Milestone, MilestoneState
from renewals.plan.plan import hours_of
from renewals.plan.task import Task, TaskState
from renewals.policy import Policy, PolicyKind
from renewals.renewal import Renewal
from tests.web.guest import Guest, known, stranger
from tests.world import World

RUTH, DANA, MAYA = "ruth@cedar-dental.example", "dana@northwind-freight.example", "maya@lumen.example"
NOW = datetime(2026, 8, 5, 16, 30, tzinfo=UTC)
ADDRESS = re.compile(r'value="http://testserver\.local(/calendar/[^"]+\.ics)"')
Read = dict[str, Any]


def address(guest: Guest, room: str = "/calendar", **form: str) -> str:
    """A new one, as the page shows it."""
    assert guest.post(room, form).status_code == 303
    return ADDRESS.findall(guest.get(room).text)[-1]


def events(text: str) -> Read:
    """By UID."""
    calendar = vobject.readOne(text)
    assert calendar.name == "VCALENDAR"
    return {event.uid.value: event for event in calendar.vevent_list}


def titles(read: Read) -> dict[str, date]:
    return {event.summary.value: event.dtstart.value for event in read.values()}


def test_a_customers_calendar_holds_what_is_shared_and_their_own_steps(world: World) -> None:
    dana, renewal = known(world, world.person(DANA)), world.renewal("northwind-freight")
    dana.post(f"/renewals/{renewal}/steps", {"title": "Legal; review, part 1", "days": "5", "due_on": "2026-08-14"})

    text = stranger(world).get(address(dana)).text

    assert titles(events(text)) == {
        "Lumen: your year in figures": date(2026, 7, 26),
        "Lumen: we prepare our proposal": date(2026, 8, 10),
        "Legal; review, part 1": date(2026, 8, 14),
        "Lumen: your options": date(2026, 8, 25),
        "Lumen: last day to decide, as we plan it": date(2026, 8, 25),
        "Lumen: time to agree, so that the papers are made in time": date(2026, 9, 10),
        "Lumen: a last reminder, if we need it": date(2026, 9, 17),
        "Lumen: your new term begins": date(2026, 9, 24),
    }
    decide = next(one for one in events(text).values() if "last day" in one.summary.value)
    assert [one.trigger.value for one in decide.valarm_list] == [-timedelta(days=6, hours=15), -timedelta(hours=15)]
    assert decide.status.value == "CONFIRMED"
    said = " ".join(f"{one.summary.value} {one.description.value}" for one in events(text).values())
    assert not re.search(r"\bt-?\d|health|risk|escalat|kickoff", said, re.I)


def test_it_speaks_the_language_it_was_made_in(world: World) -> None:
    aisyah = known(world, world.person("aisyah@pelangi-cafe.example"))
    aisyah.cookies["kekal_locale"] = "ms"

    read = titles(events(stranger(world).get(address(aisyah)).text))

    assert "Lumen: tempoh baharu anda bermula" in read


def test_the_same_is_answered_byte_for_byte_and_polled_cheaply(world: World) -> None:
    ruth = known(world, world.person(RUTH))
    path = address(ruth)
    first = stranger(world).get(path)

    again = ruth.get(path)
    polled = stranger(world).ask("GET", path, headers={"If-None-Match": first.headers["etag"]})

    assert first.content == again.content
    assert "set-cookie" not in first.headers
    assert first.headers["content-type"] == "text/calendar; charset=utf-8"
    assert (polled.status_code, polled.content) == (304, b"")
    assert stranger(world).ask("GET", path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_unknown_and_revoked_addresses_are_not_there(world: World) -> None:
    ruth = known(world, world.person(RUTH))
    path = address(ruth)
    key = re.findall(r"/calendar/addresses/([0-9a-f-]+)/revocation", ruth.get("/calendar").text)[0]

    assert ruth.post(f"/calendar/addresses/{key}/revocation").status_code == 303

    wrong = [path, path.removesuffix(".ics"), f"{path[:-5]}x.ics", "/calendar/nothing.ics"]
    answers = {(one.status_code, one.content) for one in map(stranger(world).get, wrong)}
    assert answers == {(404, b"")}
    assert ADDRESS.findall(ruth.get("/calendar").text) == []


def test_who_has_left_reads_nothing_any_more(world: World) -> None:
    path = address(known(world, world.person(RUTH)))
    with world.writing() as session:
        session.execute(update(Person).where(Person.email == RUTH).values(active=False))

    assert stranger(world).get(path).status_code == 404


def test_the_page_says_when_it_was_last_read_and_the_row_opens_nothing(world: World) -> None:
    ruth = known(world, world.person(RUTH))
    path = address(ruth)
    assert "not read yet" in ruth.get("/calendar").text

    stranger(world).get(path)

    assert "last read on" in ruth.get("/calendar").text
    with world.reading() as session:
        row = session.execute(select(Feed.__table__)).one()
    assert path.removeprefix("/calendar/").removesuffix(".ics") not in str(row)


def test_a_moved_date_keeps_its_uid_and_counts_up(world: World) -> None:
    path = address(known(world, world.person(DANA)))
    before = events(stranger(world).get(path).text)
    with world.writing() as session:
        renewal = Renewal.find(session, world.renewal("northwind-freight"))
        hours = hours_of(renewal.account, Policy.in_force(session, PolicyKind.PLAN, NOW.date()))
        found = {one.key: one for one in session.scalars(Milestone.of_renewal(renewal.id))}
        maya = session.get_one(Person, world.person(MAYA).id)
        found["t45"].move_to(date(2026, 8, 12), renewal.renews_on, hours, "They are away", by=maya, at=NOW)
        found["t7"].waive("They asked us not to", by=maya, at=NOW)
        moved, waived = f"{found['t45'].id}@kekal", f"{found['t7'].id}@kekal"

    after = events(stranger(world).get(path).text)

    assert after.keys() == before.keys()
    assert after[moved].dtstart.value == date(2026, 8, 12)
    assert int(after[moved].sequence.value) == int(before[moved].sequence.value) + 1
    assert after[moved].last_modified.value == NOW
    assert (after[waived].status.value, "valarm" in after[waived].contents) == ("CANCELLED", False)
    assert int(after[waived].sequence.value) > int(before[waived].sequence.value)


def waiting_for(person: Person) -> Select[Task]:
    mine = select(Task).where(Task.assignee_id == person.id, Task.state == TaskState.OPEN)
    return mine.order_by(Task.due_on, Task.id)


def test_a_member_of_the_staff_sees_milestones_and_tasks_as_work(world: World) -> None:
    maya = known(world, world.person(MAYA))

    read = events(stranger(world).get(address(maya, "/admin/calendar", scope="own")).text)

    with world.reading() as session:
        tasks = session.scalars(waiting_for(world.person(MAYA))).all()
        own = session.scalars(
            select(Milestone).join(Renewal, Renewal.id == Milestone.renewal_id).where(
                Renewal.owner_id == world.person(MAYA).id, Renewal.state.not_in(("won", "lost")), ~Milestone.quiet
            )
        ).all()
    blocks = [read[f"{task.id}@kekal"] for task in tasks]
    assert tasks and own
    assert {f"{one.id}@kekal" for one in own} <= read.keys()
    for block in blocks:
        assert block.dtstart.value.tzinfo is not None
        assert timedelta(0) < block.dtend.value - block.dtstart.value <= timedelta(hours=4)
        assert block.transp.value == "OPAQUE"


def test_the_team_sees_everybodys_milestones_and_nobodys_tasks(world: World) -> None:
    maya = known(world, world.person(MAYA))

    read = events(stranger(world).get(address(maya, "/admin/calendar", scope="team")).text)

    assert len(read) > 40
    assert {type(one.dtstart.value) for one in read.values()} == {date}
    assert maya.post("/admin/calendar", {"scope": "everything"}).status_code == 422


def test_a_customer_can_not_ask_for_the_teams_calendar(world: World) -> None:
    ruth = known(world, world.person(RUTH))

    read = titles(events(stranger(world).get(address(ruth, scope="team")).text))

    assert all("Halden" not in title and "Northwind" not in title for title in read)
    assert "Lumen: your new term begins" in read


def test_a_won_renewals_dates_are_called_off_and_the_next_ones_are_there(world: World) -> None:
    ruth = world.signed_in(RUTH)
    path = address(known(world, world.person(RUTH)))
    before = events(stranger(world).get(path).text)
    old = world.renewal("cedar-dental")

    ruth.click(old)
    world.work()

    after = events(stranger(world).get(path).text)
    assert after[f"{old}-decide@kekal"].status.value == "CANCELLED"
    assert after[f"{old}-renews@kekal"].status.value == "CONFIRMED"
    assert len(after) > len(before)
    assert f"{world.renewal('cedar-dental')}-decide@kekal" in after


@pytest.mark.parametrize(("zone", "opens"), [("America/Chicago", 12), ("Europe/Berlin", 5), ("Asia/Kuala_Lumpur", 23)])
def test_work_stands_at_the_hour_the_office_opens_in_summer_and_in_winter(
    world: World, zone: str, opens: int
) -> None:
    with world.writing() as session:
        task = session.scalars(waiting_for(world.person(MAYA))).first()
        assert task is not None
        session.execute(update(Account).where(Account.id == task.account_id).values(timezone=zone))
        session.execute(update(Task).where(Task.id != task.id).values(state="done"))
        session.execute(update(Task).where(Task.id == task.id).values(due_on=date(2026, 8, 12)))
    path = address(known(world, world.person(MAYA)), "/admin/calendar", scope="own")
    summer = events(stranger(world).get(path).text)[f"{task.id}@kekal"].dtstart.value
    with world.writing() as session:
        session.execute(update(Task).where(Task.id == task.id).values(due_on=date(2026, 12, 9)))
    winter = events(stranger(world).get(path).text)[f"{task.id}@kekal"].dtstart.value

    shift = 0 if zone.startswith("Asia") else 1
    assert (summer.hour, summer.minute) == (opens, 30)
    assert (winter.hour, winter.minute) == ((opens + shift) % 24, 30)


texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=200)


@settings(max_examples=150, deadline=None)
@given(texts.filter(str.strip), texts, st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.booleans())
def test_whatever_people_write_comes_back_as_they_wrote_it(title: str, text: str, day: date, cancelled: bool) -> None:
    entry = Entry("1@kekal", title, text, "https://kekal.example/", day, cancelled=cancelled)

    written = write("Dates", [entry])

    (read,) = events(written.decode()).values()
    assert (read.summary.value, read.description.value, read.dtstart.value) == (title, text, day)
    assert read.dtend.value == day + timedelta(days=1)
    assert all(len(line) <= 75 for line in written.split(b"\r\n"))


def test_nothing_of_the_plan_before_t60_stands_in_a_customers_calendar(world: World) -> None:
    with world.writing() as session:
        renewal = world.renewal("halden-bank")
        session.execute(update(Milestone).where(Milestone.renewal_id == renewal, Milestone.key == "t120").values(
            days=40, due_on=date(2026, 9, 9), state=MilestoneState.PLANNED
        ))

    read = titles(events(stranger(world).get(address(known(world, world.person("anna@halden-bank.example")))).text))

    assert date(2026, 9, 9) not in read.values()
