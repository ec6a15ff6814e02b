"""Guest: somebody at the door who sends exactly what a test says, with no browser between to remember or to add."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import select

from app.clock import machine_now
from app.keys import hashed, new_session_token
from app.session import WebSession
from gateways.browser import Level
from renewals.person import Person
from tests.world import World

HERE = {"ip": "192.0.2.7", "user_agent": "a test's browser"}


@dataclass
class Guest:
    """`subject` is what the token of this guest's forms is bound to: a session, or a visitor's cookie."""

    world: World
    cookies: dict[str, str]
    subject: str
    person: Person | None = None
    client: Any = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.client = self.world.visitor().client

    @property
    def csrf(self) -> str:
        return self.world.house.keys.form_token(self.subject)

    def ask(
        self, method: str, path: str, form: dict[str, Any] | None = None, *, csrf: str | None = None,
        headers: dict[str, str] | None = None, **more: Any,
    ) -> httpx.Response:
        """One request with this guest's cookies; a form carries its token unless the test says another."""
        sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())} | (headers or {})
        if method not in ("GET", "HEAD", "OPTIONS") and "content" not in more:
            more["data"] = {"csrf": self.csrf if csrf is None else csrf} | (form or {})
        answer: httpx.Response = self.client.request(method, path, headers=sent, follow_redirects=False, **more)
        self.client.cookies.clear()
        return answer

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
        session.flush()
        begun = session.scalars(select(WebSession).where(WebSession.token_hash == hashed(token))).one()
        begun.seen_at = now - seen
    return Guest(world, {"kekal_session": token}, str(begun.id), person)


def colleague(world: World, of: Person, email: str, *roles: str) -> Person:
    """One more person at somebody's company."""
    person = Person(account_id=of.account_id, email=email, name=email.partition("@")[0].title(), roles=list(roles))
    with world.writing() as session:
        session.add(person)
    return person
