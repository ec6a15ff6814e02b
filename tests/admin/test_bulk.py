"""Many renewals at once: each done or refused by itself, and the report says which."""

import re
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from app.chores.plan import do_bulk
from app.work import Work
from renewals.bulk import Bulk
from renewals.plan.milestone import Milestone, MilestoneState
from renewals.plan.task import Task, TaskState
from renewals.renewal import CLOSED, Renewal
from renewals.subscription import Line, Term
from tests.admin.test_record import said
from tests.admin.test_task import open_task
from tests.world import World

INES, MAYA = "ines@lumen.example", "maya@lumen.example"


def chosen(world: World, *accounts: str) -> dict[str, str]:
    return {f"pick.{world.renewal(account)}": "on" for account in accounts}


def ask(world: World, who: str, form: dict[str, Any]) -> tuple[int, str]:
    """What the worker made of it, as the report says."""
    visitor = world.signed_in(who)
    answer = visitor.post("/admin/bulk", form, page="/admin")
    if answer.status_code != 303:
        return answer.status_code, said(answer.text)
    world.work()
    return 200, said(visitor.get(answer.headers["location"]).text)


def test_many_are_given_to_somebody_and_the_one_who_has_it_is_named(world: World) -> None:
    omar = world.person("omar@lumen.example")
    form = chosen(world, "halden-bank", "cedar-dental", "pelangi-cafe") | {"act": "hand_over", "to": str(omar.id)}

    _, page = ask(world, INES, form)

    assert "2 of 3 renewals: given to Omar Haddad" in page
    assert "Halden Bank Refused Omar Haddad looks after it already." in page
    with world.reading() as session:
        assert session.get_one(Renewal, world.renewal("cedar-dental")).owner_id == omar.id


def test_a_milestone_is_left_out_of_many_plans(world: World) -> None:
    form = chosen(world, "halden-bank", "cedar-dental") | {"act": "waive", "key": "t45", "reason": "Holidays"}

    _, page = ask(world, MAYA, form)

    assert "1 of 2 renewals: T-45 left out" in page
    assert "Cedar Dental Refused Its plan has no T-45." in page
    with world.reading() as session:
        query = select(Milestone).where(Milestone.renewal_id == world.renewal("halden-bank"), Milestone.key == "t45")
        left_out = session.scalars(query).one()
        assert (left_out.state, left_out.reason) == (MilestoneState.WAIVED, "Holidays")


def test_one_kind_of_task_is_finished_for_all_that_have_it(world: World) -> None:
    maya = world.signed_in(MAYA)
    asks = maya.get("/admin/bulk", params={"all": "yes", "segment": "smb", "pattern": "quick_health_check"}).text
    form = {"all": "yes", "segment": "smb", "act": "finish", "pattern": "quick_health_check", "minutes": "5"}
    with world.reading() as session:
        query = select(Task.id).where(Task.pattern == "quick_health_check", Task.state == TaskState.OPEN)
        before = session.scalars(query).all()

    unanswered = maya.post("/admin/bulk", form, page="/admin")
    _, page = ask(world, MAYA, form | {"answer.verdict": "runs"})

    assert "Runs by itself" in asks
    assert unanswered.status_code == 422
    done = re.search(r"(\d+) of (\d+) renewals: “Quick health check” finished", page)
    assert done
    assert int(done[1]) == len(before) < int(done[2])
    assert "No such task is open for it." in page
    with world.reading() as session:
        assert {session.get_one(Task, key).minutes for key in before} == {5}


def test_one_amount_is_not_said_of_renewals_in_two_currencies(world: World) -> None:
    both = ("halden-bank", "northwind-freight")
    keys = {account: open_task(world, account, "expansion_assessment") for account in both}
    with world.writing() as session:
        renewal = session.get_one(Renewal, world.renewal("halden-bank"))
        for kind, which in ((Term, Term.id), (Line, Line.term_id)):
            session.execute(update(kind).where(which == renewal.term_id).values(currency="EUR"))
    form = {"act": "finish", "pattern": "expansion_assessment", "minutes": "5", "answer.value": "8000"}
    form |= {"answer.decision": "bundle", "answer.signals": "1", "answer.what": "More", "answer.look_again_on": ""}

    status, page = ask(world, MAYA, chosen(world, *keys) | form)
    _, alone = ask(world, MAYA, chosen(world, "halden-bank") | form)

    assert status == 422
    assert "They are in EUR and USD: choose those of one currency, or leave it open." in page
    assert "1 of 1 renewal:" in alone
    with world.reading() as session:
        assert session.get_one(Task, keys["halden-bank"]).outcome["value"] == {"minor": 800_000, "currency": "EUR"}


def test_more_than_one_act_takes_are_refused_before_anything_is_asked_about_each(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Bulk, "MOST", 3)
    maya = world.signed_in(MAYA)

    page = maya.get("/admin/bulk?all=yes")
    status, _ = ask(world, MAYA, {"all": "yes", "act": "waive", "key": "t45", "reason": "Holidays"})

    assert (page.status_code, status) == (422, 422)
    assert "Choose at most 3 renewals at once." in page.text


@pytest.mark.whole_book
def test_all_of_the_filter_are_meant_and_no_others(world: World) -> None:
    page = said(world.signed_in(MAYA).get("/admin/bulk?all=yes&segment=enterprise&health=green").text)

    with world.reading() as session:
        open_ones = session.scalars(select(Renewal.id).where(Renewal.state.not_in(CLOSED))).all()
    number = re.search(r"(\d+) renewals at once", page)
    assert number
    assert 0 < int(number[1]) < len(open_ones)
    assert "Halden Bank" in page


def test_who_may_not_do_it_once_may_not_do_it_often(world: World) -> None:
    omar = world.person("omar@lumen.example")
    form = chosen(world, "cedar-dental") | {"act": "hand_over", "to": str(omar.id)}

    status, page = ask(world, MAYA, form)

    assert status == 403
    assert "needs a manager or an administrator" in page


def test_nothing_is_done_with_none(world: World) -> None:
    form = {"act": "waive", "key": "t45", "reason": "Holidays", "pick.nonsense": "on", f"pick.{UUID(int=7)}": "on"}

    status, page = ask(world, MAYA, form)

    assert status == 422
    assert "Choose at least one renewal." in page


def test_a_report_looks_again_by_itself_until_everything_had_its_turn(world: World) -> None:
    maya = world.signed_in(MAYA)
    form = chosen(world, "halden-bank") | {"act": "waive", "key": "t45", "reason": "Holidays"}
    path = maya.post("/admin/bulk", form, page="/admin").headers["location"]

    waiting = maya.get(path)
    world.work()
    over = maya.get(path)

    assert waiting.headers["refresh"] == "1"
    assert "0 of 1 so far" in said(waiting.text)
    assert "refresh" not in over.headers


def test_a_worker_that_begins_again_repeats_nothing(world: World) -> None:
    maya = world.signed_in(MAYA)
    form = chosen(world, "halden-bank", "northwind-freight") | {"act": "waive", "key": "t45", "reason": "Holidays"}
    path = maya.post("/admin/bulk", form, page="/admin").headers["location"]
    world.work()

    Work(world.house).run(do_bulk, subject=UUID(path.rsplit("/", 1)[1]))

    assert "2 of 2 renewals" in said(maya.get(path).text)
