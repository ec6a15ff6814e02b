"""What one call sees and writes: objects, events, and the moment it happens at."""

import json
import secrets
import sqlite3
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox import clock
from sandbox.errors import Missing
from sandbox.faults import Fault

Document = dict[str, Any]
"""A Stripe object. Names that begin with `_` are the sandbox's own and are never shown."""

API_VERSION = "2026-10-28.endive"
_LETTERS = string.ascii_letters + string.digits


def new_id(prefix: str, length: int = 24) -> str:
    return f"{prefix}_" + "".join(secrets.choice(_LETTERS) for _ in range(length))


@dataclass(frozen=True)
class Cause:
    """The call behind the writing, and what the bank was told to say to it."""

    request: str | None = None
    key: str | None = None
    outcome: Callable[[], Fault | None] = field(default=lambda: None)


class Book:
    """Lives inside one transaction of the store."""

    def __init__(self, rows: sqlite3.Connection, origin: str, cause: Cause) -> None:
        self.rows = rows
        self.origin = origin
        self.cause = cause
        self.now = clock.now(rows)
        self.events: list[Document] = []

    def look(self, object_id: str) -> Document | None:
        row = self.rows.execute("SELECT body FROM object WHERE id = ?", (object_id,)).fetchone()
        return json.loads(row["body"]) if row else None

    def find(self, kind: str, object_id: str, param: str = "id") -> Document:
        """Raises: Missing, as 404 for the object asked for, as 400 when a parameter names it."""
        found = self.look(object_id)
        if found is None or found["object"] != kind:
            raise Missing(kind, object_id, param)
        return found

    def add(self, document: Document) -> Document:
        self.rows.execute(
            "INSERT INTO object (id, kind, customer, body) VALUES (?, ?, ?, ?)",
            (document["id"], document["object"], document.get("customer"), json.dumps(document)),
        )
        return document

    def save(self, document: Document) -> Document:
        self.rows.execute(
            "UPDATE object SET customer = ?, body = ? WHERE id = ?",
            (document.get("customer"), json.dumps(document), document["id"]),
        )
        return document

    def remove(self, document: Document) -> None:
        self.rows.execute("DELETE FROM object WHERE id = ?", (document["id"],))

    def select(self, kind: str, where: Mapping[str, Any] | None = None) -> list[Document]:
        """Oldest first; a value of None is no condition."""
        conditions, values = matching(kind, where or {})
        found = self.rows.execute(f"SELECT body FROM object WHERE {conditions} ORDER BY seq", values)
        return [json.loads(row["body"]) for row in found]

    def emit(self, news: str, document: Document) -> None:
        """Writes the event with the object as it is now; who hears it is decided at the end."""
        event = {
            "id": new_id("evt"),
            "object": "event",
            "api_version": API_VERSION,
            "created": self.now,
            "data": {"object": shown(document)},
            "livemode": False,
            "pending_webhooks": 0,
            "request": {"id": self.cause.request, "idempotency_key": self.cause.key},
            "type": news,
        }
        self.events.append(self.add(event))


def matching(kind: str, where: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """The SQL condition and its values. Names come from our own code, never from a caller."""
    wanted = {name: value for name, value in where.items() if value is not None}
    columns = ["customer" if name == "customer" else f"json_extract(body, '$.{name}')" for name in wanted]
    return " AND ".join(["kind = ?", *(f"{column} = ?" for column in columns)]), [kind, *wanted.values()]


def shown(value: Any) -> Any:
    """The part of a document that Stripe would show; metadata is the caller's and stays as it is."""
    if isinstance(value, dict):
        ours = {name for name in value if name.startswith("_")}
        return {name: part if name == "metadata" else shown(part) for name, part in value.items() if name not in ours}
    return [shown(part) for part in value] if isinstance(value, list) else value
