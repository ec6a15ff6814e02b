"""Vendor: the company whose portal this is, as the policy in force says; asked for again once a minute."""

from threading import Lock
from types import SimpleNamespace

from app.clock import stopwatch
from app.transaction import Database, Role
from renewals.errors import NotNow
from renewals.policy import Policy, PolicyKind, shipped

AGE = 60.0
"""Seconds until a page may still show what was in force before."""


class Vendors:
    """What every page and letter shows, whoever reads it. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = Lock()
        self._known: SimpleNamespace | None = None
        self._read_at = 0.0

    def now(self) -> SimpleNamespace:
        with self._lock:
            if self._known is None or stopwatch() - self._read_at > AGE:
                self._known, self._read_at = self._read(), stopwatch()
            return self._known

    def _read(self) -> SimpleNamespace:
        """Before a company has policies, what they will begin with."""
        with self._database.begin(Role.STAFF, read_only=True) as (session, now):
            try:
                content = Policy.in_force(session, PolicyKind.VENDOR, now.business.date()).content
            except NotNow:
                content = shipped(PolicyKind.VENDOR)
        return SimpleNamespace(**content, css_url=None)
