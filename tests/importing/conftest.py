"""A real database for the importer's tests, and short ways to a book's files."""

from collections.abc import Callable, Iterator

import psycopg
import pytest

from app.jobs import follow
from app.transaction import Database, Role
from renewals import policy
from tests.conftest import new_database
from tests.importing.cast import CEDAR, NOW, Importer, Shelf
from tests.lending import lent


@pytest.fixture(scope="session")
def server(postgres: str, bare: str) -> str:
    """The address of an empty, migrated database."""
    return new_database(postgres, "importing", template=bare)


@pytest.fixture
def database(server: str) -> Iterator[Database]:
    """Empty tables beside the shipped policies, for each test anew."""
    _empty(server)
    with lent(Database(server, follow, pool=2)) as made:
        with made.begin(Role.WORKER) as (session, _):
            policy.ship(session, at=NOW)
        yield made


def _empty(url: str) -> None:
    """As the owner of the tables, who alone may lift the trigger that keeps events for ever."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        for (table,) in connection.execute(tables).fetchall():
            if table not in ("clock", "alembic_version", "policy"):
                connection.execute(f"DELETE FROM {table}")


@pytest.fixture
def bring(database: Database) -> Importer:
    return Importer(database)


@pytest.fixture
def look(database: Database) -> Shelf:
    return Shelf(database)


@pytest.fixture
def as_owner(server: str) -> Callable[[str], None]:
    """Changes a row behind everybody's back, as the owner of the tables; references are not looked at."""

    def change(sql: str) -> None:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute(sql)

    return change


@pytest.fixture
def cedar() -> dict[str, str]:
    """Cedar Dental's book: the smallest one with a bit of everything."""
    return dict(CEDAR)
