"""Nursery: starts real `kekal` processes in a moment, by forking one that has read all the code and done nothing.

A trial costs two seconds instead of eight; what runs in the children is `app.cli.main`, as in production.
"""

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parent.parent.parent
BOUNDARIES = Path(__file__).resolve().parent / "boundaries"


@dataclass
class Child:
    """One `kekal` process, the leader of its own group."""

    name: str
    pid: int
    log: Path

    @property
    def is_running(self) -> bool:
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def kill(self) -> None:
        """With everything it started."""
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            return

    def last_words(self) -> str:
        return self.log.read_text(errors="replace")[-2000:] if self.log.exists() else ""


class Nursery:
    """The parent's side."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        environment = {**os.environ, "PYTHONPATH": f"{BOUNDARIES}:{ROOT}", "KEKAL_NURSERY": "1"}
        self.process = subprocess.Popen(
            [sys.executable, __file__], cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True,
        )

    def start(self, name: str, command: str, environment: dict[str, str]) -> Child:
        log = self.folder / f"{name}.log"
        order = {"command": command, "environment": environment, "log": str(log)}
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return Child(name, int(self.process.stdout.readline()), log)

    def close(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(10)


def main() -> None:
    """The child's side: an order a line, a process number for each."""
    import granian.server  # noqa: F401 - read before it is needed

    import app.cli
    import app.main
    import app.serve
    import app.worker  # noqa: F401

    signal.signal(signal.SIGCHLD, _bury)
    while line := sys.stdin.readline():
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _become(order)
        print(pid, flush=True)


def _become(order: dict[str, object]) -> None:
    import app.cli

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    log = os.open(str(order["log"]), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for ours, theirs in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(ours, theirs)
    os.environ.update(order["environment"])  # type: ignore[call-overload]
    sys.argv = ["kekal", str(order["command"])]
    code = 1
    try:
        code = app.cli.main()
    finally:
        os._exit(code)


def _bury(number: int, frame: FrameType | None) -> None:
    """A child that ended is not kept as a ghost."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return


if __name__ == "__main__":
    main()
