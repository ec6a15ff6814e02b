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
AFTERNOON = time_of_day(15, 30, tzinfo=UTC)
"""At half past three, UTC, it is the same day from Los Angeles to Kuala Lumpur, and every office has opened."""
ON_THE_WAY = (time_of_day(0, 45, tzinfo=UTC), time_of_day(8, 0, tzinfo=UTC))
"""The day begins in the offices of Asia, then in those of Europe."""
DAY_LIMIT = 120.0
BUSY = text(
    "SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing' OR "
    "(status = 'todo' AND attempts = 0 AND (scheduled_at IS NULL OR scheduled_at <= now()))"
)


class TooSlow(Exception):
    """The due work of a day did not end in time; is the worker running?"""


def stand_at(database: Database, day: date, hour: time_of_day = AFTERNOON) -> None:
    """Business time becomes that hour of the day."""
    with database.begin(Role.WORKER) as (session, _):
        _set(session, datetime.combine(day, hour))


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
        for hour in (*ON_THE_WAY, AFTERNOON):
            stand_at(house.database, current, hour)
            Work(house).run(begin_day)
            wait_until_idle(house.database)
    wait_until_idle(house.database)


def live_first_day(house: House, day: date) -> None:
    """A book that came in before anybody's office opened: the day goes on from there. Raises: TooSlow."""
    wait_until_idle(house.database)
    for hour in (*ON_THE_WAY[1:], AFTERNOON):
        stand_at(house.database, day, hour)
        Work(house).run(begin_day)
        wait_until_idle(house.database)


def wait_until_idle(database: Database) -> None:
    """Until no job is due; those that wait for a machine-time retry aside. Raises: TooSlow."""
    deadline = stopwatch() + DAY_LIMIT
    while stopwatch() < deadline:
        with database.begin(Role.WORKER, read_only=True) as (session, _):
            if not session.scalar(BUSY):
                return
        pause(0.02)
    raise TooSlow("The day's work did not end. Look at the worker's log.")


def _set(session: Session, moment: datetime) -> None:
    """The demo's clock only goes forward."""
    clock = session.scalars(select(Clock).with_for_update()).one()
    clock.offset_seconds = int((moment - machine_now()).total_seconds())
