"""An empty house for tests of the plan."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from app.transaction import Database
from tests.conftest import drop_database, new_database
from tests.lending import lent
from tests.plan.stage import Stage

BEGIN = datetime(2026, 4, 8, 15, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def furnished(postgres: str, bare: str) -> str:
    """A house with its policies and its staff."""
    url = new_database(postgres, "furnished", template=bare.rsplit("/", 1)[1])
    with lent(Database(url, lambda connection, events: None, pool=4)) as database:
        Stage(database, BEGIN).furnish()
    return url


@pytest.fixture
def stage(postgres: str, furnished: str) -> Iterator[Stage]:
    with _opened(postgres, furnished) as made:
        yield made


@pytest.fixture
def other_stage(postgres: str, furnished: str) -> Iterator[Stage]:
    """The same house once more, to see what would have been."""
    with _opened(postgres, furnished) as made:
        yield made


@contextmanager
def _opened(postgres: str, furnished: str) -> Iterator[Stage]:
    url = new_database(postgres, f"plan_{secrets.token_hex(6)}", template=furnished.rsplit("/", 1)[1])
    with lent(Database(url, lambda connection, events: None, pool=4)) as database:
        yield Stage(database, BEGIN)
    drop_database(postgres, url)
