"""`make bench`: prices, a page, a lever, a click, a sweep and a replay, each beside the least it could cost."""

import sys
import tempfile
from pathlib import Path

from bench import click, page, price, replay, sweep
from bench.place import place


def main() -> int:
    """Prints a table; every figure is a median over alternating rounds."""
    print(price.table())
    with tempfile.TemporaryDirectory() as folder, place(Path(folder)) as here:
        print(page.table(here))
        print(page.lever_table(here))
        print(click.table(here))
    with tempfile.TemporaryDirectory() as folder:
        print(sweep.table(Path(folder)))
    print(replay.table())
    return 0


if __name__ == "__main__":
    sys.exit(main())
