"""Audit: what happened stays as it was written, and whoever changes it by force is found."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Event as Flag

import psycopg
import pytest
from psycopg import errors
from sqlalchemy import func, select, text

from app.chores.day import begin_day
from app.chores.household import anchor_chain, seal_events
from app.transaction import Role
from app.work import Work
from app.worker import PERIODIC
from renewals import seal
from renewals.clauses.early_exit import EarlyExit
from renewals.event import Event, EventName
from renewals.lifecycle import Lifecycle
from renewals.person import Person
from renewals.plan.task import Task, TaskState
from renewals.renewal import Renewal
from renewals.seal import Anchor, Seal
from tests.quoting.desk import FARAH, INES, desk
from tests.web.standing import owner_of_the_database
from tests.world import World, click_form

GUARDED = ("event", "seal", "anchor", "offer", "approval", "instalment", "policy", "consent")
RUTH = "ruth@cedar-dental.example"


@pytest.fixture(scope="module")
def lived_in(standing: World) -> World:
    """Somebody renewed, somebody said no and came back, somebody's payment was stopped; all of it sealed."""
    world = standing
    world.signed_in(RUTH).click(world.renewal("cedar-dental"))
    aisyah, renewal = world.signed_in("aisyah@pelangi-cafe.example"), world.renewal("pelangi-cafe")
    for option in (0, 1):
        form = click_form(aisyah.get(f"/renewals/{renewal}").text, option) | {"keep": "yes"}
        aisyah.client.post(f"/renewals/{renewal}/card", data=form, follow_redirects=False)
        aisyah.post(f"/renewals/{renewal}/payment/withdrawal", page=f"/renewals/{renewal}/payment")
    jonas, other = world.signed_in("jonas@juno-studio.example"), world.renewal("juno-studio")
    jonas.post(f"/renewals/{other}/opt-out", {"reason": "price"}, page=f"/renewals/{other}/opt-out")
    jonas.post(f"/renewals/{other}/opt-out/withdrawal", page=f"/renewals/{other}/opt-out")
    for _ in range(3):
        world.work()
    Work(world.house).run(begin_day)
    _finish_a_task(world)
    with desk(world) as at:
        at.sent(FARAH, INES, discount=1200)
    Work(world.house).run(seal_events)
    Work(world.house).run(anchor_chain)
    return world


def _finish_a_task(world: World) -> None:
    maya = world.person("maya@lumen.example")
    with world.writing() as session:
        hers = select(Task).where(Task.assignee_id == maya.id, Task.state == TaskState.OPEN)
        task = session.scalars(hers.order_by(Task.due_on, Task.id)).first()
        assert task is not None
        task.finish({}, minutes=20, by=maya, at=datetime.now(UTC))


@contextmanager
def by_force(world: World) -> Iterator[psycopg.Connection]:
    """The owner of the machine, with the guards of history set aside; undone when the test is over."""
    with owner_of_the_database(world) as connection:
        connection.execute("SET session_replication_role = replica")
        yield connection


def verdict(world: World) -> seal.Verdict:
    with world.reading() as session:
        return seal.verify(session)


# Append-only


@pytest.mark.parametrize("table", GUARDED)
@pytest.mark.parametrize("query", ["UPDATE {t} SET id = id", "DELETE FROM {t}", "TRUNCATE {t} CASCADE"])
def test_nobody_changes_what_is_written_once_not_even_the_owner(lived_in: World, table: str, query: str) -> None:
    with owner_of_the_database(lived_in) as connection, connection.transaction(force_rollback=True):
        assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() != (0,)

        with pytest.raises(errors.InsufficientPrivilege):
            connection.execute(query.format(t=table))


@pytest.mark.parametrize("role", [Role.DOOR, Role.PORTAL, Role.STAFF, Role.WORKER])
def test_no_role_of_ours_can_take_the_guard_away(lived_in: World, role: Role) -> None:
    for statement in ("ALTER TABLE event DISABLE TRIGGER ALL", "SET session_replication_role = replica",
                      "DROP TRIGGER never_changes ON event"):
        with psycopg.connect(lived_in.house.settings.database_url) as connection:
            connection.execute("SELECT set_config('role', %s, true)", [role.value])
            with pytest.raises(errors.InsufficientPrivilege):
                connection.execute(statement)


# The chain


def test_the_worker_seals_every_event_in_order_and_the_chain_is_whole(lived_in: World) -> None:
    with lived_in.reading() as session:
        events = session.scalar(select(func.count()).select_from(Event))
        positions = session.scalars(select(Seal.position).order_by(Seal.position)).all()

    assert positions == list(range(1, (events or 0) + 1))
    assert verdict(lived_in).is_whole
    assert verdict(lived_in).unsealed == 0


def test_sealing_anchoring_and_beginning_a_day_are_the_workers_own_rounds() -> None:
    assert {seal_events, anchor_chain, begin_day} <= {chore for chore, _ in PERIODIC}


