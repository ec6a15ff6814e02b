"""The world and its cast: one PostgreSQL and one Stripe stand-in for a run, a fresh database for each test."""

import gc
import os
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from app import assets, jobs, migrate
from app.chores.plan import keep_plans
from app.demo import time
from app.demo.edition import edition
from app.demo.parts import Parts, environment, post_json
from app.demo.supervisor import BOOK, BOOK_FILES, customers_of_stripe
from app.importing import run as import_book
from app.postgres import EmbeddedPostgres, free_port
from app.settings import Settings
from app.transaction import Database, Role
from app.work import Work
from renewals.policy import ship
from tests.world import PUBLIC_URL, Sandbox, World, opened

FIRST = ("crash", "money", "web", "house")
"""Folders of the longest files: begun last, one of them would keep one core busy while the other has nothing to do."""

gc.set_threshold(50_000)
"""Else a seventh of a run goes into looking for what nobody holds any more, among all that a run keeps anyway."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A file stays on one core; so do all that need the whole book, which takes a while to bring in."""
    items.sort(key=_turn)
    for item in items:
        name = "whole_book" if item.get_closest_marker("whole_book") else str(item.path)
        item.add_marker(pytest.mark.xdist_group(name))


def _turn(item: pytest.Item) -> int:
    return FIRST.index(item.path.parent.name) if item.path.parent.name in FIRST else len(FIRST)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server: KEKAL_TEST_DATABASE_URL, or an embedded one of this run."""
    assets.build()
    given = os.environ.get("KEKAL_TEST_DATABASE_URL")
    if given:
        yield given
        return
    server = EmbeddedPostgres(tmp_path_factory.mktemp("postgres"), fsync=False)
    yield server.start()
    server.stop()
    server.erase()


@pytest.fixture(scope="session")
def bare(postgres: str) -> str:
    """A migrated database with nothing in it."""
    url = new_database(postgres, "bare")
    migrate.up(url)
    leave_alone(url)
    return url


@dataclass(frozen=True)
class Book:
    """A database with the shipped policies and a book brought in by the real importer, and what the worker did with
    it: the cards on file fetched, the first letters sent."""

    url: str
    letters: Path


@pytest.fixture(scope="session")
def stories(postgres: str, bare: str, stripe_stand_in: str, tmp_path_factory: pytest.TempPathFactory) -> Book:
    """Of the demo's book the companies that have a story."""
    whole, folder = [BOOK / name for name in BOOK_FILES], tmp_path_factory.mktemp("stories")
    return _brought_in(
        new_database(postgres, "stories", template=bare), stripe_stand_in, folder,
        edition(whole, folder / "book", day=time.FIRST_DAY, small=True),
    )


@pytest.fixture(scope="session")
def whole_book(postgres: str, bare: str, stripe_stand_in: str, tmp_path_factory: pytest.TempPathFactory) -> Book:
    """All of the demo's companies."""
    return _brought_in(
        new_database(postgres, "whole_book", template=bare), stripe_stand_in,
        tmp_path_factory.mktemp("whole"), [BOOK / name for name in BOOK_FILES],
    )


def _brought_in(url: str, stand_in: str, letters: Path, files: Sequence[Path]) -> Book:
    told = environment(
        database_url=url, public_url=PUBLIC_URL, sandbox_url="http://127.0.0.1:1", smtp_url="smtp://127.0.0.1:1",
        mailbox=Path("/nowhere"),
    )
    settings = Settings.read(told)
    database = Database(url, jobs.follow, pool=1)
    time.stand_at(database, time.FIRST_DAY)
    with database.begin(Role.WORKER) as (session, now):
        ship(session, at=now.business)
    database.close()
    assert import_book([str(path) for path in files], settings) == 0
    with opened(url, Sandbox(stand_in), letters) as made:
        made.work()
        Work(made.house).run(keep_plans)  # once more: what came due may have been looked for before it was drawn
        made.work()
    leave_alone(url)
    return Book(url, letters)


def leave_alone(url: str) -> None:
    """A database that others are copied from has no visitors."""
    server, name = url.rsplit("/", 1)
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])


@pytest.fixture(scope="session")
def stripe_stand_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    parts = Parts(tmp_path_factory.mktemp("sandbox"))
    url = parts.start_sandbox(PUBLIC_URL, free_port())
    post_json(f"{url}/_sandbox/seed", customers_of_stripe())
    yield url
    parts.stop()


@pytest.fixture
def sandbox(stripe_stand_in: str) -> Sandbox:
    return as_if_new(stripe_stand_in)


def as_if_new(stand_in: str) -> Sandbox:
    """The stand-in as if nobody had used it yet: no faults, no webhooks, only the charges that come from now on."""
    fresh = Sandbox(stand_in).since_now()
    fresh.fault("none")
    fresh.webhooks("drop")
    return fresh


@pytest.fixture
def world(request: pytest.FixtureRequest, postgres: str, sandbox: Sandbox, tmp_path: Path) -> Iterator[World]:
    """A house of this test's own, as the worker left it after the book came in."""
    with _copy_of(_book_for(request), postgres, sandbox, tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def standing(
    request: pytest.FixtureRequest, postgres: str, stripe_stand_in: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """A house that a whole module of tests shares: for those who only look, or write what nobody else reads."""
    sandbox = as_if_new(stripe_stand_in)
    with _copy_of(_book_for(request), postgres, sandbox, tmp_path_factory.mktemp("standing")) as made:
        yield made


def _book_for(request: pytest.FixtureRequest) -> Book:
    """The stories; for what is marked `whole_book` every company."""
    name = "whole_book" if request.node.get_closest_marker("whole_book") else "stories"
    found: Book = request.getfixturevalue(name)
    return found


@contextmanager
def _copy_of(book: Book, server: str, sandbox: Sandbox, folder: Path) -> Iterator[World]:
    url = new_database(server, f"test_{secrets.token_hex(6)}", template=book.url)
    shutil.copytree(book.letters / "mailbox", folder / "mailbox")
    with opened(url, sandbox, folder) as made:
        yield made
    drop_database(server, url)


def new_database(server: str, name: str, template: str | None = None) -> str:
    """Empty, or a copy of the one at the address `template`."""
    with psycopg.connect(server.rsplit("/", 1)[0] + "/postgres", autocommit=True) as connection:
        made = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
        if template:
            copied = sql.Identifier(template.rsplit("/", 1)[1])
            made += sql.SQL(" TEMPLATE {} STRATEGY FILE_COPY").format(copied)
        connection.execute(made)
    return f"{server.rsplit('/', 1)[0]}/{name}"


def drop_database(server: str, url: str) -> None:
    with psycopg.connect(server.rsplit("/", 1)[0] + "/postgres", autocommit=True) as connection:
        name = sql.Identifier(url.rsplit("/", 1)[1])
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))
