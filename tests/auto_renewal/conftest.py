"""Juno Studio alone: the days of everybody else are left out, and so are the letters that are no notice."""

import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from app.demo.time import FIRST_DAY
from tests.auto_renewal.juno import Juno
from tests.conftest import Book, drop_database, leave_alone, new_database
from tests.world import Sandbox, opened

ALONE = (
    "UPDATE milestone SET state = 'dropped' WHERE state = 'planned' AND "
    "(renewal_id <> :renewal OR key NOT IN ('notice', 't0', 'after', 'after3', 'after5'))",
    "UPDATE action SET outcome = 'skipped', done_at = now() WHERE outcome = 'due' AND "
    "(renewal_id <> :renewal OR kind NOT IN ('legal_notice', 'close', 'retry'))",
    "UPDATE message SET state = 'dropped' WHERE state = 'planned' AND "
    "(renewal_id IS DISTINCT FROM :renewal OR kind <> 'legal_notice')",
)


@pytest.fixture(scope="session")
def first_day(
    postgres: str, stories: Book, stripe_stand_in: str, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Path]:
    """A database in which her notice was served, and the mail there was by then."""
    url = new_database(postgres, "juno", template=stories.url)
    folder = tmp_path_factory.mktemp("juno")
    shutil.copytree(stories.letters / "mailbox", folder / "mailbox")
    with opened(url, Sandbox(stripe_stand_in), folder) as world:
        made = Juno(world, world.renewal("juno-studio"))
        with world.writing() as session:
            for quiet in ALONE:
                session.execute(text(quiet), {"renewal": made.renewal})
        made.live(FIRST_DAY)
    leave_alone(url)
    return url, folder


@pytest.fixture
def juno(postgres: str, first_day: tuple[str, Path], sandbox: Sandbox, tmp_path: Path) -> Iterator[Juno]:
    """As on the first day, for this test alone."""
    template, folder = first_day
    url = new_database(postgres, f"juno_{secrets.token_hex(6)}", template=template)
    shutil.copytree(folder / "mailbox", tmp_path / "mailbox")
    with opened(url, sandbox, tmp_path) as world:
        yield Juno(world, world.renewal("juno-studio"))
    drop_database(postgres, url)
