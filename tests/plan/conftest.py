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
    url = new_database(postgres, "furnished", template=bare)
    with standing_on(url) as made:
        made.furnish()
    return url


@pytest.fixture
def stage(postgres: str, furnished: str) -> Iterator[Stage]:
    with copy_of(postgres, furnished) as made:
        yield made


@contextmanager
def copy_of(postgres: str, house: str) -> Iterator[Stage]:
    url = new_database(postgres, f"plan_{secrets.token_hex(6)}", template=house)
    with standing_on(url) as made:
        yield made
    drop_database(postgres, url)


@contextmanager
def standing_on(url: str) -> Iterator[Stage]:
    with lent(Database(url, lambda connection, events: None, pool=4)) as database:
        yield Stage(database, BEGIN)
