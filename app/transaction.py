"""Transaction: the only place that begins and commits.

A page or a plain verb is one step. Whatever talks to the outside is three: prepare (transaction), call (no
transaction, no connection held), settle (transaction); a function with a `yield` between its steps says so:

    payment = attempt(...)                    # prepare, committed at the yield
    answer = yield partial(stripe.charge, …)  # the call
    payment.settle(answer, at=work.now)       # settle
"""

from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from app.clock import business_now, machine_now
from renewals.event import PENDING, Event
from renewals.policy import COUNT, SHELF

Result = TypeVar("Result")
Call = Callable[[], Any]
Steps = Generator[Call, Any, Result]

POOL = 36
"""Connections of one process: one for each thread of the desk, and four for the webhooks."""


class Role(StrEnum):
    """What a transaction may touch; a connection has no rights until it takes one."""

    NONE = "kekal_none"
    DOOR = "kekal_door"
    PORTAL = "kekal_portal"
    STAFF = "kekal_staff"
    WORKER = "kekal_worker"


class Follower(Protocol):
    """Defers the jobs that follow from events, on the transaction's own connection."""

    def __call__(self, connection: Any, events: list[Event]) -> None: ...


@dataclass(frozen=True, slots=True)
class Now:
    """The two moments of a step. Units: UTC."""

    business: datetime
    machine: datetime


TAKE_ROLE = text(
    "SELECT set_config('role', :role, true), set_config('kekal.account', :account, true), "
    "set_config('transaction_read_only', :read_only, true), (SELECT offset_seconds FROM clock)"
)
ENTER = text(
    "SELECT found.*, set_config('kekal.account', coalesce(found.account_id::text, ''), true), "
    "set_config('role', found.role, true), set_config('transaction_read_only', :read_only, true) "
    "FROM kekal_enter(:token, :now) AS found"
)


class Database:
    """The connections of one process, and the transactions on them."""

    def __init__(self, url: str, follow: Follower, *, pool: int = POOL) -> None:
        self.follow = follow
        self._policies: dict[Any, Any] = {}
        self.engine: Engine = create_engine(
            url.replace("postgresql://", "postgresql+psycopg://", 1), pool_size=pool, max_overflow=0,
            pool_pre_ping=False, connect_args={"options": f"-c role={Role.NONE} -c timezone=UTC"},
        )

    @contextmanager
    def begin(
        self, role: Role, account: UUID | None = None, *, read_only: bool = False
    ) -> Iterator[tuple[Session, Now]]:
        """One transaction in one role; commits at the end, with the jobs that follow from its events."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            row = session.execute(
                TAKE_ROLE,
                {"role": role, "account": str(account or ""), "read_only": "on" if read_only else "off"},
            ).one()
            session.info[SHELF] = self._policies
            yield session, _now(row[3])
            self._finish(session)

    @contextmanager
    def enter(self, token: bytes, *, read_only: bool) -> Iterator[tuple[Session, Row[Any], Now]]:
        """One transaction for whoever holds this session token: signed-out people get the door's rights.

        The row says who they are; its `role` was taken in the same round trip.
        """
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            row = session.execute(
                ENTER, {"token": token, "now": machine_now(), "read_only": "on" if read_only else "off"}
            ).one()
            session.info |= {SHELF: self._policies, COUNT: row.policies}
            yield session, row, _now(row.offset_seconds)
            self._finish(session)

    def _finish(self, session: Session) -> None:
        session.flush()
        written = [event for event in session.info.pop(PENDING, []) if event in session]
        if written:  # what a savepoint took back has no consequences
            self.follow(session.connection(), written)

    def close(self) -> None:
        self.engine.dispose()


def take_worker_role(connection: Connection) -> None:
    """The queue is the worker's; what comes after this in the transaction is only deferring."""
    connection.execute(text("SELECT set_config('role', 'kekal_worker', true)"))


def make(call: Call) -> Any:
    return call()


def run_steps(
    open_step: Callable[[], AbstractContextManager[Any]], steps: Steps[Result], outside: Callable[[Call], Any] = make
) -> Result:
    """Drive a function that yields its outside calls: each stretch in a transaction, each call in none."""
    answer: Any = None
    while True:
        with open_step():
            try:
                call = steps.send(answer)
            except StopIteration as end:
                result: Result = end.value
                return result
        answer = outside(call)


def _now(offset_seconds: int) -> Now:
    return Now(business_now(offset_seconds), machine_now())
