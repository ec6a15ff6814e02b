"""The plan on screen: moved, left out and taken up again, each with its reason and with who did it."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Text, cast, select

from app.chores.day import begin_day
from app.demo import time
from app.work import Work
from renewals.event import Event, EventName
from renewals.plan.action import Action
from renewals.plan.doubt import doubts_about
from renewals.plan.milestone import Milestone, MilestoneState
from renewals.plan.reality import REALITY_CHECK
from renewals.plan.task import Task
from renewals.renewal import Renewal
from tests.admin.test_record import said
from tests.admin.test_task import open_task
from tests.world import World

MAYA, FARAH = "maya@lumen.example", "farah@lumen.example"


def milestone(world: World, account: str, key: str) -> Milestone:
    with world.reading() as session:
        query = select(Milestone).where(Milestone.renewal_id == world.renewal(account), Milestone.key == key)
        return session.scalars(query).one()


def test_the_plan_is_a_line_of_milestones_with_their_days(world: World) -> None:
    page = said(world.signed_in(MAYA).get(f"/admin/renewals/{world.renewal('halden-bank')}").text)

    plan = page.split("The plan", 1)[1]
    assert plan.index("T-120 Sun 21 Jun") < plan.index("T-60 Thu 20 Aug in 15 days") < plan.index("After Tue 20 Oct")


def test_what_comes_next_is_told_before_what_was(world: World) -> None:
    page = said(world.signed_in(MAYA).get(f"/admin/renewals/{world.renewal('halden-bank')}").text)

    story = page.split("The story", 1)[1]
    does = "write them a friendly letter and show them the preliminary terms"
    assert f"20 Aug 2026 T-60 : Kekal will {does}; 5 tasks open: Friendly notice" in story
    assert story.index("What comes next") < story.index("Until now") < story.index("tasks opened: Account review")


def test_a_mail_that_waits_says_when_it_leaves_and_one_that_left_says_to_whom(world: World) -> None:
    page = said(world.signed_in(MAYA).get(f"/admin/renewals/{world.renewal('cedar-dental')}").text)

    assert "Mailed Ruth Calder: “" in page


def test_a_milestone_is_moved_with_a_reason_and_says_who_moved_it(world: World) -> None:
    moved, maya = milestone(world, "halden-bank", "t60"), world.signed_in(MAYA)
    form = {"day": "2026-08-24", "reason": "Their board meets on the 21st"}

    answer = maya.post(f"/admin/milestones/{moved.id}/day", form, page="/admin")

    after = milestone(world, "halden-bank", "t60")
    assert answer.status_code == 303
    assert (after.due_on, after.by_hand) == (date(2026, 8, 24), True)
    page = said(maya.get(answer.headers["location"]).text)
    assert "T-60 Mon 24 Aug in 19 days, 5 tasks; moved by Maya Iskandar: Their board meets on the 21st" in page
    assert "Maya Iskandar moved T-60 from 2026-08-20 to 2026-08-24" in page


def test_a_milestone_that_is_moved_to_today_is_done_today(world: World) -> None:
    """The sweep has passed this morning already; nothing that is due by a person's hand is lost behind it."""
    moved, maya = milestone(world, "halden-bank", "t60"), world.signed_in(MAYA)

    maya.post(f"/admin/milestones/{moved.id}/day", {"day": "2026-08-05", "reason": "They asked"}, page="/admin")
    live(world, 0)

    assert milestone(world, "halden-bank", "t60").state is MilestoneState.REACHED
    page = said(maya.get(f"/admin/renewals/{world.renewal('halden-bank')}").text)
    assert "write them a friendly letter, and waits: It leaves at T-60, no earlier." in page
    assert "5 tasks opened: " in page


def test_a_milestone_is_left_out_and_taken_up_again(world: World) -> None:
    left, maya = milestone(world, "halden-bank", "t60"), world.signed_in(MAYA)
    path = f"/admin/milestones/{left.id}"

    unsaid = maya.post(f"{path}/waiver", {"why": ""}, page="/admin")
    maya.post(f"{path}/waiver", {"why": "They wrote to us first"}, page="/admin")
    live(world, 18)
    page = said(maya.get(f"/admin/renewals/{left.renewal_id}").text)
    maya.post(f"{path}/return", page="/admin")
    live(world, 0)

    assert unsaid.status_code == 422
    assert "Say why the plan changes." in unsaid.text
    assert "T-60 Thu 20 Aug left out by Maya Iskandar: They wrote to us first" in page
    assert milestone(world, "halden-bank", "t60").state is MilestoneState.REACHED
    with world.reading() as session:
        assert session.scalars(select(Action).where(Action.milestone_id == left.id)).all()


