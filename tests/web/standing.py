"""Standing: what a house holds, and whether looking at it changed anything."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from tests.world import World

HIDDEN = {"web_session": ("seen_at",), "feed": ("read_at",)}
"""What may change while somebody only looks: when their session was last seen, and their calendar last read."""


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
