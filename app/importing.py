"""Importing from the command line: files in, a progress bar, and a report of every row that can not go in."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn

from app.clock import stopwatch
from app.jobs import follow
from app.settings import Settings
from app.transaction import Database, Role
from renewals.errors import Refused
from renewals.importing import Book, BookImport, Rejected, Sheet

DONE, REJECTED, UNUSABLE = 0, 1, 2
"""What the command answers to its shell."""


class Rehearsed(Exception):
    """Everything was done and is undone again."""

    def __init__(self, run: BookImport) -> None:
        super().__init__()
        self.run = run


def run(arguments: Sequence[str], settings: Settings) -> int:
    """`kekal import FILE... [--dry-run]`: 0 when all went in, 1 when rows were rejected, 2 when unusable."""
    wanted = _parser().parse_args(arguments)
    if missing := [str(path) for path in wanted.files if not path.is_file()]:
        _say(f"There is no file {', '.join(missing)}.")
        return UNUSABLE
    database = Database(settings.database_url, follow, pool=1)
    try:
        return import_files(database, wanted.files, dry_run=wanted.dry_run)
    finally:
        database.close()


def import_files(database: Database, paths: Sequence[Path], *, dry_run: bool = False) -> int:
    """The files as one book, in one transaction; says on the way what happens."""
    began = stopwatch()
    try:
        with _progress(paths) as files:
            book = Book.read(Sheet.csv(path.name, file) for path, file in files)
            run = _enter(database, book, dry_run=dry_run)
    except Rejected as refusal:
        _say(*(f"warning: {warned}" for warned in refusal.warnings), *refusal.rejections, refusal)
        return REJECTED
    except Refused as refusal:
        _say(refusal)
        return UNUSABLE
    _say(*(f"warning: {warned}" for warned in book.warnings))
    _tell_entered(run, stopwatch() - began, dry_run=dry_run)
    return DONE


def _parser() -> argparse.ArgumentParser:
    what = "Bring accounts, people, subscriptions, value and usage in: all or nothing."
    parser = argparse.ArgumentParser(prog="kekal import", description=what)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a CSV file; see docs/import.md")
    parser.add_argument("--dry-run", action="store_true", help="check everything and change nothing")
    return parser


def _enter(database: Database, book: Book, *, dry_run: bool) -> BookImport:
    """Raises: Rejected, NotNow."""
    try:
        with database.begin(Role.WORKER) as (session, now):
            run = book.enter(session, by=None, at=now.business)
            if dry_run:
                session.flush()  # the database has its say before everything is undone
                raise Rehearsed(run)
            return run
    except Rehearsed as rehearsal:
        return rehearsal.run


@contextmanager
def _progress(paths: Sequence[Path]) -> Iterator[list[tuple[Path, BinaryIO]]]:
    """The files, opened so that reading them moves a bar; drawn only where somebody looks."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
    with ExitStack() as stack, Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        yield [(path, stack.enter_context(bar.open(path, "rb", description=path.name))) for path in paths]


def _tell_entered(run: BookImport, seconds: float, *, dry_run: bool) -> None:
    for noun, counts in run.counts.items():
        shown = [f"{count:,} {what}" for what, count in counts.items() if count or what == "new"]
        print(f"{noun:>14}  {', '.join(shown)}")
    word = "could go in; nothing was changed" if dry_run else "went in"
    print(f"{run.rows:,} rows {word}, in {seconds:.1f} seconds.")


def _say(*lines: object) -> None:
    """To where a person reads, apart from what a program may read on."""
    for line in lines:
        print(line, file=sys.stderr)
