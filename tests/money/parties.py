"""Parties: what the customer, their bank and Stripe's own page do in a payment, and how old it is made to be."""

import re
from datetime import timedelta
from uuid import UUID

import httpx
from sqlalchemy import text

from app.clock import machine_now
from renewals.payment import Payment
from tests.wire import wire
from tests.world import Visitor, World

RUTH = "ruth@cedar-dental.example"
AISYAH = "aisyah@pelangi-cafe.example"
STATE = re.compile(r'data-state="(\w+)"')
LINK = re.compile(r'<a class="button button--main" href="(http[^"]+)"')


def state(visitor: Visitor, renewal: UUID) -> str:
    """What the payment's page says of it, in one word."""
    found = STATE.search(visitor.get(f"/renewals/{renewal}/payment").text)
    return found[1] if found else "nothing"


def way_out(visitor: Visitor, renewal: UUID) -> str:
    """The link by which the payment's page leads to the bank or to Stripe."""
    found = LINK.search(visitor.get(f"/renewals/{renewal}/payment").text)
    assert found, "the page leads nowhere"
    return found[1].replace("&amp;", "&")


def decide_at_bank(url: str, answer: str = "approve") -> str:
    """The customer approves or refuses; gives our own path they are sent back to."""
    return _back(wire.post(url, data={"answer": answer}))


def pay_at_stripe(url: str, number: str = "4242 4242 4242 4242") -> httpx.Response:
    """The customer types a card on Stripe's page."""
    card = {"number": number, "expiry": "12 / 34", "cvc": "123", "name": "A Customer", "email": "a@customer.example"}
    return wire.post(url, data=card)


def come_back(visitor: Visitor, sent_back: httpx.Response) -> httpx.Response:
    """Back from Stripe's page to ours."""
    assert sent_back.status_code == 303, sent_back.text
    return visitor.get(_back(sent_back))


def open_checkout(visitor: Visitor, renewal: UUID, option: int = 0, **changes: str) -> httpx.Response:
    """Choose to pay with another card, on our page."""
    content = visitor.options(renewal)[option]
    page = visitor.get(f"/renewals/{renewal}/card?option={content}").text
    terms = re.search(r'name="terms" value="([^"]+)"', page)
    assert terms, "the page has no terms"
    return visitor.post(
        f"/renewals/{renewal}/card", {"option": content, "terms": terms[1]} | changes, page=f"/renewals/{renewal}/card"
    )


def _back(answer: httpx.Response) -> str:
    return "/" + answer.headers["location"].split("/", 3)[3]


def grow_old(world: World, payment: Payment, *, hours: float) -> Payment:
    """The same attempt as if it had been made so long ago: the age of a key stands in the key."""
    past = int((machine_now() - timedelta(hours=hours)).timestamp() * 1000)
    old = UUID(bytes=past.to_bytes(6) + payment.id.bytes[6:])
    names = {"old": str(old), "young": str(payment.id)}
    with world.writing() as session:
        session.execute(
            text(
                "UPDATE payment SET id = (:old)::uuid, key = 'kekal-' || (:old)::text, "
                "request = replace(request::text, (:young)::text, (:old)::text)::jsonb WHERE id = (:young)::uuid"
            ),
            names,
        )
        session.execute(
            text("UPDATE procrastinate_jobs SET args = replace(args::text, (:young)::text, (:old)::text)::jsonb"), names
        )
    return next(one for one in world.payments(payment.renewal_id) if one.id == old)


def lose_jobs(world: World, job: str) -> None:
    """As if the queue had been restored from an older copy."""
    with world.writing() as session:
        session.execute(text("DELETE FROM procrastinate_jobs WHERE task_name = :job"), {"job": job})


def jobs(world: World, job: str) -> int:
    """How many wait."""
    with world.reading() as session:
        waiting = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = :job AND status = 'todo'"
        return int(session.scalar(text(waiting), {"job": job}) or 0)