def test_sealing_and_anchoring_twice_adds_nothing(lived_in: World) -> None:
    def counted() -> tuple[int | None, int | None]:
        with lived_in.reading() as session:
            return tuple(session.scalar(select(func.count()).select_from(kind)) for kind in (Seal, Anchor))  # type: ignore[return-value]

    before = counted()
    for chore in (seal_events, anchor_chain) * 2:
        Work(lived_in.house).run(chore)

    assert counted() == before
    assert before[1] == 1


SEVENTH = "WHERE id = (SELECT event_id FROM seal WHERE position = 7)"
MISCHIEF: dict[str, tuple[list[str], str]] = {
    "an edited event": (
        [f"UPDATE event SET details = details || '{{\"amount\": 1}}' {SEVENTH}"],
        "is not what was sealed",
    ),
    "an event with another date": (
        [f"UPDATE event SET at = at - interval '1 day' {SEVENTH}"],
        "is not what was sealed",
    ),
    "an event said to be somebody else's": (
        [f"UPDATE event SET by_id = gen_random_uuid() {SEVENTH}"],
        "is not what was sealed",
    ),
    "a removed event": ([f"DELETE FROM event {SEVENTH}"], "event of link 7 is missing"),
    "a removed event with its seal": (
        [f"DELETE FROM event {SEVENTH}", "DELETE FROM seal WHERE position = 7"],
        "Link 7 is missing",
    ),
    "two events that changed places": (
        ["UPDATE seal SET position = -1 WHERE position = 7", "UPDATE seal SET position = 7 WHERE position = 8",
         "UPDATE seal SET position = 8 WHERE position = -1"],
        "is not what was sealed",
    ),
    "a chain cut off at its end": (
        ["DELETE FROM event WHERE id IN (SELECT event_id FROM seal WHERE position > 7)",
         "DELETE FROM seal WHERE position > 7"],
        "which was anchored",
    ),
    "everything gone": (["DELETE FROM event", "DELETE FROM seal"], "which was anchored"),
}


@pytest.mark.parametrize("what", MISCHIEF)
def test_verify_finds(lived_in: World, what: str) -> None:
    statements, sentence = MISCHIEF[what]

    with by_force(lived_in) as connection, _kept(connection):
        for statement in statements:
            connection.execute(statement)
        found = verdict(lived_in)

    assert not found.is_whole
    assert sentence in str(found.fault)
    assert verdict(lived_in).is_whole


def test_verify_finds_a_chain_written_anew_over_an_edited_event(lived_in: World) -> None:
    """Whoever owns the database and knows the program can make a chain that is whole in itself."""
    with by_force(lived_in) as connection, _kept(connection):
        connection.execute(MISCHIEF["an event with another date"][0][0])
        connection.execute("DELETE FROM seal")
        Work(lived_in.house).run(seal_events)
        found = verdict(lived_in)

    assert "not the one that was anchored" in str(found.fault)


@contextmanager
def _kept(connection: psycopg.Connection) -> Iterator[None]:
    """What stood in the log before, byte for byte, put back afterwards."""
    for table in ("event", "seal"):
        connection.execute(f"CREATE TABLE kept_{table} AS TABLE {table}")
    try:
        yield
    finally:
        for table in ("seal", "event"):
            connection.execute(f"DELETE FROM {table}")
        for table in ("event", "seal"):
            connection.execute(f"INSERT INTO {table} OVERRIDING SYSTEM VALUE SELECT * FROM kept_{table}")
            connection.execute(f"DROP TABLE kept_{table}")


def test_the_command_says_so_to_people_and_to_programs(
    lived_in: World, run_kekal: Callable[..., tuple[int, str]]
) -> None:
    whole = run_kekal(lived_in, "audit", "verify")
    with by_force(lived_in) as connection, _kept(connection):
        connection.execute(MISCHIEF["an edited event"][0][0])
        broken = run_kekal(lived_in, "audit", "verify")
    misspelt = run_kekal(lived_in, "audit", "verfy")

    assert whole[0] == 0
    assert "The chain is whole" in whole[1]
    assert broken[0] == 1
    assert "is not what was sealed" in broken[1]
    assert misspelt[0] == 2


@pytest.fixture
def run_kekal() -> Callable[..., tuple[int, str]]:
    """The real program in a process of its own: its exit code and all that it said."""

    def run(world: World, *arguments: str) -> tuple[int, str]:
        settings = world.house.settings
        told = {
            "KEKAL_MODE": "demo", "KEKAL_DATABASE_URL": settings.database_url, "KEKAL_PUBLIC_URL": settings.public_url,
            "KEKAL_SECRET_KEY": settings.secret_key, "STRIPE_SECRET_KEY": settings.stripe_key,
            "STRIPE_WEBHOOK_SECRET": settings.stripe_webhook_secret, "STRIPE_API_BASE": settings.stripe_base or "",
            "KEKAL_SMTP_URL": settings.smtp_url, "PATH": os.environ["PATH"], "PYTHONPATH": os.getcwd(),
        }
        done = subprocess.run(
            [sys.executable, "-m", "app.cli", *arguments], env=told, capture_output=True, text=True, timeout=60
        )
        return done.returncode, done.stdout + done.stderr

    return run


