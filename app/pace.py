"""Pace: the workers' turn to write to Stripe, so that a day on which much is due does not exhaust our limit there."""

from app.clock import pause
from app.transaction import Database, Role
from renewals.pace import Pace

RATE = 10
"""Writes a second of all workers together; Stripe allows 100, and 25 with a test key."""


def wait_for_stripe(database: Database) -> None:
    """Take the next place in the row, then wait for it with nothing held."""
    with database.begin(Role.WORKER) as (session, _):
        wait = Pace.take(session, "stripe", RATE)
    pause(wait)
