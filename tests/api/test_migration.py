"""The programs' tables: up, down, and up again, with the rights they need and no more."""

import secrets

import psycopg
import pytest
from alembic import command

from app import migrate
from tests.conftest import Book, drop_database, new_database


def test_the_programs_tables_go_up_down_and_up_again(postgres: str) -> None:
    url = new_database(postgres, f"programs_{secrets.token_hex(4)}")
    config = migrate.config(url)
    known = []

    for step, target in ((command.upgrade, "0004"), (command.downgrade, "0003"), (command.upgrade, "0004")):
        step(config, target)
        with psycopg.connect(url) as connection:
            row = connection.execute("SELECT to_regclass('kept_answer'), to_regproc('kekal_program')").fetchone()
        known.append(row is not None and all(row))

    drop_database(postgres, url)
    assert known == [True, False, True]


def test_the_staffs_role_can_not_read_tokens_or_answers(stories: Book) -> None:
    with psycopg.connect(stories.url) as connection:
        connection.execute("SET ROLE kekal_staff")
        for table in ("api_token", "kept_answer"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
                connection.execute(f"SELECT * FROM {table}")
