"""`python -m sandbox`: the stand-in on its own port."""

import sqlite3
import sys

from sandbox.app import Sandbox
from sandbox.settings import Settings

if __name__ == "__main__":
    settings = Settings.read(sys.argv[1:])
    try:
        sandbox = Sandbox(settings)
    except sqlite3.OperationalError as error:
        raise SystemExit(f"The sandbox cannot work in {settings.data}: {error}.") from None
    sandbox.run()
