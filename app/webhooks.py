"""Webhooks: what Stripe tells us: checked, kept, answered at once; believed later, by a job."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from litestar import Request, Response, post
from sqlalchemy.exc import DataError, StatementError

from app.clock import machine_now
from app.house import House
from app.jobs import defer
from app.transaction import Role, take_worker_role
from gateways.browser import Access, Side
from gateways.stripe import Forged, Notice
from renewals.inbox import Inbox

SIGNED = Access(Side.ANYBODY, form=False)
LONGEST = 1_000_000
THREADS = 4


def stripe_door(house: House) -> Any:
    """The one unsafe route without a form's token: its signature stands for it.

    It has threads and connections of its own, so that it never waits behind clicks that wait for Stripe.
    """
    threads = ThreadPoolExecutor(THREADS, thread_name_prefix="webhook")

    @post("/webhooks/stripe", opt={"access": SIGNED}, status_code=200)
    async def hear(request: Request[Any, Any, Any]) -> Response[bytes]:
        body = await request.body()
        signature = request.headers.get("stripe-signature", "")
        keep = partial(_keep, house, body, signature)
        status = await asyncio.get_running_loop().run_in_executor(threads, keep)
        return Response(b"", status_code=status)

    return hear


def _keep(house: House, body: bytes, signature: str) -> int:
    if len(body) > LONGEST:
        return 413
    try:
        notice = house.stripe.read_notice(body, signature, at=int(machine_now().timestamp()))
    except (Forged, ValueError, RecursionError):  # signed, yet nothing that can be read
        return 400
    return _write_down(house, notice)


def _write_down(house: House, notice: Notice) -> int:
    """Row and job in one transaction: what is stored is also handled. What no table can hold is refused."""
    try:
        _store(house, notice)
    except (DataError, StatementError):
        return 400
    return 200


def _store(house: House, notice: Notice) -> None:
    with house.database.begin(Role.WORKER) as (session, now):
        kept = Inbox.receive(session, "stripe", notice.id, notice.kind, notice.payload, at=now.machine)
        if kept is not None:
            session.flush()  # the job names the row
            take_worker_role(session.connection())
            defer(session.connection(), "handle_notice", {"notice": str(kept.id)})