# Every move is told


def lifecycles() -> list[type[Lifecycle]]:
    found = [kind for kind in Lifecycle.__subclasses__() if hasattr(kind, "__tablename__")]
    assert len(found) >= 4
    found.remove(EarlyExit)  # it takes a signed contract with an off-ramp: tests/clauses tells of it
    return sorted(found, key=lambda kind: kind.__name__)


@pytest.mark.parametrize("kind", lifecycles(), ids=lambda kind: kind.__name__)
def test_every_state_was_reached_by_moves_that_were_told(lived_in: World, kind: type[Lifecycle]) -> None:
    """From the first state to the present one, each step says from, to and when, and none is missing.

    A renewal begins in the state the importer found it in; what came before was told elsewhere.
    """
    first = kind.state.property.columns[0].default.arg  # type: ignore[attr-defined]
    with lived_in.reading() as session:
        records = session.scalars(select(kind)).all()
        moved = [record for record in records if record.state != first]
        stories = {record.id: _moves(session.scalars(Event.about(record.id)).all()) for record in moved}  # type: ignore[attr-defined]

    told = [(stories[record.id], record.state.value) for record in moved if stories[record.id] or kind is not Renewal]  # type: ignore[attr-defined]

    assert told
    for steps, state in told:
        begun = steps[0][0] if kind is Renewal else first.value
        assert [step[0] for step in steps] == [begun, *(step[1] for step in steps[:-1])]
        assert steps[-1][1] == state


def _moves(events: object) -> list[tuple[str, str]]:
    told = [event for event in events if isinstance(event, Event) and {"from", "to"} <= event.details.keys()]  # type: ignore[attr-defined]
    assert all(event.at is not None for event in told)
    return [(event.details["from"], event.details["to"]) for event in told if event.name != "renewal.resegmented"]


def test_what_people_do_names_them_and_what_the_house_does_names_nobody(lived_in: World) -> None:
    with lived_in.reading() as session:
        ruth = session.scalars(select(Person).where(Person.email == RUTH)).one()
        told = session.execute(select(Event.name, Event.by_id).where(Event.account_id == ruth.account_id)).all()
        who = dict(told)  # type: ignore[arg-type]

    assert who[EventName.OFFER_ACCEPTED] == who[EventName.PAYMENT_SENT] == ruth.id
    assert who[EventName.RENEWAL_WON] is None
    assert who[EventName.MESSAGE_SENT] is None


def test_no_event_carries_a_name_or_an_address(lived_in: World) -> None:
    with lived_in.reading() as session:
        said = " ".join(session.scalars(text("SELECT details::text FROM event")).all())
        people = session.scalars(select(Person)).all()

    assert [person.email for person in people if person.email in said] == []
    assert [person.name for person in people if len(person.name) > 5 and person.name in said] == []


# Writers never wait


def test_writers_never_wait_for_the_chain(lived_in: World) -> None:
    """While one transaction holds the chain's lock, eight others write five hundred events and are done."""
    database, held, done = lived_in.house.database, Flag(), Flag()

    def seal_slowly() -> None:
        with database.begin(Role.WORKER) as (session, _):
            seal.seal_events(session)
            session.flush()
            held.set()
            assert done.wait(30)

    def write(number: int) -> int:
        ruth = lived_in.person(RUTH)
        with database.begin(Role.WORKER) as (session, now):
            Event.record(session, EventName.SESSION_ENDED, ruth, by=ruth, at=now.business, number=number)
        return number

    with ThreadPoolExecutor(9) as threads:
        sealing = threads.submit(seal_slowly)
        assert held.wait(30)
        written = list(threads.map(write, range(500)))
        done.set()
        sealing.result()
    Work(lived_in.house).run(seal_events)

    assert written == list(range(500))
    assert verdict(lived_in).is_whole
    assert verdict(lived_in).unsealed == 0


def test_sealing_and_writing_at_once_never_deadlock_and_miss_nothing(lived_in: World) -> None:
    database = lived_in.house.database

    def write(number: int) -> None:
        ruth = lived_in.person(RUTH)
        with database.begin(Role.WORKER) as (session, now):
            for _ in range(5):
                Event.record(session, EventName.SESSION_ENDED, ruth, by=ruth, at=now.business)

    with ThreadPoolExecutor(10) as threads:
        writing = [threads.submit(write, number) for number in range(100)]
        sealing = [threads.submit(Work(lived_in.house).run, seal_events) for _ in range(10)]
        for one in [*writing, *sealing]:
            one.result()
    Work(lived_in.house).run(seal_events)

    assert verdict(lived_in).is_whole
    assert verdict(lived_in).unsealed == 0