def test_every_reason_is_told_in_the_story_and_none_stands_in_the_chain(world: World) -> None:
    """Words can be erased; the chain never is. What was taken back is told as well."""
    maya, renewal = world.signed_in(MAYA), world.renewal("halden-bank")
    account, here = world.person("anna@halden-bank.example").account_id, f"/admin/renewals/{renewal}"
    moved, left = milestone(world, "halden-bank", "t45").id, milestone(world, "halden-bank", "t60").id
    task = open_task(world, "halden-bank", "account_review")
    asked = [
        (f"/admin/milestones/{moved}/day", {"day": "2026-09-07", "reason": "because one"}),
        (f"/admin/milestones/{left}/waiver", {"why": "because two"}), (f"/admin/milestones/{left}/return", {}),
        (f"/admin/tasks/{task}/waiver", {"reason": "because three"}), (f"/admin/tasks/{task}/reopening", {}),
        (f"{here}/routing", {"part": "strategy", "value": "save_mode", "reason": "because four"}),
        (f"{here}/segment", {"segment": "mid-market", "reason": "because five"}),
        (f"/admin/accounts/{account}/strategic", {"review_on": "2026-12-01", "reason": "because six"}),
        (f"/admin/accounts/{account}/strategic", {"end": "yes", "reason": "because seven"}),
    ]

    answers = [maya.post(path, form, page="/admin").status_code for path, form in asked]

    assert answers == [303] * len(asked)
    story = said(maya.get(here).text) + said(maya.get(f"/admin/accounts/{account}").text)
    for number in ("one", "two", "three", "four", "five", "six", "seven"):
        assert f"because {number}" in story, number
    with world.reading() as session:
        details = session.scalars(select(cast(Event.details, Text))).all()
        assert not [one for one in details if "because" in one]


@pytest.mark.parametrize(("key", "words"), [("notice", "The legal notice"), ("after3", "T+3"), ("t60", "T-60")])
def test_a_milestone_is_called_in_a_sentence_as_people_call_it(world: World, key: str, words: str) -> None:
    renewal = world.renewal("halden-bank")
    with world.writing() as session:
        found = session.get_one(Renewal, renewal)
        Event.record(session, EventName.MILESTONE_REACHED, found, by=None, at=found.opened_at, key=key)

    assert f"{words} was reached" in said(world.signed_in(MAYA).get(f"/admin/renewals/{renewal}").text)


def test_what_has_happened_stays_where_it_is(world: World) -> None:
    reached, maya = milestone(world, "halden-bank", "t120"), world.signed_in(MAYA)

    answers = [
        maya.post(f"/admin/milestones/{reached.id}/{act}", form, page="/admin").status_code
        for act, form in {
            "day": {"day": "2026-09-01", "reason": "Later"}, "waiver": {"why": "No need"}, "return": {},
        }.items()
    ]

    assert answers == [409, 409, 409]


def test_who_runs_no_renewals_changes_no_plan(world: World) -> None:
    untouched, farah = milestone(world, "halden-bank", "t60"), world.signed_in(FARAH)

    answer = farah.post(f"/admin/milestones/{untouched.id}/waiver", {"why": "Because"}, page="/admin")

    assert answer.status_code == 403
    assert "Leave it out" not in farah.get(f"/admin/milestones/{untouched.id}").text


def live(world: World, days: int) -> None:
    """The days until then, and the work of each."""
    time.stand_at(world.house.database, time.today(world.house.database) + timedelta(days=days))
    Work(world.house).run(begin_day)



@pytest.mark.parametrize("bulk", [False, True])
def test_leaving_t14_out_does_not_leave_out_whether_it_is_far_from_done(world: World, bulk: bool) -> None:
    left, maya, renewal = milestone(world, "halden-bank", "t14"), world.signed_in(MAYA), world.renewal("halden-bank")
    if bulk:
        many = {f"pick.{renewal}": "on", "act": "waive", "key": "t14", "reason": "It will be fine"}
        maya.post("/admin/bulk", many, page="/admin")
    else:
        maya.post(f"/admin/milestones/{left.id}/waiver", {"why": "It will be fine"}, page="/admin")
    world.work()

    with world.reading() as session:
        (task,) = session.scalars(select(Task).where(Task.renewal_id == renewal, Task.milestone_id == left.id))
        assert (task.pattern, task.is_open) == (REALITY_CHECK, True)
        assert doubts_about(session, [renewal], task.due_on + timedelta(days=1))[renewal].raised
