"""Stage: a real portal and a real worker on one database, on which customers renew while processes are killed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import httpx
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app import jobs
from app.clock import pause, stopwatch
from app.demo.mailbox import MailSink, read_all
from app.demo.parts import environment
from app.transaction import Database, Role
from renewals.account import Account
from renewals.inbox import Inbox
from renewals.paper import Document, DocumentKind
from renewals.person import Person
from renewals.renewal import CLOSED, Renewal, RenewalState
from tests.crash.nursery import Child, Nursery
from tests.crash.oracle import violations
from tests.wire import local, wire
from tests.world import Sandbox, click_form

CLICK_LIMIT = 20.0
MADE = {DocumentKind.AGREEMENT, DocumentKind.INVOICE}
SETTLE_LIMIT = 40.0
HURRY = text(
    "WITH woken AS (UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo' AND scheduled_at > now()) "
    "SELECT pg_notify('procrastinate_any_queue_v1', json_build_object('type', 'job_inserted', 'job_id', id)::text) "
    "FROM procrastinate_jobs WHERE status = 'todo'"
)
"""Nobody waits for a time to come, nor for the worker's next look at the queue."""
RETAKE = text(
    "INSERT INTO procrastinate_jobs (queue_name, task_name, args, priority) "
    "VALUES ('default', 'retake_stalled', jsonb_build_object('timestamp', 0), 0)"
)


@dataclass(frozen=True)
class Customer:
    """Who clicks in one trial."""

    email: str
    account: UUID
    renewal: UUID


@dataclass
class Stage:
    """The programs of a portal; only what was killed is started again."""

    nursery: Nursery
    sandbox: Sandbox
    database_url: str
    port: int
    folder: Path
    running: dict[str, Child] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.database = Database(self.database_url, jobs.follow, pool=2)
        self.sink = MailSink(self.folder / "mailbox")
        self.told = environment(
            database_url=self.database_url, public_url=self.url, sandbox_url=self.sandbox.url,
            smtp_url=self.sink.start(), mailbox=self.folder / "mailbox",
        ) | {"KEKAL_PORT": str(self.port), "KEKAL_BOUNDARIES": str(self.folder), "KEKAL_ANSWER_LIMIT": "0.8"}
        self.waiting = self._customers()
        self.start("web")
        self.start("worker")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, part: str) -> None:
        command = "serve" if part == "web" else part
        self.running[part] = self.nursery.start(
            f"{self.folder.name}-{part}", command, self.told | {"KEKAL_PART": part}
        )

    def wait_for_web(self) -> None:
        deadline = stopwatch() + SETTLE_LIMIT
        while stopwatch() < deadline:
            self._revive()
            try:
                wire.get(f"{self.url}/health", timeout=1)
                return
            except httpx.HTTPError:
                pause(0.02)
        raise AssertionError(f"The portal did not come up:\n{self.running['web'].last_words()}")

    def close(self) -> None:
        for child in self.running.values():
            child.kill()
        self.sink.stop()
        self.database.close()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        with self.database.begin(Role.WORKER) as (session, _):
            yield session

    def _customers(self) -> list[Customer]:
        """Everybody who could renew with a card today."""
        with self.database.begin(Role.WORKER, read_only=True) as (session, now):
            today = now.business.date()
            rows = session.execute(
                select(func.min(Person.email), Account.id, Renewal.id)
                .join(Account, Account.id == Renewal.account_id)
                .join(Person, Person.account_id == Account.id)
                .where(Account.stripe_customer.is_not(None), Renewal.state.not_in(CLOSED), Person.active)
                .where(Renewal.renews_on.between(today, today.replace(month=today.month + 2)))
                .where(Person.roles.contains(["owner"]))
                .group_by(Account.id, Renewal.id)
                .order_by(Account.id)
            )
            return [Customer(*row) for row in rows]

    # Arming

    def arm(self, boundary: str) -> None:
        """Die there; "" only notes what is reached."""
        for name in ("reached", "killed"):
            (self.folder / name).unlink(missing_ok=True)
        (self.folder / "armed").write_text(boundary)

    def disarm(self) -> tuple[list[str], str]:
        """What was reached, and where somebody died."""
        (self.folder / "armed").unlink(missing_ok=True)
        reached = self.folder / "reached"
        return reached.read_text().splitlines() if reached.exists() else [], self.killed

    @property
    def killed(self) -> str:
        file = self.folder / "killed"
        return file.read_text() if file.exists() else ""

    # Renewing

    @contextmanager
    def visited_by(self, customer: Customer) -> Iterator[httpx.Client]:
        """Their browser, signed in."""
        self.wait_for_web()
        with local(base_url=self.url, timeout=CLICK_LIMIT) as browser:
            browser.post("/demo/sign-in", data={"email": customer.email})
            yield browser

    def settle(self, browser: httpx.Client, customer: Customer, form: dict[str, str], *, then: str = "") -> None:
        """Start again what died, let the customer click once more, and wait until all is done; `then` is where
        somebody dies a second time."""
        deadline = stopwatch() + SETTLE_LIMIT
        clicked = False
        while stopwatch() < deadline:
            if then and self.killed:
                self.arm(then)
                then = ""
            self._revive()
            if not clicked:
                clicked = _clicks(browser, customer, form)
            self._hurry()
            if self._is_settled(customer):
                return
            pause(0.03)

    def _revive(self) -> None:
        """The portal's own parent starts it again, unless it dies too often; the rest is a supervisor's work."""
        if not self.running["web"].is_running:
            self.start("web")
        if not self.running["worker"].is_running:
            with self.writing() as session:  # as if its heartbeat had been missed for long enough
                session.execute(text("DELETE FROM procrastinate_workers"))
                session.execute(RETAKE)
            self.start("worker")

    def _hurry(self) -> None:
        with self.writing() as session:
            session.execute(HURRY)

    def _is_settled(self, customer: Customer) -> bool:
        with self.database.begin(Role.WORKER, read_only=True) as (session, _):
            won = session.get_one(Renewal, customer.renewal).state is RenewalState.WON
            unread = session.scalar(select(func.count()).select_from(Inbox).where(Inbox.handled_at.is_(None)))
            busy = session.scalar(text("SELECT count(*) FROM procrastinate_jobs WHERE task_name <> 'seal_events'"))
            papers = session.scalars(select(Document.kind).where(Document.renewal_id == customer.renewal)).all()
        return won and not unread and not busy and set(papers) >= MADE

    def broken(self, customer: Customer) -> list[str]:
        with self.writing() as session:
            return violations(session, self.sandbox, read_all(self.folder / "mailbox"), customer.renewal)


def click(browser: httpx.Client, customer: Customer, form: dict[str, str]) -> None:
    try:
        browser.post(f"/renewals/{customer.renewal}/payment", data=form)
    except httpx.HTTPError:
        return  # the line was cut: the customer knows nothing


def _clicks(browser: httpx.Client, customer: Customer, form: dict[str, str]) -> bool:
    """The same button once more, as somebody does who saw no answer; says whether it was answered."""
    try:
        return browser.post(f"/renewals/{customer.renewal}/payment", data=form).status_code == 303
    except httpx.HTTPError:
        return False


def form_of(browser: httpx.Client, customer: Customer) -> dict[str, str]:
    return click_form(browser.get(f"/renewals/{customer.renewal}").text)

