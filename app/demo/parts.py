"""Parts: the programs a whole Kekal is made of, started and stopped by one parent."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from app.clock import pause, stopwatch
from app.settings import DEMO_KEY

ROOT = Path(__file__).resolve().parent.parent.parent
STRIPE_KEY = "sk_test_sandbox"
WEBHOOK_SECRET = "whsec_demo_sandbox"
START_LIMIT = 60.0
STOP_LIMIT = 25.0


class PartFailed(Exception):
    """A program did not come up; the message carries the end of what it printed."""


@dataclass
class Part:
    """One child process, with its output in a file."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None

    def stop(self) -> None:
        if self.is_running:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOP_LIMIT)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def kill(self) -> None:
        """As a crash would."""
        self.process.kill()
        self.process.wait()

    def last_words(self) -> str:
        return self.log.read_text(errors="replace")[-3000:]


@dataclass
class Parts:
    """The children of one parent. `folder` holds their logs and the sandbox's ledger."""

    folder: Path
    running: list[Part] = field(default_factory=list)

    def start(self, name: str, module: str, *arguments: str, environment: Mapping[str, str]) -> Part:
        log = self.folder / f"{name}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", module, *arguments], cwd=ROOT, env={**_base(), **environment},
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
            )
        part = Part(name, process, log)
        self.running.append(part)
        return part

    def start_sandbox(self, public_url: str, port: int) -> str:
        """Gives its address; it keeps its ledger between starts."""
        part = self.start(
            "sandbox", "sandbox", "--port", str(port), "--data", str(self.folder / "sandbox"),
            "--webhook-url", f"{public_url}/webhooks/stripe", "--webhook-secret", WEBHOOK_SECRET, environment={},
        )
        address = f"http://127.0.0.1:{port}"
        wait_for(f"{address}/_sandbox/ledger.json", part)
        return address

    def stop(self) -> None:
        """In the order opposite to starting."""
        for part in reversed(self.running):
            part.stop()
        self.running.clear()


def environment(
    *, database_url: str, public_url: str, sandbox_url: str, smtp_url: str, mailbox: Path, mode: str = "demo"
) -> dict[str, str]:
    """What the portal and the worker are told."""
    return {
        "KEKAL_MODE": mode, "KEKAL_DATABASE_URL": database_url, "KEKAL_PUBLIC_URL": public_url,
        "KEKAL_SECRET_KEY": DEMO_KEY, "STRIPE_SECRET_KEY": STRIPE_KEY, "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
        "STRIPE_API_BASE": sandbox_url, "KEKAL_SMTP_URL": smtp_url, "KEKAL_DEMO_MAILBOX": str(mailbox),
        "KEKAL_MAIL_FROM": "renewals@lumen.example",
    }


def wait_for(url: str, part: Part, *, limit: float = START_LIMIT) -> None:
    """Until it answers. Raises: PartFailed."""
    deadline = stopwatch() + limit
    while stopwatch() < deadline and part.is_running:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            pause(0.05)
    raise PartFailed(f"{part.name} did not start:\n{part.last_words()}")


def post_json(url: str, content: object) -> None:
    request = urllib.request.Request(url, json.dumps(content).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60):
        pass


def _base() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KEKAL_", "STRIPE_"))}
    return kept | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
