"""Time: the demo's business clock, moved forward day by day, each day lived through to its end."""

from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.chores.day import begin_day
from app.clock import machine_now, pause, stopwatch
from app.house import House
from app.transaction import Database, Role
from app.work import Work
from renewals.clock import Clock

FIRST_DAY = date(2026, 8, 5)
MORNING = time_of_day(9, 0, tzinfo=UTC)
"""At nine in the morning, UTC, it is the same day from Los Angeles to Auckland."""
DAY_LIMIT = 120.0
BUSY = text(
    "SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing' OR "
    "(status = 'todo' AND attempts = 0 AND (scheduled_at IS NULL OR scheduled_at <= now()))"
)


class TooSlow(Exception):
    """The due work of a day did not end in time; is the worker running?"""


def stand_at(database: Database, day: date) -> None:
    """Business time becomes that day's morning."""
    with database.begin(Role.WORKER) as (session, _):
        _set(session, day)


def today(database: Database) -> date:
    with database.begin(Role.WORKER, read_only=True) as (_, now):
        return now.business.date()


def move_to(house: House, day: date) -> None:
    """Live through every day until then: each day's work is started and awaited.

    Raises: TooSlow.
    """
    current = today(house.database)
    while current < day:
        current += timedelta(days=1)
        stand_at(house.database, current)
        Work(house).run(begin_day)
        wait_until_idle(house.database)
    wait_until_idle(house.database)


def wait_until_idle(database: Database) -> None:
    """Until no job is due; those that wait for a machine-time retry aside. Raises: TooSlow."""
    deadline = stopwatch() + DAY_LIMIT
    while stopwatch() < deadline:
        with database.begin(Role.WORKER, read_only=True) as (session, _):
            if not session.scalar(BUSY):
                return
        pause(0.05)
    raise TooSlow("The day's work did not end. Look at the worker's log.")


def _set(session: Session, day: date) -> None:
    """The demo's clock only goes forward."""
    clock = session.scalars(select(Clock).with_for_update()).one()
    wanted = int((datetime.combine(day, MORNING) - machine_now()).total_seconds())
    clock.offset_seconds = wanted
