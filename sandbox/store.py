"""The store: one SQLite file, one writer at a time, and every commit on the disk before it is told."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_TABLES = """
CREATE TABLE IF NOT EXISTS object (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    customer TEXT,
    body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS object_of_kind ON object (kind, seq);
CREATE INDEX IF NOT EXISTS object_of_customer ON object (kind, customer, seq);

CREATE TABLE IF NOT EXISTS ledger (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL CHECK (kind IN ('charge', 'refund')),
    id TEXT NOT NULL UNIQUE,
    amount INTEGER NOT NULL CHECK (amount > 0),
    currency TEXT NOT NULL,
    customer TEXT,
    intent TEXT,
    metadata TEXT NOT NULL,
    created INTEGER NOT NULL
);
CREATE TRIGGER IF NOT EXISTS ledger_is_never_changed BEFORE UPDATE ON ledger
    BEGIN SELECT RAISE(ABORT, 'the ledger is only appended to'); END;
CREATE TRIGGER IF NOT EXISTS ledger_is_never_shortened BEFORE DELETE ON ledger
    BEGIN SELECT RAISE(ABORT, 'the ledger is only appended to'); END;

CREATE TABLE IF NOT EXISTS result (
    key TEXT PRIMARY KEY,
    path TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    request TEXT NOT NULL,
    status INTEGER NOT NULL,
    body BLOB NOT NULL,
    kept_at INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS delivery (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    event TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('due', 'held', 'done', 'dropped')),
    attempts INTEGER NOT NULL DEFAULT 0,
    due REAL NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS delivery_due ON delivery (state, due, seq);
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


class Store:
    """Survives kill -9: the write-ahead log is synced at each commit.

    Belongs to one process: the keys in flight are in its memory, so a second one would charge twice.
    """

    def __init__(self, folder: Path) -> None:
        """Raises: sqlite3.OperationalError when another process holds the folder for more than two seconds."""
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        file = folder / "sandbox.sqlite3"
        self._rows = sqlite3.connect(file, timeout=2, isolation_level=None, check_same_thread=False)
        self._rows.row_factory = sqlite3.Row
        self._rows.execute("PRAGMA locking_mode=EXCLUSIVE")
        self._rows.execute("PRAGMA journal_mode=WAL")
        self._rows.execute("PRAGMA synchronous=FULL")
        self._rows.executescript(_TABLES)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of it or nothing; the next one waits."""
        with self._lock:
            self._rows.execute("BEGIN IMMEDIATE")
            try:
                yield self._rows
            except BaseException:
                self._rows.execute("ROLLBACK")
                raise
            self._rows.execute("COMMIT")

    def close(self) -> None:
        with self._lock:
            self._rows.close()


@contextmanager
def savepoint(rows: sqlite3.Connection) -> Iterator[None]:
    """A part of a transaction that can be undone alone."""
    rows.execute("SAVEPOINT part")
    try:
        yield
    except BaseException:
        rows.execute("ROLLBACK TO part")
        raise
    finally:
        rows.execute("RELEASE part")


def setting(rows: sqlite3.Connection, name: str, otherwise: str) -> str:
    row = rows.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
    return str(row["value"]) if row else otherwise


def remember(rows: sqlite3.Connection, name: str, value: str) -> None:
    rows.execute("INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)", (name, value))
