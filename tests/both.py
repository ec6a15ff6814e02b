"""Both: the tests of the house on every core, and beside them the browser's, which wait more than they work."""

import os
import subprocess
import sys
import tempfile

PYTEST = [sys.executable, "-m", "pytest"]
HOUSE = [
    *PYTEST, "tests", "-m", "not long and not live_stripe", "-n", "2", "--no-loadscope-reorder", "--dist", "loadfile",
]
BROWSER = [*PYTEST, "e2e", "-m", "not long"]


def main() -> int:
    """What the browser's tests say is shown when the others are done; either fails the whole."""
    with tempfile.TemporaryFile() as said:
        browser = subprocess.Popen(BROWSER, stdout=said, stderr=subprocess.STDOUT)
        try:
            house = subprocess.run(HOUSE, check=False).returncode
            failed = browser.wait() or house
        finally:
            browser.terminate()
            browser.wait()
        said.seek(0)
        os.write(sys.stdout.fileno(), said.read())
    return failed


if __name__ == "__main__":
    sys.exit(main())
