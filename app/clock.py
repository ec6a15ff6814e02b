"""The two clocks: the only module that asks the machine for the time.

Business time (terms, milestones, offers, `Event.at`) is machine time plus an offset kept in the
database, so that every process sees the same day; only the demo moves it.
Machine time (sessions, codes, rate limits, leases, reconciling) is never moved.
"""

import time
from datetime import UTC, datetime, timedelta


def machine_now() -> datetime:
    """The machine's own moment, in UTC."""
    return datetime.now(UTC)


def business_now(offset_seconds: int) -> datetime:
    """The moment of the business: the machine's, moved by what the database says."""
    return machine_now() + timedelta(seconds=offset_seconds)


def pause(seconds: float) -> None:
    time.sleep(seconds)


def stopwatch() -> float:
    """Seconds from an arbitrary start, never going backwards."""
    return time.monotonic()
