"""The machine clock of the sandbox: real time plus what tests have moved it forward."""

import sqlite3
import time

from sandbox.store import remember, setting


def now(rows: sqlite3.Connection) -> int:
    """Seconds since 1970, moved. Signatures and retries of webhooks use real time instead."""
    return int(time.time()) + moved(rows)


def moved(rows: sqlite3.Connection) -> int:
    return int(setting(rows, "clock.moved", "0"))


def advance(rows: sqlite3.Connection, seconds: int) -> None:
    """Raises: ValueError for a step backwards."""
    if seconds < 0:
        raise ValueError("The clock only moves forward.")
    remember(rows, "clock.moved", str(moved(rows) + seconds))
