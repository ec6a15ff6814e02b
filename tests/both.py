"""Both: the tests of the house in three processes, and beside them the browser's; all wait more than they work."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

PYTEST = [sys.executable, "-m", "pytest"]
HOUSE = [
    *PYTEST, "tests", "-m", "not long and not live_stripe", "-n", "3", "--no-loadscope-reorder", "--dist", "loadgroup",
]
BROWSER = [*PYTEST, "e2e", "-m", "not long"]
BEHIND = 4
"""Niceness of the browser's tests: they fill what the others, which end last, leave idle."""
MEMORY = Path("/dev/shm")
ENOUGH = 8 << 30
"""Bytes: several times what a run fills."""


def main() -> int:
    """What the browser's tests say is shown when the others are done; either fails the whole."""
    with tempfile.TemporaryFile() as said, scratch() as folder:
        surroundings = _surroundings(folder)
        browser = subprocess.Popen(
            BROWSER, stdout=said, stderr=subprocess.STDOUT, env=surroundings, preexec_fn=partial(os.nice, BEHIND)
        )
        try:
            house = subprocess.run(HOUSE, check=False, env=surroundings).returncode
            failed = browser.wait() or house
        finally:
            browser.terminate()
            browser.wait()
        said.seek(0)
        os.write(sys.stdout.fileno(), said.read())
    return failed


def _surroundings(folder: Path | None) -> dict[str, str]:
    """Hundreds of processes of one run share what the first of them compiled."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | ({"TMPDIR": str(folder)} if folder else {})


@contextmanager
def scratch() -> Iterator[Path | None]:
    """Where hundreds of databases are made and dropped: in memory where there is plenty, else wherever it is usual."""
    if not _is_plenty():
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="kekal-tests-", dir=MEMORY))
    folder.chmod(0o755)  # the database's own user passes through
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _is_plenty() -> bool:
    try:
        free = re.search(r"MemAvailable:\s+(\d+) kB", Path("/proc/meminfo").read_text())
        return free is not None and min(int(free[1]) << 10, shutil.disk_usage(MEMORY).free) >= ENOUGH
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main())
