"""Presented means walked through: "Jadualkan mesyuarat untuk berjalan melalui proposal. Jangan hanya email sahaja." """

from copy import deepcopy
from typing import Any

import pytest
from psycopg import errors
from sqlalchemy import select

from renewals.errors import Malformed
from renewals.plan import working
from renewals.plan.catalogue import PRESENTATION, Catalogue
from renewals.plan.presentation import Presentation, arrange
from renewals.plan.task import Task
from renewals.policy import PolicyKind, shipped
from renewals.quoting.quote import Quote
from tests.admin.test_record import said
from tests.quoting.desk import AT, INES, MAYA, Desk, desk
from tests.web.standing import owner_of_the_database
from tests.world import World

MET = {
    "held_on": "2026-08-05", "there": ["Anna Weber", "Maya Iskandar"], "value": True, "proposal": True, "heard": True,
    "next_step": "The board reads it", "next_by": ["Anna Weber"], "next_on": "2026-08-12",
}


def task_of(at: Desk) -> Task:
    return at.session.scalars(
        select(Task).where(Task.renewal_id == at.renewal.id, Task.pattern == PRESENTATION)
    ).one()


def sent(at: Desk) -> Quote:
    """With the meeting arranged, as the worker does it."""
    quote = at.sent(INES)
    arrange(at.renewal, at=AT)
    return quote


def meet(at: Desk, **otherwise: Any) -> None:
    working.finish(at.renewal, task_of(at), MET | otherwise, minutes=35, by=at.who(MAYA), at=AT)


def test_what_was_only_sent_is_not_presented_and_the_meeting_is_work_at_once(world: World) -> None:
    with desk(world) as at:
        key = at.sent(INES).id
    world.work()

    with desk(world) as at:
        found = Presentation.of(at.session, at.renewal)
        assert (found.by_page, found.is_held) == (False, False)
        assert task_of(at).is_open
    page = said(world.signed_in(MAYA).get(f"/admin/quotes/{key}").text)
    assert "Sent is not presented. Walk through it together" in page


@pytest.mark.parametrize(
    ("otherwise", "wish"),
    [
        ({"value": False}, "5 minutes"), ({"proposal": False}, "15 minutes: the proposal"),
        ({"heard": False}, "15 minutes: their concerns"), ({"there": []}, "Who was there"),
        ({"next_step": ""}, "Next step"), ({"next_by": []}, "Who takes it"), ({"next_on": ""}, "By when"),
        ({"next_on": "next month"}, "By when"), ({"next_on": "2026-08-04"}, "comes after the meeting"),
        ({"held_on": "2026-08-20"}, "once you have met"),
    ],
)
def test_a_meeting_has_its_three_parts_and_ends_with_a_person_and_a_calendar_date(
    standing: World, otherwise: dict[str, Any], wish: str
) -> None:
    with desk(standing) as at:
        if not at.session.scalar(select(Task.id).where(Task.renewal_id == at.renewal.id, Task.pattern == PRESENTATION)):
            sent(at)

        with pytest.raises(Malformed, match=wish):
            meet(at, **otherwise)


def test_once_it_was_walked_through_the_desk_says_with_whom_and_what_comes_next(world: World) -> None:
    with desk(world) as at:
        key = sent(at).id
        meet(at)

    page = said(world.signed_in(MAYA).get(f"/admin/quotes/{key}").text)

    assert "Presented on 5 Aug 2026 with Anna Weber and Maya Iskandar" in page
    assert "Next: The board reads it, Anna Weber by 12 Aug 2026" in page


def test_for_a_small_renewal_the_mail_and_the_page_are_the_presentation(world: World) -> None:
    with desk(world, "cedar-dental") as at:
        at.sent()

        assert Presentation.of(at.session, at.renewal).by_page


def test_a_company_can_not_take_the_next_step_out_of_the_meeting() -> None:
    content = deepcopy(shipped(PolicyKind.TASKS))
    [task] = [one for one in content["tasks"] if one["key"] == PRESENTATION]
    task["outcome"] = [one for one in task["outcome"] if one["key"] != "next_on"]

    with pytest.raises(Malformed, match="'next_on' in 'proposal_presentation', which is not done without it"):
        Catalogue.of(content)


def test_the_database_takes_no_presentation_without_a_next_step(world: World) -> None:
    with desk(world) as at:
        sent(at)
        key = task_of(at).id

    with owner_of_the_database(world) as database, pytest.raises(errors.CheckViolation):
        database.execute(
            "UPDATE task SET state = 'done', outcome = jsonb_build_object('held_on', '2026-08-05') WHERE id = %s", [key]
        )
