"""A run goes in whole or not at all, from the command line as from anywhere."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.importing import DONE, REJECTED, UNUSABLE, run
from app.settings import Settings
from app.transaction import Database
from tests.importing.cast import Importer, Shelf

WRITTEN = ("account", "person", "subscription", "term", "line", "renewal", "figure", "usage", "book_import")


def rows(look: Shelf) -> int:
    """Everything an import writes."""
    counts = [look(f"SELECT count(*) FROM {table}")[0][0] for table in WRITTEN]
    return int(sum(counts) + look("SELECT count(*) FROM event WHERE name <> 'policy.published'")[0][0])


@pytest.mark.parametrize(
    ("file", "stands", "written"),
    [
        ("accounts", "91", "910"),
        ("people", "owner;buyer", "buyer"),
        ("subscriptions", "2025-09-04,2026-09-04", "2025-09-03,2026-09-04"),
        ("value", "312", "-312"),
        ("usage", "growth-1,active_users,2026-07", "growth-2,active_users,2026-07"),
        ("usage", "2026-07,17", '2026-07,"17'),
    ],
)
def test_one_row_at_fault_keeps_all_out(
    bring: Importer, cedar: dict[str, str], look: Shelf, file: str, stands: str, written: str
) -> None:
    bring.refused(**{**cedar, file: cedar[file].replace(stands, written)})

    assert rows(look) == 0


def test_what_only_the_database_refuses_keeps_all_out_too(
    bring: Importer, cedar: dict[str, str], look: Shelf, as_owner: Callable[[str], None]
) -> None:
    as_owner("ALTER TABLE usage ADD CONSTRAINT house_rule CHECK (amount < 17)")
    try:
        report = bring.refused(**cedar)
    finally:
        as_owner("ALTER TABLE usage DROP CONSTRAINT house_rule")

    files = ", ".join(f"{name}.csv" for name in cedar)
    assert [said.partition(" (")[0] for said in report] == [f"{files}: the database refused"]
    assert report[0].endswith("nothing was changed, try again")
    assert rows(look) == 0


def test_a_refused_run_leaves_the_next_one_free(bring: Importer, cedar: dict[str, str], look: Shelf) -> None:
    bring.refused(**{**cedar, "usage": cedar["usage"].replace("17", "x")})

    bring(**cedar)

    assert look("SELECT count(*) FROM usage") == [(2,)]


def test_two_runs_at_once_go_one_after_the_other(
    database: Database, cedar: dict[str, str], look: Shelf
) -> None:
    with ThreadPoolExecutor(2) as people:
        runs = [people.submit(Importer(database), **cedar) for _ in range(2)]
        new = [run.result().counts["usage"]["new"] for run in runs]

    assert sorted(new) == [0, 2]
    assert look("SELECT count(*) FROM renewal") == [(2,)]


@pytest.fixture
def folder(tmp_path: Path, cedar: dict[str, str]) -> Path:
    for name, text in cedar.items():
        (tmp_path / f"{name}.csv").write_text(text, "utf-8")
    return tmp_path


@pytest.fixture
def settings(database: Database, server: str) -> Settings:
    """Those of a demo over the tests' own database, which `database` empties first."""
    return Settings.read(
        {
            "KEKAL_MODE": "demo", "KEKAL_DATABASE_URL": server, "KEKAL_PUBLIC_URL": "http://localhost",
            "KEKAL_SECRET_KEY": "k", "STRIPE_SECRET_KEY": "sk_test_sandbox", "STRIPE_WEBHOOK_SECRET": "whsec_demo",
            "KEKAL_SMTP_URL": "smtp://localhost:1",
        }
    )


def paths(folder: Path) -> list[str]:
    return [str(path) for path in folder.iterdir()]


def test_the_command_says_what_went_in(
    folder: Path, settings: Settings, look: Shelf, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = run(paths(folder), settings)

    assert answer == DONE
    assert "10 rows went in, in " in capsys.readouterr().out
    assert look("SELECT count(*) FROM account") == [(1,)]


def test_the_command_names_every_row_at_fault(
    folder: Path, settings: Settings, look: Shelf, capsys: pytest.CaptureFixture[str]
) -> None:
    usage = folder / "usage.csv"
    usage.write_text(usage.read_text("utf-8").replace(",16", ",-16").replace("2026-07", "July"), "utf-8")

    answer = run(paths(folder), settings)

    assert answer == REJECTED
    assert capsys.readouterr().err.splitlines() == [
        "usage.csv: 2: amount: -16 is not between 0 and 9000000000000000",
        "usage.csv: 3: month: 'July' is not a month; write it like 2026-09",
        "Nothing was imported: 2 rows can not go in.",
    ]
    assert rows(look) == 0


def test_a_dry_run_changes_nothing(
    folder: Path, settings: Settings, look: Shelf, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = run([*paths(folder), "--dry-run"], settings)

    assert answer == DONE
    assert "10 rows could go in; nothing was changed" in capsys.readouterr().out
    assert rows(look) == 0
    assert look("SELECT count(*) FROM procrastinate_jobs") == [(0,)]


def test_a_dry_run_hears_the_database_too(
    folder: Path, settings: Settings, as_owner: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    as_owner("ALTER TABLE usage ADD CONSTRAINT house_rule CHECK (amount < 17)")
    try:
        answer = run([*paths(folder), "--dry-run"], settings)
    finally:
        as_owner("ALTER TABLE usage DROP CONSTRAINT house_rule")

    assert answer == REJECTED
    assert "the database refused" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_named(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    answer = run(["nowhere/accounts.csv"], settings)

    assert answer == UNUSABLE
    assert capsys.readouterr().err == "There is no file nowhere/accounts.csv.\n"


def test_without_policies_nothing_can_be_checked(
    folder: Path, settings: Settings, as_owner: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    as_owner("DELETE FROM policy")

    answer = run(paths(folder), settings)

    assert answer == UNUSABLE
    assert "There is no price policy in force" in capsys.readouterr().err
