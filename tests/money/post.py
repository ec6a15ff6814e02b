"""Post: Stripe's letters as the portal receives them: written by the stand-in, signed and carried by the test."""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import httpx
from sqlalchemy import Connection, func, select

from app.chores import money
from app.clock import machine_now
from app.demo.parts import WEBHOOK_SECRET
from app.work import Work
from renewals.inbox import Inbox
from renewals.payment import Payment
from tests.world import World


def letters(world: World, payment: Payment, *kinds: str) -> list[dict[str, Any]]:
    """What Stripe has to say about one payment, oldest first."""
    every = world.sandbox.ask("events", limit="100")["data"][::-1]
    mine = [letter for letter in every if _attempt(letter) == str(payment.id)]
    return [letter for letter in mine if not kinds or letter["type"] in kinds]


def deliver(world: World, letter: dict[str, Any] | bytes, **changes: Any) -> httpx.Response:
    """By the real route, signed as Stripe signs."""
    body = letter if isinstance(letter, bytes) else json.dumps(letter, indent=2).encode()
    return send(world, body, signed(body, **changes))


def send(world: World, body: bytes, signature: str | bytes | None) -> httpx.Response:
    headers = {} if signature is None else {b"stripe-signature": signature}
    return world.visitor().client.post("/webhooks/stripe", content=body, headers=headers)  # type: ignore[arg-type]


def signed(body: bytes, *, secret: str = WEBHOOK_SECRET, late: int = 0) -> str:
    """Units: `late` in seconds, before now when negative. Source: Stripe, "Verify webhook signatures manually"."""
    at = int(machine_now().timestamp()) + late
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def handle_newest(world: World) -> None:
    """The job of the letter that came last."""
    with world.writing() as session:
        newest = session.scalars(select(Inbox.id).order_by(Inbox.id.desc())).first()
    assert newest, "no letter came"
    Work(world.house).run(money.handle_notice, notice=newest)


def kept(world: World) -> int:
    """How many letters lie in the inbox."""
    with world.reading() as session:
        return int(session.scalar(select(func.count()).select_from(Inbox)) or 0)


@contextmanager
def taken_back(world: World) -> Iterator[Connection]:
    """What happens in here has not happened afterwards: all of it in one transaction that is given up."""
    engine = world.house.database.engine
    with engine.connect() as connection, connection.begin() as everything:
        world.house.database.engine = connection  # type: ignore[assignment]
        try:
            yield connection
        finally:
            world.house.database.engine = engine
            everything.rollback()


def in_every_order(
    connection: Connection, rest: Sequence[dict[str, Any]], hear: Callable[[dict[str, Any]], int],
    heard: tuple[int, ...] = (),
) -> Iterator[tuple[int, ...]]:
    """The answers of each order, while it has just been heard; what orders begin with alike is heard once."""
    if not rest:
        yield heard
    for letter in rest:
        with connection.begin_nested() as step:
            others = [one for one in rest if one is not letter]
            yield from in_every_order(connection, others, hear, (*heard, hear(letter)))
            step.rollback()


def _attempt(letter: dict[str, Any]) -> str | None:
    found: str | None = (letter["data"]["object"].get("metadata") or {}).get("attempt")
    return found
