"""The key layer: the first result of a key is kept and given again to whoever repeats the call.

Source: Stripe, "Idempotent requests".
"""

import hashlib
import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sandbox import clock
from sandbox.errors import KeyInUse, KeyReused
from sandbox.wire import Answer, Request

LIFE = 24 * 3600
"""Seconds a result is kept. Source: Stripe, "keys can be removed after they're at least 24 hours old"."""


@dataclass(frozen=True)
class Key:
    """A key with what it was used for; the same key with another fingerprint is refused."""

    name: str
    path: str
    fingerprint: str

    @classmethod
    def of(cls, request: Request) -> "Key | None":
        name = request.headers.get("idempotency-key")
        if not name:
            return None
        content = json.dumps([request.path, request.fields], sort_keys=True)
        return cls(name, request.path, hashlib.sha256(content.encode()).hexdigest())

    def kept(self, rows: sqlite3.Connection) -> Answer | None:
        """The first result, marked as replayed. Raises: KeyReused when the parameters differ."""
        forget(rows)
        row = rows.execute("SELECT * FROM result WHERE key = ?", (self.name,)).fetchone()
        if row is None:
            return None
        if row["path"] != self.path:
            raise KeyReused(
                "Keys for idempotent requests can only be used for the same endpoint they were first used for "
                f"('{row['path']}' vs '{self.path}'). Try using a key other than '{self.name}'."
            )
        if row["fingerprint"] != self.fingerprint:
            raise KeyReused(
                "Keys for idempotent requests can only be used with the same parameters they were first used "
                f"with. Try using a key other than '{self.name}' if you meant to execute a different request."
            )
        again = {"content-type": "application/json", "idempotent-replayed": "true", "original-request": row["request"]}
        return Answer(row["status"], row["body"], again)

    def keep(self, rows: sqlite3.Connection, answer: Answer, request: str) -> None:
        rows.execute(
            "INSERT INTO result (key, path, fingerprint, request, status, body, kept_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (self.name, self.path, self.fingerprint, request, answer.status, answer.body, clock.now(rows)),
        )


def forget(rows: sqlite3.Connection) -> None:
    """Drops the results that are older than their life."""
    rows.execute("DELETE FROM result WHERE kept_at <= ?", (clock.now(rows) - LIFE,))


class InFlight:
    """The keys whose first call is still running; they die with the process, as the calls do."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._names: set[str] = set()

    @contextmanager
    def holding(self, key: Key | None) -> Iterator[None]:
        """Raises: KeyInUse when another call holds it."""
        if key is None:
            yield
            return
        with self._lock:
            if key.name in self._names:
                raise KeyInUse
            self._names.add(key.name)
        try:
            yield
        finally:
            with self._lock:
                self._names.discard(key.name)
