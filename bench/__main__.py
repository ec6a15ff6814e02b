"""`make bench`: a page and a click beside a bare handler, a sweep beside plain SQL, on one machine, in one run."""

import sys
import tempfile
from pathlib import Path

from bench import click, page, sweep
from bench.place import place


def main() -> int:
    """Prints a table; every figure is a median over alternating rounds."""
    with tempfile.TemporaryDirectory() as folder, place(Path(folder)) as here:
        print(page.table(here))
        print(click.table(here))
    with tempfile.TemporaryDirectory() as folder:
        print(sweep.table(Path(folder)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
