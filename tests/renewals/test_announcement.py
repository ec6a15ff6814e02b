"""Who hears that their options are ready, and when: each of them once."""

from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import func, select, text

from app.chores.day import begin_day
from app.clock import machine_now
from app.transaction import Role
from app.work import Work
from renewals.announcement import Rule, rules
from renewals.base import made_at
from renewals.event import Event, EventName
from renewals.message import Message, MessageKind
from renewals.person import Person
from renewals.policy import Policy, PolicyKind, shipped
from renewals.renewal import CLOSED, Renewal
from renewals.segment import Segment
from tests.world import World

FIRST_DAY = date(2026, 8, 5)
WAITING = text("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo' AND args->>'subject' = ANY(:keys)")


def begin(world: World, day: date) -> None:
    world.stand_at(day)
    Work(world.house).run(begin_day)


def planned(world: World) -> list[Message]:
    with world.reading() as session:
        return list(session.scalars(select(Message).where(Message.kind == MessageKind.RENEWAL_READY)))


def due(world: World) -> set[str]:
    """The purposes of one day, worked out one renewal at a time."""
    with world.house.database.begin(Role.WORKER, read_only=True) as (session, now):
        segments = Policy.in_force(session, PolicyKind.SEGMENT, now.business.date()).content
        found = set()
        for renewal in session.scalars(select(Renewal).where(Renewal.state.not_in(CLOSED))).unique():
            days = renewal.days_left(renewal.account.today(now.business))
            if not renewal.is_declined and 0 <= days <= 30 and renewal.segment(segments) is Segment.SMB:
                people = session.scalars(select(Person).where(Person.account_id == renewal.account_id, Person.active))
                word = "last" if days <= 7 else "ready"
                found |= {f"{word}:{renewal.id}:{one.id}" for one in people if {"owner", "buyer"} & set(one.roles)}
        return found


def test_over_a_month_exactly_those_are_written_to_who_are_due(world: World) -> None:
    begin(world, FIRST_DAY)
    wanted = {message.purpose for message in planned(world)} | due(world)

    for days in (1, 4, 9, 16, 23, 30):
        begin(world, FIRST_DAY + timedelta(days=days))
        wanted |= due(world)
        assert {message.purpose for message in planned(world)} == wanted

    kinds = {purpose.partition(":")[0] for purpose in wanted}
    assert kinds == {"ready", "last"}
    assert len(wanted) > 20


def test_however_often_and_by_however_many_a_day_is_begun_everybody_hears_once(world: World) -> None:
    day = FIRST_DAY + timedelta(days=10)
    before = len(planned(world))
    world.stand_at(day)

    with ThreadPoolExecutor(8) as threads:
        for done in [threads.submit(Work(world.house).run, begin_day) for _ in range(16)]:
            done.result()

    found = planned(world)
    keys = [str(message.id) for message in found]
    with world.reading() as session:
        told = session.scalars(
            select(func.count()).where(
                Event.name == EventName.MESSAGE_PLANNED, Event.subject_id.in_([message.id for message in found])
            )
        ).one()
        jobs = session.scalar(WAITING, {"keys": keys})
    assert len(found) > before
    assert len({message.purpose for message in found}) == len(found) == told
    assert jobs == len(found) - before


def test_whoever_was_not_written_to_in_time_hears_once_in_the_last_week(world: World) -> None:
    begin(world, date(2026, 8, 31))

    renewal = world.renewal("cedar-dental")
    with world.reading() as session:
        words = set(session.scalars(select(Message.purpose).where(Message.renewal_id == renewal)))
    ready = {word for word in words if word.startswith("ready:")}
    assert len(words - ready) == 1
    begin(world, date(2026, 9, 1))
    with world.reading() as session:
        assert set(session.scalars(select(Message.purpose).where(Message.renewal_id == renewal))) == words


def test_the_timeline_in_force_says_when(world: World) -> None:
    content = deepcopy(shipped(PolicyKind.TIMELINE))
    for step in content["customer_steps"]["smb"]:
        step["days"] = {"options": 45, "last_reminder": 10}.get(step["key"], step.get("days"))
    with world.writing() as session:
        Policy.publish(
            session, PolicyKind.TIMELINE, content, begins_on=FIRST_DAY, reason="Longer.", by=None,
            at=datetime(2026, 8, 5, 9, tzinfo=UTC),
        )

    begin(world, FIRST_DAY)  # Juno Studio renews in 45 days

    renewal = world.renewal("juno-studio")
    assert any(message.renewal_id == renewal and message.purpose.startswith("ready:") for message in planned(world))
    assert rules(content) == [Rule("ready", 45, 11), Rule("last", 10, 0)]


def test_a_timeline_without_a_last_reminder_writes_once() -> None:
    content = deepcopy(shipped(PolicyKind.TIMELINE))
    content["customer_steps"]["smb"] = [{"key": "options", "days": 20, "yours": True}]

    assert rules(content) == [Rule("ready", 20, 0)]


def test_a_message_planned_by_the_database_tells_by_its_key_when_it_was_made(world: World) -> None:
    before = machine_now()
    begin(world, FIRST_DAY + timedelta(days=20))

    new = [message for message in planned(world) if made_at(message.id) >= before - timedelta(milliseconds=1)]
    assert new
    assert {message.id.version for message in new} == {7}
    assert all(made_at(message.id) <= machine_now() for message in new)
