"""The sweep: a million renewals, some thousands of things due, beside the same rows inserted by one SQL statement."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from app import migrate
from app.clock import stopwatch
from app.postgres import EmbeddedPostgres
from renewals.plan.sweep import Sweep
from renewals.policy import PolicyKind, shipped

BOOK = 1_000_000
ROUNDS = 5
DAYS = 6
RUNGS = (60, 30)
"""Milestones of each renewal in this book; what is not due costs nothing, so two stand for all."""
NOW = datetime(2026, 8, 5, 15, 30, tzinfo=UTC)
POLICY = shipped(PolicyKind.PLAN)

FILL = """
SET session_replication_role = replica;
INSERT INTO account (id, external_id, name, currency, country, region, timezone, locale, industry, strategic,
                     health_band, version)
    VALUES ('{account}', 'bench', 'Bench', 'USD', 'US', '', 'UTC', 'en', '', false, 'green', 1);
CREATE TEMP TABLE book AS
    SELECT n, ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid AS id,
           date '2026-08-05' + (n % 730) AS renews_on
    FROM generate_series(1, {book}) AS n;
INSERT INTO renewal (id, account_id, subscription_id, term_id, state, renews_on, opened_at, version)
    SELECT id, '{account}', id, id, 'planned', renews_on, '2026-01-01', 1 FROM book;
INSERT INTO plan (id, account_id, renewal_id, policy, segment, health, touch, large, layered, strategic, renews_on,
                  timezone, drawn_at, version)
    SELECT id, '{account}', id, 'plan@1', CASE WHEN n % 5 = 0 THEN 'mid-market' ELSE 'smb' END, 'green',
           CASE WHEN n % 5 = 0 THEN 'negotiated' ELSE 'assisted' END, false, false, false, renews_on, 'UTC',
           '2026-01-01', 1 FROM book;
INSERT INTO milestone (id, account_id, renewal_id, key, days, due_on, due_at, quiet, by_hand, state, version)
    SELECT ('00000000-0000-7000-' || lpad(days::text, 4, '0') || '-' || lpad(to_hex(n), 12, '0'))::uuid, '{account}',
           id, 't' || days, days, renews_on - days, renews_on - days + time '07:30',
           false, false, 'planned', 1 FROM book, unnest(ARRAY[{rungs}]) AS days ORDER BY days, n;
SET session_replication_role = origin"""
BY_HAND = text("INSERT INTO action SELECT * FROM wanted")


def table(folder: Path) -> str:
    """Medians of rounds; in each the sweep, a second one, and the same rows by hand, committed one after another."""
    with _book(folder) as engine:
        many = _rounds(engine, timedelta(days=DAYS))
        few = _rounds(engine, timedelta(days=1))
    return (
        f"\nThe sweep, {BOOK:,} renewals, median of {ROUNDS} rounds\n"
        f"  {many.rows:,} actions due {many.sweep * 1000:9.1f} ms\n"
        f"  the same by hand   {many.by_hand * 1000:9.1f} ms: the sweep is {many.sweep / many.by_hand:.2f} x\n"
        f"  a second sweep     {many.again * 1000:9.1f} ms: {many.again / many.sweep:.3f} of it, nothing written\n"
        f"  {few.rows:,} actions due {few.sweep * 1000:10.1f} ms: it costs what is due, not the book\n"
    )


@dataclass(frozen=True, slots=True)
class Spent:
    """Units: seconds."""

    rows: int
    sweep: float
    again: float
    by_hand: float


def _rounds(engine: Engine, since: timedelta) -> Spent:
    rounds = [_round(engine, since) for _ in range(ROUNDS)]
    return Spent(
        rounds[0].rows, *(median(getattr(one, part) for one in rounds) for part in ("sweep", "again", "by_hand"))
    )


def _round(engine: Engine, since: timedelta) -> Spent:
    _do(engine, "TRUNCATE action", "DROP TABLE IF EXISTS wanted", f"UPDATE sweep SET until = '{NOW - since}'")
    rows, first = _timed(engine, lambda session: Sweep.run(session, POLICY, at=NOW))
    nothing, second = _timed(engine, lambda session: Sweep.run(session, POLICY, at=NOW + timedelta(seconds=1)))
    if nothing:
        raise SystemExit("A second sweep wrote something.")
    _do(engine, "CREATE TABLE wanted AS SELECT * FROM action", "ANALYZE wanted", "TRUNCATE action")
    _, by_hand = _timed(engine, lambda session: session.execute(BY_HAND))
    return Spent(rows, first, second, by_hand)


def _timed(engine: Engine, act: Callable[[Session], Any]) -> tuple[Any, float]:
    start = stopwatch()
    with Session(engine) as session, session.begin():
        answer = act(session)
    return answer, stopwatch() - start


def _do(engine: Engine, *statements: str) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


@contextmanager
def _book(folder: Path) -> Iterator[Engine]:
    server = EmbeddedPostgres(folder / "home")
    try:
        url = server.start()
        migrate.up(url)
        engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
        rungs = ", ".join(str(days) for days in RUNGS)
        _do(engine, *FILL.format(account=uuid4(), book=BOOK, rungs=rungs).split(";\n"))
        _do(engine, "ANALYZE")
        yield engine
        engine.dispose()
    finally:
        server.stop()
        server.erase()
