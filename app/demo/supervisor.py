"""Supervisor: starts every part of the demo, in order, and stops all of it."""

import csv
import os
import shutil
import signal
import sys
from datetime import date
from pathlib import Path
from threading import Event
from types import FrameType

from app import assets, jobs, migrate
from app.clock import stopwatch
from app.demo import time
from app.demo.edition import edition
from app.demo.mailbox import MailSink
from app.demo.parts import ROOT, Part, PartFailed, Parts, environment, post_json, wait_for
from app.house import House
from app.importing import run as import_book
from app.postgres import DatabaseFailed, EmbeddedPostgres, free_port
from app.settings import Settings
from app.transaction import Database, Role
from renewals.clock import Clock
from renewals.policy import ship

BOOK = ROOT / "app" / "demo" / "book"
BOOK_FILES = ("accounts.csv", "people.csv", "subscriptions.csv", "value.csv", "usage.csv")


def run(*, reset: bool, day: date | None = None, small: bool = False) -> int:
    """Until Ctrl-C, SIGTERM, or a part that dies. A new demo begins at `day`; a small one has only companies with a
    story."""
    if os.environ.get("KEKAL_MODE") == "production":
        print("This is a demo; it does not run with KEKAL_MODE=production.", file=sys.stderr)
        return 2
    home = Path(os.environ.get("KEKAL_HOME", ".kekal")).resolve()
    port = int(os.environ.get("PORT", "8000"))
    stop = _stop_on_signals()
    try:
        return Demo(home, port, day or time.FIRST_DAY, small=small).run(stop, reset=reset)
    except (DatabaseFailed, PartFailed, OSError) as trouble:
        print(f"Kekal can not start: {trouble}", file=sys.stderr)
        return 1


class Demo:
    """One demo under one home."""

    def __init__(self, home: Path, port: int, first_day: date = time.FIRST_DAY, *, small: bool = False) -> None:
        self.home = home
        self.first_day = first_day
        self.small = small
        self.url = f"http://127.0.0.1:{port}"
        self.port = port
        self.postgres = EmbeddedPostgres(home)
        self.parts = Parts(home)
        self.sink = MailSink(home / "mailbox")

    def run(self, stop: Event, *, reset: bool) -> int:
        try:
            if reset:
                self._forget()
            began = stopwatch()
            parts = self._start()
            print(f"Kekal is ready at {self.url}/demo", flush=True)
            print(f"  started in {stopwatch() - began:.1f} s; Ctrl-C stops all of it", file=sys.stderr, flush=True)
            return self._watch(parts, stop)
        finally:
            self._stop()

    def _start(self) -> list[Part]:
        assets.build()
        database_url = os.environ.get("KEKAL_DATABASE_URL") or self.postgres.start()
        migrate.up(database_url)
        sandbox_url = self.parts.start_sandbox(self.url, self._sandbox_port())
        told = environment(
            database_url=database_url, public_url=self.url, sandbox_url=sandbox_url, smtp_url=self.sink.start(),
            mailbox=self.home / "mailbox",
        )
        post_json(f"{sandbox_url}/_sandbox/seed", customers_of_stripe())
        is_new = self._fill(told)
        web = self.parts.start(
            "portal", "app.cli", "serve", environment=told | {"KEKAL_PORT": str(self.port)}
        )
        worker = self.parts.start("worker", "app.cli", "worker", environment=told)
        wait_for(f"{self.url}/health", web)
        if is_new:
            self._live_first_day(told)
        return [web, worker]

    def _live_first_day(self, told: dict[str, str]) -> None:
        house = House.build(Settings.read(told), pool=2)
        time.live_first_day(house, self.first_day)
        house.close()

    def _fill(self, told: dict[str, str]) -> bool:
        """A new database gets the morning of the first day, the policies and the book, the book through the importer.

        Returns: whether it is new.
        """
        settings = Settings.read(told)
        database = Database(settings.database_url, jobs.follow, pool=2)
        with database.begin(Role.WORKER, read_only=True) as (session, _):
            is_new = session.query(Clock).filter(Clock.offset_seconds != 0).first() is None
        if is_new:
            time.stand_at(database, self.first_day, time.ON_THE_WAY[0])
        else:
            time.stand_at(database, time.today(database))
        with database.begin(Role.WORKER) as (session, now):
            ship(session, at=now.business)
        if is_new:
            os.environ.update(told)
            whole = [BOOK / name for name in BOOK_FILES]
            files = edition(whole, self.home / "book", day=self.first_day, small=self.small)
            if import_book([str(path) for path in files], settings):
                raise PartFailed("The demo's book was refused.")
        database.close()
        return is_new

    def _sandbox_port(self) -> int:
        """The same at every start, because its pages' addresses are kept."""
        kept = self.home / "sandbox-port"
        if not kept.exists():
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_text(str(free_port()))
        return int(kept.read_text())

    def _watch(self, parts: list[Part], stop: Event) -> int:
        while not stop.wait(0.5):
            for part in parts:
                if not part.is_running:
                    print(f"{part.name} ended:\n{part.last_words()}", file=sys.stderr)
                    return 1
        return 0

    def _stop(self) -> None:
        self.parts.stop()
        self.sink.stop()
        self.postgres.stop()

    def _forget(self) -> None:
        self.postgres.erase()
        shutil.rmtree(self.home, ignore_errors=True)
        self.home.mkdir(parents=True)
        self.sink.folder.mkdir(parents=True)


def customers_of_stripe() -> list[dict[str, object]]:
    """Every customer of the book whose card Stripe holds."""
    with (BOOK / "accounts.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["stripe_customer"]]
    return [
        {"id": row["stripe_customer"], "name": row["name"], "email": f"billing@{row['external_id']}.example",
         "cards": ["pm_card_visa"]}
        for row in rows
    ]


def _stop_on_signals() -> Event:
    stop = Event()

    def told(number: int, frame: FrameType | None) -> None:
        stop.set()

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, told)
    return stop
