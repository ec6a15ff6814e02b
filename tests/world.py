"""World: a whole Kekal for one test: its own database with the cast, the real app, the stand-ins over real HTTP."""

import asyncio
import os
import re
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import httpx
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app import main
from app.demo import time
from app.demo.mailbox import Mail, MailSink, read_all
from app.demo.parts import STRIPE_KEY, environment
from app.house import House
from app.settings import Settings
from app.transaction import Role
from app.worker import HEARTBEAT, STALLED_AFTER, queue
from renewals.account import Account
from renewals.payment import Payment
from renewals.person import Person
from renewals.renewal import CLOSED, Renewal
from tests.lending import lent
from tests.wire import wire

PUBLIC_URL = "http://testserver.local"
CSRF = re.compile(r'name="csrf" value="([^"]*)"')
OPTION = re.compile(r'name="option" value="([0-9a-f]{64})"[^>]*')
TERMS = re.compile(r'name="terms" value="([^"]+)"')


@dataclass
class Sandbox:
    """The Stripe stand-in of this test run, and its ledger: the independent judge of money."""

    url: str
    before: frozenset[str] = frozenset()

    def since_now(self) -> "Sandbox":
        """The same stand-in, forgetting what other tests did."""
        return Sandbox(self.url, frozenset(one["id"] for many in self.ledger().values() for one in many))

    def ledger(self) -> dict[str, list[dict[str, Any]]]:
        answer: dict[str, list[dict[str, Any]]] = wire.get(f"{self.url}/_sandbox/ledger.json").json()
        return answer

    def charges(self, renewal: UUID | str) -> list[dict[str, Any]]:
        """Money that moved for one renewal."""
        return [
            charge for charge in self.ledger()["charges"]
            if charge["metadata"].get("renewal") == str(renewal)
            and charge["status"] == "succeeded"
            and charge["id"] not in self.before
        ]

    def invoices(self, renewal: UUID | str) -> list[dict[str, Any]]:
        """The numbered invoices that Stripe holds for one renewal."""
        return [
            one for one in self.ledger()["invoices"]
            if one["metadata"].get("renewal") == str(renewal) and one["id"] not in self.before
        ]

    def switch(self, name: str, **settings: str) -> None:
        wire.post(f"{self.url}/_sandbox/{name}", data=settings).raise_for_status()

    def fault(self, name: str, times: int = 1, **more: str) -> None:
        self.switch("faults", next=name, times=str(times), **more)

    def webhooks(self, mode: str) -> None:
        self.switch("webhooks", mode=mode)

    def ask(self, path: str, **query: str) -> Any:
        """What Stripe's API says, past our own code."""
        answer = wire.get(f"{self.url}/v1/{path}", params=query, headers={"authorization": f"Bearer {STRIPE_KEY}"})
        answer.raise_for_status()
        return answer.json()


class Seat:
    """What the rooms take for their house: the house of whatever world sits in it now."""

    house: House

    def __getattr__(self, name: str) -> Any:
        return getattr(self.house, name)

    @cached_property
    def app(self) -> Litestar:
        return main.build(cast(House, self))


FREE: list[Seat] = []


