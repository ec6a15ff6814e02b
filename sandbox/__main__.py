"""`python -m sandbox`: the stand-in on its own port."""

import sys

from sandbox.app import Sandbox
from sandbox.settings import Settings

if __name__ == "__main__":
    Sandbox(Settings.read(sys.argv[1:])).run()
