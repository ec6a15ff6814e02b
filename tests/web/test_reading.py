"""Reading: whoever only looks changes nothing, and the database itself refuses the one who tries."""

from datetime import timedelta

import pytest
from litestar import Litestar
from sqlalchemy import text

from app import main
from app.desk import Desk
from gateways.browser import PUBLIC, Answer, Visit, get
from tests.web.cast import Cast
from tests.web.doors import ROLES, doors
from tests.web.guest import known
from tests.web.standing import changed, contents, owner_of_the_database
from tests.world import World

RECORDS = ["/instalments/{instalment_id:uuid}/return", "/renewals/{renewal_id:uuid}/payment/return"]
"""The only GETs that may write: coming back from Stripe, which records what Stripe says."""


@pytest.fixture(scope="module")
def cast_here(standing: World) -> Cast:
    return Cast(standing)


@pytest.mark.parametrize("role", ROLES)
def test_nobody_changes_anything_by_looking_at_every_page(standing: World, cast_here: Cast, role: str) -> None:
    guest = cast_here.look(role)
    pages = [
        (method, cast_here.own.fill(door.path)) for door in doors(standing.app) if door.is_safe
        for method in door.methods.split()
    ]
    before = contents(standing)

    seen = [guest.ask(method, path).status_code for method, path in pages]

    assert changed(before, contents(standing)) == []
    assert max(seen) < 500


def test_only_the_way_back_from_stripe_may_record_something(standing: World) -> None:
    assert [door.path for door in doors(standing.app) if door.access.records] == RECORDS


def test_coming_back_without_having_left_records_nothing(standing: World, cast_here: Cast) -> None:
    path, guest = f"/renewals/{cast_here.own.renewal_id}/payment/return", cast_here.look("owner")
    before = contents(standing)

    answers = [guest.ask(method, path).status_code for method in ("GET", "HEAD")]

    assert answers == [303, 303]
    assert changed(before, contents(standing)) == []


def test_being_seen_is_all_that_a_long_awaited_visit_writes(standing: World, cast_here: Cast) -> None:
    guest = known(standing, cast_here.own.owner, seen=timedelta(hours=1))
    with owner_of_the_database(standing) as connection:
        then = connection.execute("SELECT seen_at FROM web_session WHERE id = %s", [guest.subject]).fetchone()
        before = contents(standing)
        guest.get("/")
        now = connection.execute("SELECT seen_at FROM web_session WHERE id = %s", [guest.subject]).fetchone()

    assert then is not None
    assert now is not None
    assert now[0] > then[0]
    assert changed(before, contents(standing)) == []


def a_room_that_writes(path: str, statement: str) -> Litestar:
    """A room of ours that looks harmless and is not."""

    @get(path, PUBLIC)
    def scribble(visit: Visit) -> Answer:
        visit.session.execute(text(statement))
        return Answer(body=b"done")

    return scribble  # type: ignore[return-value]


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO event (id, name, subject_type, subject_id, at, details) VALUES "
        "(gen_random_uuid(), 'x', 'x', gen_random_uuid(), now(), '{}')",
        "UPDATE person SET name = 'Somebody else'",
        "DELETE FROM renewal",
        "SELECT nextval('agreement_number')",
        "SELECT set_config('transaction_read_only', 'off', true)",
    ],
)
@pytest.mark.parametrize("role", ["anonymous", "owner", "admin"])
def test_the_database_refuses_a_write_in_a_get(standing: World, cast_here: Cast, statement: str, role: str) -> None:
    app = main.build(standing.house)
    app.register(Desk(standing.house).hang(a_room_that_writes("/scribble", statement)))
    guest = cast_here.look(role)  # who may have to sign in first
    before = contents(standing)

    answer = guest.ask("GET", "/scribble", app=app)

    assert answer.status_code == 500
    assert changed(before, contents(standing)) == []
