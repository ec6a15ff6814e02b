"""Webhooks: signed events on their way to the endpoints that hear them, again and again until one answers 2xx."""

import hashlib
import hmac
import json
import sqlite3
import threading
import time
from enum import StrEnum

import httpx

from sandbox.book import Book, Document
from sandbox.objects import webhook_endpoint
from sandbox.store import Store, remember, setting

_PATIENCE = 10.0
"""Seconds an endpoint may take to answer."""
_LONGEST_WAIT = 30.0


class Mode(StrEnum):
    """How events travel: as they should, twice, last first within one call, never, or held until released."""

    NORMAL = "normal"
    DUPLICATE = "duplicate"
    REVERSE = "reverse"
    DROP = "drop"
    DELAY = "delay"


def mode(rows: sqlite3.Connection) -> Mode:
    return Mode(setting(rows, "webhooks.mode", Mode.NORMAL))


def travel(rows: sqlite3.Connection, how: Mode) -> None:
    remember(rows, "webhooks.mode", how)


def plan(book: Book) -> None:
    """Writes a delivery for each event of this call and each endpoint, in the transaction of the call."""
    endpoints = book.select("webhook_endpoint")
    how = mode(book.rows)
    state = {Mode.DROP: "dropped", Mode.DELAY: "held"}.get(how, "due")
    for event in reversed(book.events) if how is Mode.REVERSE else book.events:
        hearers = [endpoint for endpoint in endpoints if webhook_endpoint.hears(endpoint, event["type"])]
        book.save(event | {"pending_webhooks": len(hearers)})
        for endpoint in hearers * (2 if how is Mode.DUPLICATE else 1):
            _queue(book.rows, event, endpoint, state)


def release(rows: sqlite3.Connection) -> int:
    """Lets go what was held, in its order; says how many."""
    return rows.execute("UPDATE delivery SET state = 'due', due = 0 WHERE state = 'held'").rowcount


def counted(rows: sqlite3.Connection) -> dict[str, object]:
    found = rows.execute("SELECT state, count(*) AS many FROM delivery GROUP BY state")
    counts = dict.fromkeys(("due", "held", "done", "dropped"), 0)
    return {"mode": mode(rows), **counts, **{row["state"]: row["many"] for row in found}}


def signature(body: bytes, secret: str, at: int) -> str:
    """The `Stripe-Signature` header. Units: real seconds, since the receiver compares with its own clock."""
    mac = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256)
    return f"t={at},v1={mac.hexdigest()}"


def _queue(rows: sqlite3.Connection, event: Document, endpoint: Document, state: str) -> None:
    rows.execute("INSERT INTO delivery (event, endpoint, state) VALUES (?, ?, ?)", (event["id"], endpoint["id"], state))


class Postman(threading.Thread):
    """Carries what is due, one at a time and oldest first; what fails waits longer each time."""

    def __init__(self, store: Store) -> None:
        super().__init__(name="postman", daemon=True)
        self._store = store
        self._call = threading.Event()
        self._stopping = False
        self._client = httpx.Client(timeout=_PATIENCE, trust_env=False)

    def wake(self) -> None:
        self._call.set()

    def stop(self) -> None:
        self._stopping = True
        self.wake()
        self.join(timeout=1)

    def run(self) -> None:
        while not self._stopping:
            self._call.clear()
            if not self._carry_one():
                self._call.wait(timeout=0.25)

    def _carry_one(self) -> bool:
        """Whether there was anything to carry."""
        with self._store.transaction() as rows:
            delivery = rows.execute(_NEXT, (time.time(),)).fetchone()
        if delivery is None:
            return False
        arrived = delivery["address"] is None or self._post(delivery)
        with self._store.transaction() as rows:
            (_arrived if arrived else _failed)(rows, delivery)
        return True

    def _post(self, delivery: sqlite3.Row) -> bool:
        endpoint, event = json.loads(delivery["address"]), json.loads(delivery["letter"])
        body = json.dumps(event, indent=2).encode()
        headers = {
            "content-type": "application/json; charset=utf-8",
            "stripe-signature": signature(body, endpoint["_secret"], int(time.time())),
            "user-agent": "Stripe/1.0 (sandbox)",
        }
        try:
            return self._client.post(endpoint["url"], content=body, headers=headers).is_success
        except httpx.HTTPError:
            return False


_NEXT = """
SELECT delivery.*, letter.body AS letter, address.body AS address FROM delivery
JOIN object AS letter ON letter.id = delivery.event
LEFT JOIN object AS address ON address.id = delivery.endpoint
WHERE delivery.state = 'due' AND delivery.due <= ? ORDER BY delivery.seq LIMIT 1
"""


def _arrived(rows: sqlite3.Connection, delivery: sqlite3.Row) -> None:
    event = json.loads(rows.execute("SELECT body FROM object WHERE id = ?", (delivery["event"],)).fetchone()["body"])
    event["pending_webhooks"] = max(0, event["pending_webhooks"] - 1)
    rows.execute("UPDATE object SET body = ? WHERE id = ?", (json.dumps(event), event["id"]))
    rows.execute("UPDATE delivery SET state = 'done' WHERE seq = ?", (delivery["seq"],))


def _failed(rows: sqlite3.Connection, delivery: sqlite3.Row) -> None:
    wait = min(_LONGEST_WAIT, 0.25 * 2 ** min(delivery["attempts"], 10))
    rows.execute(
        "UPDATE delivery SET attempts = attempts + 1, due = ? WHERE seq = ?", (time.time() + wait, delivery["seq"])
    )
