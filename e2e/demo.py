"""Demo: `kekal demo` as a stranger runs it, a process of its own on its own port and home."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from app.demo.parts import ROOT
from app.postgres import EmbeddedPostgres, free_port
from tests.wire import wire

START_LIMIT = 120.0
STOP_LIMIT = 60.0
PATIENCE = 30.0
"""Seconds until something that follows by itself must have happened."""

Json = dict[str, Any]
Found = TypeVar("Found")


@dataclass
class Demo:
    """One demo; `home` keeps its data between two starts."""

    home: Path
    port: int
    process: subprocess.Popen[bytes] = field(init=False)

    @classmethod
    def start(cls, home: Path, *arguments: str) -> "Demo":
        """Raises: AssertionError with the end of what it printed, when it never stood."""
        demo = cls(home, free_port())
        demo.begin(*arguments)
        return demo

    def begin(self, *arguments: str) -> None:
        """Start, again perhaps, and wait until it says that it is ready."""
        with self._said.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "app.cli", "demo", *arguments], cwd=ROOT, stdout=output,
                stderr=subprocess.STDOUT, env=_environment(self.home, self.port), start_new_session=True,
            )
        self._wait_until_ready()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_LIMIT
        while time.monotonic() < deadline and self.process.poll() is None:
            if f"Kekal is ready at {self.url}/demo\n" in self.printed:
                return
            time.sleep(0.05)
        raise AssertionError(f"The demo did not start:\n{self.printed[-3000:]}")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def _said(self) -> Path:
        return self.home.with_suffix(".out")

    @property
    def printed(self) -> str:
        return self._said.read_text(errors="replace")

    def stop(self) -> int:
        """As a service manager would; gives what it answered to its shell."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_LIMIT)

    def erase(self) -> None:
        """What it kept; as root the database lies outside of its home."""
        EmbeddedPostgres(self.home).erase()

    def everyone(self) -> set[int]:
        """The process and all its children, by their ids."""
        family = {self.process.pid}
        listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
        pairs = [(int(pid), int(parent)) for pid, parent in (line.split() for line in listed.splitlines())]
        while more := {pid for pid, parent in pairs if parent in family} - family:
            family |= more
        return family

    def get(self, path: str) -> Any:
        return wire.get(f"{self.url}{path}", timeout=PATIENCE).raise_for_status().json()

    @property
    def sandbox(self) -> str:
        return str(self.get("/demo/parts.json")["sandbox"])

    def account(self, name: str) -> Json:
        accounts: list[Json] = self.get("/demo/cast.json")["accounts"]
        return next(account for account in accounts if account["name"] == name)

    def mails(self, to: str, kind: str) -> list[Json]:
        """Newest last."""
        return [mail for mail in self.get("/demo/mail.json") if mail["kind"] == kind and to in mail["to"]]

    def mail(self, to: str, kind: str, count: int = 1) -> Json:
        """The newest one, once there are `count` of them."""

        def look() -> Json | None:
            mails = self.mails(to, kind)
            return mails[-1] if len(mails) >= count else None

        return sooner_or_later(look, f"a {kind} mail to {to}")

    def charges(self, renewal: str) -> list[Json]:
        """Money that moved for one renewal, by the stand-in's own book."""
        ledger = wire.get(f"{self.sandbox}/_sandbox/ledger.json").raise_for_status().json()
        return [
            charge for charge in ledger["charges"]
            if charge["metadata"].get("renewal") == renewal and charge["status"] == "succeeded"
        ]

    def switch(self, name: str, **settings: str) -> None:
        """One of the stand-in's own switches: faults, webhooks, seed."""
        wire.post(f"{self.sandbox}/_sandbox/{name}", data=settings).raise_for_status()


def sooner_or_later(look: Callable[[], Found | None], what: str) -> Found:
    """Look until there is something. Raises: AssertionError naming what never came."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if (found := look()) is not None:
            return found
        time.sleep(0.05)
    raise AssertionError(f"There was never {what}.")


def _environment(home: Path, port: int) -> dict[str, str]:
    """Nothing of the surroundings but what any shell has."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KEKAL_", "STRIPE_"))}
    return kept | {"KEKAL_HOME": str(home), "PORT": str(port), "PYTHONUNBUFFERED": "1"}