@dataclass
class World:
    """One house over one database; visitors come through `visitor` and `signed_in`."""

    house: House
    sandbox: Sandbox
    mailbox: Path

    @cached_property
    def app(self) -> Litestar:
        """Hung when the first visitor comes; a demo's rooms are hung once and lent to one world after another."""
        if not self.house.settings.is_demo:
            return main.build(self.house)
        self.seat = FREE.pop() if FREE else Seat()
        self.seat.house = self.house
        return self.seat.app

    def leave(self) -> None:
        """Somebody else may sit here."""
        if seat := self.__dict__.get("seat"):
            FREE.append(seat)

    def visitor(self, **headers: str) -> "Visitor":
        client = TestClient(self.app, base_url=PUBLIC_URL)
        client.headers.update(headers)
        return Visitor(self, client)

    def signed_in(self, email: str, **headers: str) -> "Visitor":
        """Somebody of the cast, by the demo's own door."""
        visitor = self.visitor(**headers)
        visitor.client.post("/demo/sign-in", data={"email": email}, follow_redirects=False)
        return visitor

    def renewal(self, account: str) -> UUID:
        """The open renewal of an account, by its external id."""
        with self.reading() as session:
            query = select(Renewal.id).join(Account, Account.id == Renewal.account_id).where(
                Account.external_id == account, Renewal.state.not_in(CLOSED)
            )
            return session.scalars(query.order_by(Renewal.renews_on)).first() or UUID(int=0)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Look at anything."""
        with self.house.database.begin(Role.WORKER, read_only=True) as (session, _):
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        with self.house.database.begin(Role.WORKER) as (session, _):
            yield session

    def person(self, email: str) -> Person:
        with self.reading() as session:
            return session.scalars(select(Person).where(Person.email == email)).one()

    def work(self) -> None:
        """Let the real worker do everything that is due now. What comes by the clock a test calls itself."""

        async def once() -> None:
            app = queue(self.house)
            app.periodic_registry.periodic_tasks.clear()  # else a test had what its minute brings, or half of it
            async with app.open_async():
                await app.run_worker_async(
                    wait=False, install_signal_handlers=False, concurrency=4, delete_jobs="successful",
                    update_heartbeat_interval=HEARTBEAT, stalled_worker_timeout=STALLED_AFTER,
                )

        for _ in range(20):  # a job may leave another behind while the worker is going home
            with ThreadPoolExecutor(1) as thread:  # a browser's test may have a loop of its own in this one
                thread.submit(asyncio.run, once()).result()
            with self.reading() as session:
                if not session.scalar(time.BUSY):
                    return
        raise AssertionError("The work does not end.")

    def hurry(self) -> None:
        """Make waiting jobs due now, so that a machine-time wait costs a test nothing."""
        with self.writing() as session:
            session.execute(text("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'"))

    def wait_and_work(self, rounds: int = 1) -> None:
        """As long as the waiting jobs wait, each time followed by their work."""
        for _ in range(rounds):
            self.hurry()
            self.work()

    def payments(self, renewal: UUID) -> list[Payment]:
        """Every attempt, oldest first."""
        with self.reading() as session:
            return list(Payment.of_renewal(session, renewal))[::-1]

    def put_card(self, account: str, token: str, last4: str = "4242") -> None:
        """Another card on file, by Stripe's name for one of its test cards."""
        with self.writing() as session:
            holder = session.scalars(select(Account).where(Account.external_id == account)).one()
            now = datetime.now(UTC)
            holder.put_card_on_file(token, "Visa", last4, date(2034, 12, 31), by=None, at=now)

    def mails(self) -> list[Mail]:
        return read_all(self.mailbox)

    def stand_at(self, day: date) -> None:
        time.stand_at(self.house.database, day)


@dataclass
class Visitor:
    """Somebody with a browser that keeps cookies and fills in forms."""

    world: World
    client: TestClient[Litestar]

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.client.get(path, follow_redirects=False, **options)

    def post(self, path: str, form: dict[str, Any] | None = None, *, page: str = "/", **options: Any) -> httpx.Response:
        """Send a form as our own page would: with the token of `page`."""
        token = CSRF.search(self.client.get(page).text)
        data = {"csrf": token[1] if token else ""} | (form or {})
        return self.client.post(path, data=data, follow_redirects=False, **options)

    def options(self, renewal: UUID) -> list[str]:
        """The contents shown, good to best."""
        return OPTION.findall(self.get(f"/renewals/{renewal}").text)

    def click(self, renewal: UUID, option: int = 0, **changes: Any) -> httpx.Response:
        """Press the button for one of the options as the page shows it."""
        page = self.get(f"/renewals/{renewal}").text
        return self.client.post(
            f"/renewals/{renewal}/payment", data=click_form(page, option) | changes, follow_redirects=False
        )


def click_form(page: str, option: int = 0) -> dict[str, str]:
    """What a browser would send for one of the options on a renewal's page."""
    token, terms, options = CSRF.search(page), TERMS.search(page), OPTION.findall(page)
    assert token and terms and options, "the page shows no options"
    return {"csrf": token[1], "option": options[option], "terms": terms[1]}


@contextmanager
def opened(database_url: str, sandbox: Sandbox, folder: Path) -> Iterator[World]:
    """A world over a database that is this test's own."""
    mailbox = folder / "mailbox"
    sink = MailSink(mailbox)
    told = environment(
        database_url=database_url, public_url=PUBLIC_URL, sandbox_url=sandbox.url, smtp_url=sink.start(),
        mailbox=mailbox,
    )
    os.environ["KEKAL_DEMO_MAILBOX"] = str(mailbox)
    house = House.build(Settings.read(told))
    world = World(house, sandbox, mailbox)
    with lent(house.database):
        try:
            yield world
        finally:
            world.leave()
            house.close()
            sink.stop()


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1):
            return True
    except OSError:
        return False
