"""Tasks on screen: what they ask, ended with an answer and the time it took, undone, given away, left out."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from renewals.forecast import Doubts, Risk
from renewals.message import Message, MessageKind
from renewals.pipeline import Pipeline, Wanted
from renewals.plan.commitment import COMMITMENT, KNOWN_BY
from renewals.plan.doubt import doubts_about
from renewals.plan.reality import REALITY_CHECK
from renewals.plan.task import Task, TaskState
from renewals.renewal import Renewal
from tests.admin.test_record import said
from tests.world import World

MAYA, OMAR, INES = "maya@lumen.example", "omar@lumen.example", "ines@lumen.example"


def open_task(world: World, account: str, pattern: str) -> UUID:
    """The task of that kind; opened here when its milestone has not come yet."""
    with world.writing() as session:
        renewal = world.renewal(account)
        tasks = session.scalars(select(Task).where(Task.renewal_id == renewal)).all()
        found = next((task for task in tasks if task.pattern == pattern), None)
        if found is None:
            like = tasks[0]
            found = Task(
                account_id=like.account_id, renewal_id=renewal, milestone_id=like.milestone_id, pattern=pattern,
                catalogue=like.catalogue, role="owner", assignee_id=like.assignee_id, due_on=like.due_on,
                opened_at=like.opened_at, state=TaskState.OPEN, outcome={}, minutes=0,
            )
            session.add(found)
            session.flush()
        return found.id


def task_of(world: World, key: UUID) -> Task:
    with world.reading() as session:
        return session.get_one(Task, key)


def test_a_task_says_why_now_what_to_ask_and_what_the_data_knows(world: World) -> None:
    key = open_task(world, "halden-bank", "account_review")

    page = said(world.signed_in(MAYA).get(f"/admin/tasks/{key}").text)

    for words in (
        "Account review and planning", "The team looks at the whole account together once",
        "Why now It belongs to T-120",
        "Which concerns or issues are there", "Seats used 368 of 400", "Hours saved 9,850 h",
        "Last contact 4 August 2026",
        "Manager Ines Carvalho",
    ):
        assert words in page, words


def test_a_review_begins_with_what_is_known(world: World) -> None:
    page = world.signed_in(MAYA).get(f"/admin/tasks/{open_task(world, 'halden-bank', 'account_review')}").text

    assert re.search(r'name="answer.health" value="green" checked', page)
    assert "9,850 hours saved (Appointment system" in page
    assert re.search(r'name="minutes"[^>]*value="45"', page)


def test_a_task_is_ended_with_its_answers_and_books_its_time_in_one_press(world: World) -> None:
    key = open_task(world, "cedar-dental", "quick_health_check")
    maya = world.signed_in(MAYA)

    answer = maya.post(f"/admin/tasks/{key}/outcome", {"answer.verdict": "runs", "minutes": "15"}, page="/admin")

    task = task_of(world, key)
    assert answer.headers["location"] == f"/admin?ended={key}"
    assert (task.state, task.outcome, task.minutes) == (TaskState.DONE, {"verdict": "runs"}, 15)
    page = said(maya.get(answer.headers["location"]).text)
    assert "Done: Quick health check, 15 min booked. Undo" in page
    record = said(maya.get(f"/admin/renewals/{task.renewal_id}").text)
    assert "15 min booked of" in record
    assert "Maya Iskandar finished “Quick health check”" in record
    assert "Verdict Runs by itself What to watch unknown" in record


def test_without_an_answer_it_stays_open_and_what_was_typed_stays(world: World) -> None:
    key = open_task(world, "cedar-dental", "quick_health_check")

    form = {"answer.note": "Ask about the second chair", "minutes": "20"}
    answer = world.signed_in(MAYA).post(f"/admin/tasks/{key}/outcome", form, page="/admin")

    assert answer.status_code == 422
    assert "“Verdict” is still needed." in answer.text
    assert "Ask about the second chair" in answer.text
    assert 'value="20"' in answer.text
    assert task_of(world, key).is_open


def test_every_kind_of_answer_is_read_as_it_is_typed(world: World) -> None:
    key = open_task(world, "halden-bank", "expansion_assessment")
    form = {
        "answer.decision": "bundle", "answer.signals": "3", "answer.what": "Two more branches",
        "answer.value": "USD 72,000", "answer.look_again_on": "2026-09-01", "minutes": "30",
    }
    options = world.signed_in(MAYA).get(f"/admin/tasks/{key}").text
    form["answer.decision"] = re.findall(r'name="answer.decision" value="(\w+)"', options)[0]

    world.signed_in(MAYA).post(f"/admin/tasks/{key}/outcome", form, page="/admin")

    outcome = task_of(world, key).outcome
    assert outcome["value"] == {"minor": 7_200_000, "currency": "USD"}
    assert (outcome["signals"], outcome["look_again_on"]) == (3, "2026-09-01")


def test_people_are_written_with_commas_between_them(world: World) -> None:
    key = open_task(world, "halden-bank", "stakeholder_map")
    page = world.signed_in(MAYA).get(f"/admin/tasks/{key}").text
    form = {"answer.mapped": "Anna Vik, Kari Strand", "minutes": "45"}
    form["answer.threads"] = re.findall(r'name="answer.threads" value="(\w+)"', page)[0]

    world.signed_in(MAYA).post(f"/admin/tasks/{key}/outcome", form, page="/admin")

    assert task_of(world, key).outcome["mapped"] == ["Anna Vik", "Kari Strand"]


def test_what_was_ended_is_taken_back_and_what_was_booked_stays(world: World) -> None:
    key, maya = open_task(world, "cedar-dental", "quick_health_check"), world.signed_in(MAYA)
    maya.post(f"/admin/tasks/{key}/outcome", {"answer.verdict": "runs", "minutes": "15"}, page="/admin")

    maya.post(f"/admin/tasks/{key}/reopening", page="/admin")

    task = task_of(world, key)
    assert task.is_open
    assert task.minutes == 15
    assert 'value="runs" checked' in maya.get(f"/admin/tasks/{key}").text


def test_a_task_is_left_out_only_with_a_reason(world: World) -> None:
    key, maya = open_task(world, "cedar-dental", "quick_health_check"), world.signed_in(MAYA)

    refused = maya.post(f"/admin/tasks/{key}/waiver", {"reason": " "}, page="/admin")
    maya.post(f"/admin/tasks/{key}/waiver", {"reason": "We spoke yesterday", "back": "renewal"}, page="/admin")

    task = task_of(world, key)
    assert refused.status_code == 422
    assert "Say why this is left out." in refused.text
    assert (task.state, task.reason) == (TaskState.WAIVED, "We spoke yesterday")


def test_a_task_is_given_to_a_colleague_and_stands_in_their_day(world: World) -> None:
    key, maya = open_task(world, "cedar-dental", "quick_health_check"), world.signed_in(MAYA)
    grace = world.person("grace@lumen.example")

    maya.post(f"/admin/tasks/{key}/assignee", {"person": str(grace.id)}, page="/admin")

    day = said(world.signed_in("grace@lumen.example").get("/admin?whose=mine").text)
    assert "Cedar Dental renews in 30 days Quick health check" in day
    record = said(maya.get(f"/admin/renewals/{world.renewal('cedar-dental')}").text)
    assert "Maya Iskandar gave “Quick health check” to Grace Okafor" in record


def test_the_day_groups_tasks_by_urgency_and_by_renewal(world: World) -> None:
    with world.writing() as session:
        task = session.get_one(Task, open_task(world, "cedar-dental", "quick_health_check"))
        task.due_on = task.due_on.replace(day=1)

    whole = world.signed_in(MAYA).get("/admin").text

    assert re.search(r"<span>Today</span> <span [^>]+>1</span>", whole)
    late, week = said(whole).split("Until Wed 12 Aug", 1)
    assert "1 task late" in late
    assert "Late 1" in late
    assert "Cedar Dental renews in 30 days Quick health check was due 4 days ago · 15 min" in late
    assert "Pelangi Café" in week


@pytest.mark.whole_book
def test_the_day_of_a_colleague_and_the_teams_stand_in_the_address(world: World) -> None:
    maya, ravi = world.signed_in(MAYA), world.person("ravi@lumen.example")

    theirs, teams = said(maya.get(f"/admin?whose={ravi.id}").text), said(maya.get("/admin?whose=team").text)

    assert "Ravi Menon’s day" in theirs
    assert "Pelangi Café" not in theirs.split("The next 90 days")[1]
    assert "Everybody’s renewals" in teams
    assert "Planned" in teams.split("By stage")[1]


def test_far_from_done_at_t14_the_blocker_is_named_or_the_risk_goes_up(world: World) -> None:
    key, omar = open_task(world, "northwind-freight", REALITY_CHECK), world.signed_in(OMAR)
    renewal = world.renewal("northwind-freight")
    before = outlook(world, renewal)
    path = f"/admin/tasks/{key}/outcome"

    nearly = omar.post(path, {"answer.verdict": "close", "minutes": "10"}, page="/admin")
    unnamed = omar.post(path, {"answer.verdict": "blocker", "minutes": "10"}, page="/admin")
    raised = omar.post(path, {"answer.verdict": "risk", "minutes": "10"}, page="/admin")

    assert (nearly.status_code, unnamed.status_code, raised.status_code) == (409, 422, 303)
    assert "Name the blocker, or let the risk go up." in unnamed.text
    after = outlook(world, renewal)
    assert (before, after) == ((70, "medium"), (55, "high"))
    assert "Far from done at T-14, with no blocker named −15" in said(omar.get(f"/admin/renewals/{renewal}").text)
    with world.reading() as session:
        told = session.scalars(
            select(Message).where(Message.renewal_id == renewal, Message.kind == MessageKind.ESCALATE)
        ).all()
        assert [message.email for message in told] == [INES]


def test_the_question_whether_it_is_far_from_done_is_not_left_out_until_it_is_agreed(world: World) -> None:
    key, omar = open_task(world, "northwind-freight", REALITY_CHECK), world.signed_in(OMAR)

    answer = omar.post(f"/admin/tasks/{key}/waiver", {"reason": "It will be fine"}, page="/admin")

    assert answer.status_code == 409
    assert "name the blocker, or let the risk go up" in answer.text
    assert task_of(world, key).is_open


def test_a_named_blocker_leaves_the_risk_where_it_is(world: World) -> None:
    key, renewal = open_task(world, "northwind-freight", REALITY_CHECK), world.renewal("northwind-freight")
    before = outlook(world, renewal)

    form = {"answer.verdict": "blocker", "answer.blocker": "Their new CFO has not seen it", "minutes": "10"}
    world.signed_in(OMAR).post(f"/admin/tasks/{key}/outcome", form, page="/admin")

    assert outlook(world, renewal) == before


def test_a_yellow_customer_whose_word_is_not_written_down_by_t45_counts_as_red(world: World) -> None:
    key, renewal = open_task(world, "northwind-freight", COMMITMENT), world.renewal("northwind-freight")
    path, answers = f"/admin/tasks/{key}/outcome", {"answer.said_by": "Tess", "answer.said_on": "2026-08-05"}

    in_time, silent = outlooks(world, renewal)
    with world.reading() as session:
        found = session.get_one(Renewal, renewal)
        day = found.renews_on - timedelta(days=KNOWN_BY - 1)
        assert doubts_about(session, [renewal], day) == {renewal: Doubts(silent=True)}
        risky = Pipeline(session, day).page(Wanted(risk=Risk.HIGH, text="northwind"))
        assert [row.id for row in risky] == [renewal]
    asked = world.signed_in(OMAR).post(path, answers | {"answer.commitment": "conditional"}, page="/admin")
    assert asked.status_code == 303, asked.text

    assert silent == (in_time[0] - 25, "high") and in_time[1] != "high"
    assert outlooks(world, renewal) == [in_time, in_time]


def outlooks(world: World, renewal: UUID) -> list[tuple[int, str]]:
    """On the last day for their word, and on the day after it."""
    with world.reading() as session:
        found = session.get_one(Renewal, renewal)
        days = [found.renews_on - timedelta(days=days) for days in (KNOWN_BY, KNOWN_BY - 1)]
        told = [Pipeline(session, day).one(found).forecast for day in days]
        return [(one.probability, one.risk.value) for one in told]


def outlook(world: World, renewal: UUID) -> tuple[int, str]:
    with world.reading() as session:
        found = session.get_one(Renewal, renewal)
        forecast = Pipeline(session, found.account.today(found.opened_at)).one(found).forecast
        return forecast.probability, forecast.risk.value
