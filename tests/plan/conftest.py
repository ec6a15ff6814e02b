"""An empty house for tests of the plan."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from app import migrate
from app.transaction import Database
from tests.conftest import drop_database, leave_alone, new_database
from tests.plan.stage import Stage

BEGIN = datetime(2026, 4, 8, 15, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def bare(postgres: str) -> str:
    """A migrated database with nothing in it."""
    url = new_database(postgres, "bare")
    migrate.up(url)
    leave_alone(postgres, url)
    return url


@pytest.fixture
def stage(postgres: str, bare: str) -> Iterator[Stage]:
    with _opened(postgres, bare) as made:
        yield made


@pytest.fixture
def other_stage(postgres: str, bare: str) -> Iterator[Stage]:
    """The same house once more, to see what would have been."""
    with _opened(postgres, bare) as made:
        yield made


@contextmanager
def _opened(postgres: str, bare: str) -> Iterator[Stage]:
    url = new_database(postgres, f"plan_{secrets.token_hex(6)}", template=bare.rsplit("/", 1)[1])
    database = Database(url, lambda connection, events: None, pool=4)
    made = Stage(database, BEGIN)
    made.furnish()
    yield made
    database.close()
    drop_database(postgres, url)
