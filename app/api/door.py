"""Door: how a program's request becomes a call: its token, its rights, one transaction, one answer."""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

import msgspec
import structlog
from litestar import Request, Response, route
from litestar.enums import HttpMethod
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app.api import problem
from app.api.problem import NoToken
from app.apitoken import Holder
from app.house import House
from app.quota import Quota
from app.readable import must_be_text
from app.transaction import Now, Role
from gateways.browser import Access, Side
from renewals.errors import Malformed
from renewals.permission import Permission
from renewals.person import Person

PROGRAM = Access(Side.STAFF, form=False)
"""A program brings no cookie, so nobody can make a browser send its token: a form's token would prove nothing."""
LARGEST = 20_000_000
"""Bytes of a body; an import of some hundred thousand rows fits."""
JSON = "application/json"
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Told:
    """What goes back. `body` is JSON already."""

    body: bytes
    status: int = 200
    media_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, said: object, *, status: int = 200) -> "Told":
        return cls(msgspec.json.encode(said), status)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a program sent."""

    path: Mapping[str, Any]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Call:
    """One request of a program inside its transaction, on behalf of `person`."""

    session: Session
    now: Now
    person: Person
    token_id: UUID
    asked: Asked

    @property
    def today(self) -> date:
        return self.now.business.date()

    def key(self, name: str) -> UUID:
        """A key from the path; what is none belongs to nothing. Raises: NotFound."""
        return problem.key(str(self.asked.path[name]))

    def colleague(self, email: str, field: str) -> Person:
        """Somebody of the staff by mail address. Raises: Malformed, for the field that named nobody."""
        found = Person.staff_by_email(self.session, email)
        if found is None:
            raise Malformed(f"Nobody of the staff has the mail address {email}.", field)
        return found

    def only(self, *names: str) -> Mapping[str, str]:
        """The words behind the question mark. Raises: Malformed for one that means nothing here or is no text."""
        unknown = sorted(set(self.asked.query) - set(names))
        if unknown:
            known = f"known are {', '.join(names)}" if names else "none is known"
            raise Malformed(f"{unknown[0]} is no parameter here; {known}.", unknown[0])
        for name, word in self.asked.query.items():
            must_be_text(name, word)
        return self.asked.query


@dataclass(frozen=True, slots=True)
class Door:
    """One operation: where it is, what it asks for, and what is said about it in the document."""

    method: str
    path: str
    work: Callable[[Call], Told]
    permission: Permission
    about: Mapping[str, Any]

    @property
    def writes(self) -> bool:
        return self.method != "GET"


def hang(door: Door, house: House, threads: Executor) -> Any:
    """A door as Litestar's handler. A body is only read, and work only begun, for a token that is good."""

    @route(
        door.path, http_method=HttpMethod(door.method), opt={"access": PROGRAM}, status_code=200,
        request_max_body_size=LARGEST,
    )
    async def answer(request: Request[Any, Any, Any]) -> Response[bytes]:
        run = partial(asyncio.get_running_loop().run_in_executor, threads)
        asked = Asked(
            request.path_params, dict(request.query_params), {k.lower(): v for k, v in request.headers.items()}
        )
        if refusal := await run(_refusal, house, door, asked):
            return response(refusal)
        if door.writes:
            asked = Asked(asked.path, asked.query, asked.headers, await request.body())
        return response(await run(_served, house, door, asked))

    return answer


def response(told: Told) -> Response[bytes]:
    headers = {"Cache-Control": "no-store", **told.headers}
    return Response(told.body, status_code=told.status, media_type=told.media_type, headers=headers)


def _refusal(house: House, door: Door, asked: Asked) -> Told | None:
    """What a token hears that may not come in; the call is counted in a transaction of its own."""
    try:
        with house.database.begin(Role.WORKER) as (session, now):
            holder = _holder(session, asked.headers.get("authorization", ""))
            Quota.take(session, holder.token_id, at=now.machine)
        holder.person.must(door.permission)  # what is refused here has been counted
    except Exception as trouble:
        return _told(door, trouble)
    return None


def _served(house: House, door: Door, asked: Asked) -> Told:
    """One transaction; whatever is refused in it is undone as a whole."""
    role = Role.WORKER if door.writes else Role.STAFF
    try:
        with house.database.begin(role, read_only=not door.writes) as (session, now):
            holder = _holder(session, asked.headers.get("authorization", ""))
            holder.person.must(door.permission)
            return door.work(Call(session, now, holder.person, holder.token_id, asked))
    except Exception as trouble:
        return _told(door, trouble)


def _holder(session: Session, said: str) -> Holder:
    """Raises: NoToken."""
    scheme, _, token = said.partition(" ")
    holder = Holder.of(session, token.strip()) if scheme.lower() == "bearer" and token.strip() else None
    if holder is None:
        raise NoToken(bool(said))
    return holder


def _told(door: Door, trouble: Exception) -> Told:
    found = problem.of(trouble)
    if found.status >= 500 and not isinstance(trouble, StaleDataError):
        log.error("the API failed", path=door.path, exc_info=trouble)
    return Told(found.body, found.status, problem.MEDIA_TYPE, found.headers)
