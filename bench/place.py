"""Place: a real portal in a process of its own, with the cast, a Stripe stand-in and a bare handler beside."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from app import assets, jobs, migrate
from app.demo import time
from app.demo.mailbox import MailSink
from app.demo.parts import Part, Parts, environment, post_json, wait_for
from app.demo.supervisor import BOOK, BOOK_FILES, customers_of_stripe
from app.importing import run as import_book
from app.postgres import EmbeddedPostgres, free_port
from app.settings import Settings
from app.transaction import Database, Role
from renewals.policy import ship

RUTH = "ruth@cedar-dental.example"


@dataclass
class Place:
    """`web` is the portal's supervisor process; its children do the work."""

    url: str
    told: dict[str, str]
    web: Part
    client: httpx.Client

    @property
    def renewal(self) -> str:
        accounts = self.client.get("/demo/cast.json").json()["accounts"]
        return str(next(account["renewal_id"] for account in accounts if account["name"] == "Cedar Dental"))

    def cpu_seconds(self) -> float:
        """What the portal's processes have used so far, user and system."""
        ticks = sum(_ticks(pid) for pid in (self.web.process.pid, *_children(self.web.process.pid)))
        return ticks / 100


@contextmanager
def place(folder: Path) -> Iterator[Place]:
    assets.build()
    server, parts, sink = EmbeddedPostgres(folder / "home"), Parts(folder / "parts"), MailSink(folder / "mailbox")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    try:
        database_url = server.start()
        migrate.up(database_url)
        sandbox = parts.start_sandbox(url, free_port())
        post_json(f"{sandbox}/_sandbox/seed", customers_of_stripe())
        told = environment(
            database_url=database_url, public_url=url, sandbox_url=sandbox, smtp_url=sink.start(), mailbox=sink.folder
        )
        _fill(told)
        web = parts.start("portal", "bench.portal", environment=told | {"KEKAL_PORT": str(port)})
        parts.start("worker", "app.cli", "worker", environment=told)
        wait_for(f"{url}/health", web)
        with httpx.Client(base_url=url, timeout=30) as client:
            client.post("/demo/clock", data={"days": "0"})  # comes back when all due work is done
            client.post("/demo/sign-in", data={"email": RUTH})
            yield Place(url, told, web, client)
    finally:
        parts.stop()
        sink.stop()
        server.stop()
        server.erase()


def _fill(told: dict[str, str]) -> None:
    settings = Settings.read(told)
    database = Database(settings.database_url, jobs.follow, pool=1)
    time.stand_at(database, time.FIRST_DAY)
    with database.begin(Role.WORKER) as (session, now):
        ship(session, at=now.business)
    database.close()
    if import_book([str(BOOK / name) for name in BOOK_FILES], settings):
        raise SystemExit("The book was refused.")


def _ticks(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0
    return int(fields[11]) + int(fields[12])


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
