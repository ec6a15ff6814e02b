"""At once: who presses the same button ten times at the same moment is answered ten times, and it is done once."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select

from renewals.account import Account
from renewals.event import Event, EventName
from renewals.feed import MOST, Feed
from renewals.routing.team import TeamMember
from renewals.snooze import Snooze
from tests.web.guest import Guest, known
from tests.world import World

RUTH, INES, OMAR = "ruth@cedar-dental.example", "ines@lumen.example", "omar@lumen.example"
TEN = 10


def at_once(world: World, email: str, press: Callable[[Guest], int]) -> Counter[int]:
    """The answers that somebody's ten browsers get."""
    person = world.person(email)
    browsers = [known(world, person) for _ in range(TEN)]
    with ThreadPoolExecutor(TEN) as threads:
        return Counter(threads.map(press, browsers))


def posting(path: str, **form: str) -> Callable[[Guest], int]:
    return lambda guest: guest.post(path, form).status_code


def test_letters_paused_ten_times_at_once_are_paused_once(standing: World) -> None:
    answers = at_once(standing, RUTH, posting(f"/renewals/{standing.renewal('cedar-dental')}/snooze", days="14"))

    with standing.reading() as session:
        standing_still = select(func.count()).select_from(Snooze).where(Snooze.ended_at.is_(None))
        assert session.scalar(standing_still) == 1
    assert answers == {303: TEN}


def test_nobody_has_more_calendar_addresses_than_ten_however_fast_they_ask(standing: World) -> None:
    ruth, make = known(standing, standing.person(RUTH)), posting("/calendar")
    assert {make(ruth) for _ in range(MOST - 1)} == {303}

    answers = at_once(standing, RUTH, make)
    staffs = at_once(standing, INES, posting("/admin/calendar", scope="own"))

    with standing.reading() as session:
        feeds = select(func.count()).where(Feed.person_id == standing.person(RUTH).id)
        assert session.scalar(feeds) == MOST
    assert (answers, staffs) == ({303: 1, 409: TEN - 1}, {303: MOST})


def test_one_is_named_for_a_role_however_often_it_is_said_at_once(standing: World) -> None:
    with standing.reading() as session:
        cedar = session.scalars(select(Account.id).where(Account.external_id == "cedar-dental")).one()

    naming = posting(f"/admin/accounts/{cedar}/team", role="ae", person=str(standing.person(OMAR).id))
    answers = at_once(standing, INES, naming)

    with standing.reading() as session:
        named = session.scalars(select(TeamMember).where(TeamMember.account_id == cedar)).all()
        assert [member.person.email for member in named if member.role == "ae"] == [OMAR]
    assert answers == {303: TEN}


def test_a_step_that_is_removed_ten_times_at_once_is_removed_once(standing: World) -> None:
    plan = f"/renewals/{standing.renewal('cedar-dental')}"
    known(standing, standing.person(RUTH)).post(f"{plan}/steps", {"title": "Budget approved", "days": "3"})
    with standing.reading() as session:
        added = session.scalars(select(Event).where(Event.name == EventName.STEP_ADDED)).one()

    answers = at_once(standing, RUTH, posting(f"{plan}/steps/{added.details['step']}/removal"))

    with standing.reading() as session:
        removed = select(func.count()).where(Event.name == EventName.STEP_REMOVED)
        assert session.scalar(removed) == 1
    assert answers == {303: 1, 404: TEN - 1}
