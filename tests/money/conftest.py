"""The world of the money tests: as everybody's, but the cards on file are fetched once for all of them."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import drop_database, new_database
from tests.world import Sandbox, World, opened


@pytest.fixture(scope="session")
def cast_with_cards(
    postgres: str, cast: str, stripe_stand_in: str, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """The cast after its first minutes: cards known, the first mails out."""
    url = new_database(postgres, "cast_with_cards", template=cast.rsplit("/", 1)[1])
    with opened(url, Sandbox(stripe_stand_in), tmp_path_factory.mktemp("cast")) as world:
        world.work()
    return url


@pytest.fixture
def world(postgres: str, cast_with_cards: str, sandbox: Sandbox, tmp_path: Path) -> Iterator[World]:
    """A house of this test's own."""
    name = f"money_{secrets.token_hex(6)}"
    url = new_database(postgres, name, template=cast_with_cards.rsplit("/", 1)[1])
    with opened(url, sandbox, tmp_path) as made:
        yield made
    drop_database(postgres, url)
