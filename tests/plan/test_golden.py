"""Golden: what is said and done for each kind of renewal, day by day, in a file that a person can read.

`python -m tests.plan.write_golden` writes the file anew; read the difference before it is kept.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby, product
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from renewals.health import Health
from renewals.message import Message
from renewals.person import Person
from renewals.plan.milestone import Milestone
from renewals.plan.task import Task
from renewals.renewal import Renewal
from renewals.segment import Segment
from tests.plan.stage import Stage

GOLDEN = Path(__file__).with_name("golden.txt")
RENEWS_ON = date(2026, 9, 16)
"""A Wednesday."""
MOVED_TO = date(2026, 10, 7)
FIRST_DAY, FOUND_ON, MOVED_ON = (RENEWS_ON - timedelta(days=days) for days in (182, 40, 50))
HERE, THERE = "America/Chicago", "Asia/Kuala_Lumpur"
WAYS = ("in time", "found 40 days before", "moved by three weeks 50 days before", "another zone")
CASES = list(product((Segment.ENTERPRISE, Segment.MID_MARKET, Segment.SMB), list(Health)[:3], WAYS))


def test_what_is_said_and_done_is_what_the_golden_file_says(stage: Stage) -> None:
    assert written(stage).splitlines() == GOLDEN.read_text().splitlines()


def written(stage: Stage) -> str:
    """Half a year of all these renewals at once, and what came of each."""
    stage.now = datetime.combine(FIRST_DAY, time(15, 30), UTC)
    keys: dict[tuple[Segment, Health, str], UUID] = {}
    for case in CASES:
        if case[2] != WAYS[1]:
            keys[case] = _open(stage, case)
    stage.draw(*keys.values())
    stage.work()
    stage.live(MOVED_ON)
    _move(stage, [key for case, key in keys.items() if case[2] == WAYS[2]])
    stage.live(FOUND_ON)
    late = {case: _open(stage, case) for case in CASES if case[2] == WAYS[1]}
    stage.draw(*late.values())
    stage.work()
    stage.live(MOVED_TO + timedelta(days=2))
    with stage.writing() as session:
        return "\n".join(line for case in CASES for line in _told(session, case, (keys | late)[case]))


def _open(stage: Stage, case: tuple[Segment, Health, str]) -> UUID:
    segment, health, way = case
    name = f"{segment.value}-{health.value}-{WAYS.index(way)}"
    return stage.renewal(name, segment, health, RENEWS_ON, THERE if way == WAYS[3] else HERE)


def _move(stage: Stage, keys: list[UUID]) -> None:
    with stage.writing() as session:
        for renewal in session.scalars(select(Renewal).where(Renewal.id.in_(keys))).unique():
            renewal.renews_on = MOVED_TO
    stage.draw(*keys)


def _told(session: Session, case: tuple[Segment, Health, str], key: UUID) -> Iterator[str]:
    renewal = session.get_one(Renewal, key)
    zone = ZoneInfo(renewal.account.timezone)
    yield f"{case[0].label}, {case[1].value}, {case[2]}: renews {renewal.renews_on:%a %d %b %Y}, {zone.key}"
    lines = [*_messages(session, key, zone), *_tasks(session, key, zone)]
    for day, things in groupby(sorted(lines), lambda line: line[0]):
        for _, words in things:
            yield f"  {day:%a %d %b}  T{(day - renewal.renews_on).days:+}  {words}"
    yield ""


def _messages(session: Session, key: UUID, zone: ZoneInfo) -> Iterator[tuple[date, str]]:
    for message in session.scalars(select(Message).where(Message.renewal_id == key)):
        reader = session.get_one(Person, message.person_id)
        side = "to us" if reader.is_staff else "to them"
        words = f"{side}: {message.kind.value} -> {reader.name.split()[-1]}"
        yield message.leave_at.astimezone(zone).date(), words


def _tasks(session: Session, key: UUID, zone: ZoneInfo) -> Iterator[tuple[date, str]]:
    opened = session.execute(
        select(Milestone.key, Task.opened_at, Task.pattern)
        .join(Milestone, Milestone.id == Task.milestone_id).where(Task.renewal_id == key)
        .order_by(Task.opened_at, Milestone.key, Task.pattern)
    )
    for (at, name), rows in groupby(opened, lambda row: (row.opened_at, row.key)):
        yield at.astimezone(zone).date(), f"work of {name}: {', '.join(row.pattern for row in rows)}"
