"""Standing: a house that a whole module of tests shares, for those who only look or write what nobody else reads."""

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.conftest import drop_database, new_database
from tests.world import Sandbox, World, opened

HIDDEN = {"web_session": ("seen_at",), "feed": ("read_at",)}
"""What may change while somebody only looks: when their session was last seen, and their calendar last read."""


@contextmanager
def standing(postgres: str, cast: str, letters: Path, stand_in: str, folder: Path) -> Iterator[World]:
    """The cast's own database again, as the worker left it after the book came in, with the letters it had sent."""
    url = new_database(postgres, f"standing_{secrets.token_hex(6)}", template=cast.rsplit("/", 1)[1])
    sandbox = Sandbox(stand_in).since_now()
    sandbox.fault("none")
    sandbox.webhooks("drop")
    shutil.copytree(letters / "mailbox", folder / "mailbox")
    with opened(url, sandbox, folder) as world:
        yield world
    drop_database(postgres, url)


@contextmanager
def owner_of_the_database(world: World) -> Iterator[psycopg.Connection]:
    """A connection that sees and may do everything, as the operator of the machine."""
    with psycopg.connect(world.house.settings.database_url, autocommit=True) as connection:
        yield connection


def contents(world: World) -> dict[str, str]:
    """Every row of every table, as one hash for each table."""
    with owner_of_the_database(world) as connection:
        names = [row[0] for row in connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
        )]
        query = " UNION ALL ".join(_hash_of(name) for name in names)
        return dict(connection.execute(query).fetchall())


def _hash_of(table: str) -> str:
    row = "t::text"
    for column in HIDDEN.get(table, ()):
        row = f"(to_jsonb(t) - '{column}')::text"
    return (
        f"SELECT '{table}', count(*) || ' ' || md5(coalesce(string_agg({row}, '|' ORDER BY {row}), '')) "
        f'FROM "{table}" AS t'
    )


def changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """The tables that are not as they were."""
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
