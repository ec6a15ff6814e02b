"""Guest: somebody at the door who sends exactly what a test says, with no browser between to remember or to add."""

import asyncio
import threading
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
from litestar import Litestar

from app.clock import machine_now
from app.keys import new_session_token
from app.session import WebSession
from gateways.browser import Level
from renewals.person import Person
from tests.world import PUBLIC_URL, World

HERE = {"ip": "192.0.2.7", "user_agent": "a test's browser"}
_mine = threading.local()


@dataclass
class Guest:
    """`subject` is what the token of this guest's forms is bound to: a session, or a visitor's cookie."""

    world: World
    cookies: dict[str, str]
    subject: str
    person: Person | None = None

    @property
    def csrf(self) -> str:
        return self.world.house.keys.form_token(self.subject)

    def ask(
        self, method: str, path: str, form: dict[str, Any] | None = None, *, csrf: str | None = None,
        headers: dict[str, str] | None = None, content: bytes | None = None, app: Litestar | None = None,
    ) -> httpx.Response:
        """One request with this guest's cookies; a form carries its token unless the test says another."""
        sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())} | (headers or {})
        data = None
        if method not in ("GET", "HEAD", "OPTIONS") and content is None:
            data = {"csrf": self.csrf if csrf is None else csrf} | (form or {})
        request = httpx.Request(method, PUBLIC_URL + path, headers=sent, data=data, content=content)
        return _loop().run_until_complete(_send(app or self.world.app, request))

    def get(self, path: str) -> httpx.Response:
        return self.ask("GET", path)

    def post(self, path: str, form: dict[str, Any] | None = None) -> httpx.Response:
        return self.ask("POST", path, form)


def stranger(world: World) -> Guest:
    """Nobody we know, who has seen a page of ours before and so has a visitor's cookie."""
    visitor = new_session_token()
    return Guest(world, {"kekal_visitor": visitor}, visitor)


def known(
    world: World, person: Person, level: Level = Level.CODE, *, scope: UUID | None = None,
    started: timedelta = timedelta(0), seen: timedelta = timedelta(0),
) -> Guest:
    """Somebody with a session begun and last seen so long ago."""
    now = machine_now()
    with world.writing() as session:
        token = WebSession.start(session, person, level, at=now - started, scope=scope, **HERE)
        begun = next(row for row in session.new if isinstance(row, WebSession))
        begun.seen_at = now - seen
    return Guest(world, {"kekal_session": token}, str(begun.id), person)


def colleague(world: World, of: Person, email: str, *roles: str) -> Person:
    """One more person at somebody's company."""
    person = Person(account_id=of.account_id, email=email, name=email.partition("@")[0].title(), roles=list(roles))
    with world.writing() as session:
        session.add(person)
    return person


async def _send(app: Litestar, request: httpx.Request) -> httpx.Response:
    """Straight into the application: no network, no cookie jar, no redirect."""
    answer = await httpx.ASGITransport(app).handle_async_request(request)  # type: ignore[arg-type]
    await answer.aread()
    answer.request = request
    return answer


def _loop() -> asyncio.AbstractEventLoop:
    """One for each thread, kept."""
    if not hasattr(_mine, "loop"):
        _mine.loop = asyncio.new_event_loop()
    loop: asyncio.AbstractEventLoop = _mine.loop
    return loop
