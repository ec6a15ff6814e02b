"""How Alembic reaches the database: by the address the program was given."""

from alembic import context
from sqlalchemy import create_engine, text

from app.records import METADATA

ADVISORY_LOCK = 7_205_300


def run() -> None:
    """One transaction for everything, under one lock: two starting servers do not migrate at once."""
    address = context.config.attributes["url"].replace("postgresql://", "postgresql+psycopg://", 1)
    with create_engine(address).begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
        context.configure(connection=connection, target_metadata=METADATA, compare_type=True)
        context.run_migrations()


run()
