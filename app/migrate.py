"""Migrating: bring the database to this version of the house."""

from pathlib import Path

from alembic import command
from alembic.config import Config

ROOT = Path(__file__).resolve().parent.parent


def config(url: str) -> Config:
    made = Config()
    made.set_main_option("script_location", str(ROOT / "migrations"))
    made.attributes["url"] = url
    return made


def up(url: str) -> None:
    command.upgrade(config(url), "head")


def down(url: str) -> None:
    command.downgrade(config(url), "base")
