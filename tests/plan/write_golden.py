"""Writes the golden file anew: `python -m tests.plan.write_golden`."""

import tempfile
from pathlib import Path

from app import assets, migrate
from app.postgres import EmbeddedPostgres
from app.transaction import Database
from tests.conftest import new_database
from tests.plan.conftest import BEGIN
from tests.plan.stage import Stage
from tests.plan.test_golden import GOLDEN, written


def main() -> None:
    assets.build()
    with tempfile.TemporaryDirectory() as folder:
        server = EmbeddedPostgres(Path(folder), fsync=False)
        url = new_database(server.start(), "golden")
        migrate.up(url)
        database = Database(url, lambda connection, events: None, pool=2)
        stage = Stage(database, BEGIN)
        stage.furnish()
        GOLDEN.write_text(written(stage))
        database.close()
        server.stop()
        server.erase()


if __name__ == "__main__":
    main()
