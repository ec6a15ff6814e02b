"""Webhooks: any order, any number of times, too early, never, forged or false: one effect or none."""

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select, text

from app.check import violations
from app.chores import household, money
from app.demo.parts import STRIPE_KEY
from app.work import Work
from gateways.stripe import Frozen, Stripe
from renewals.errors import GatewayFailed
from renewals.event import Event, EventName
from renewals.inbox import Inbox
from renewals.paper import Agreement
from renewals.payment import Answer, Payment, PaymentState
from renewals.renewal import Renewal
from tests.money.parties import RUTH, decide_at_bank, lose_jobs, open_checkout, pay_at_stripe, state, way_out
from tests.money.post import deliver, handle_newest, in_every_order, kept, letters, send, signed, taken_back
from tests.wire import wire
from tests.world import World

FIVE = (
    "payment_intent.created", "payment_intent.requires_action", "charge.succeeded", "payment_intent.succeeded",
    "checkout.session.completed",
)
FALSE = {
    "a cent less": {"amount": "863999"},
    "another currency": {"currency": "eur"},
    "another customer": {"customer": "cus_juno_studio"},
    "another attempt's mark": {"metadata[attempt]": "01890000-0000-7000-8000-000000000000"},
}


def test_all_120_orders_of_five_letters_end_the_same(world: World) -> None:
    renewal = world.renewal("cedar-dental")
    payment = _paid_at_stripe_with_the_banks_question(world)
    five = letters(world, payment, *FIVE)

    def hear(letter: dict[str, Any]) -> int:
        answer = deliver(world, letter).status_code
        handle_newest(world)
        return answer

    with taken_back(world) as connection:
        ends = Counter((answers, *_end_of(world, payment)) for answers in in_every_order(connection, five, hear))

    assert [letter["type"] for letter in five] == list(FIVE)
    assert ends == {((200,) * 5, "succeeded", "won", 1, 2, 1): 120}
    assert world.payments(renewal)[0].state is PaymentState.REQUIRES_ACTION  # all of it was taken back


def test_ten_copies_at_once_are_one_letter_and_one_effect(world: World) -> None:
    payment = _unanswered(world, "cut_after")
    letter = letters(world, payment, "payment_intent.succeeded")[0]

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: deliver(world, letter).status_code, range(10)))
    world.work()

    assert set(answers) == {200}
    assert kept(world) == 1
    assert _end_of(world, payment) == ("succeeded", "won", 1, 2, 1)


def test_a_thousand_forgeries_leave_no_trace(world: World) -> None:
    payment = _unanswered(world, "cut_after")
    letter = letters(world, payment, "payment_intent.succeeded")[0]

    answers = Counter(send(world, body, header).status_code for body, header in _forgeries(letter, 1000))

    assert answers == {400: 1000}
    assert kept(world) == 0
    assert deliver(world, letter).status_code == 200  # and the true one is heard


@pytest.mark.parametrize("difference", FALSE)
def test_a_true_letter_about_a_payment_that_does_not_fit_is_put_aside(world: World, difference: str) -> None:
    payment = _unanswered(world, "500_before")
    intent = _charge_by_somebody_else(world, payment, FALSE[difference])
    letter = _letter_about(payment, intent)

    statuses = {deliver(world, letter | {"id": f"evt_{number}"}).status_code for number in range(3)}
    world.work()

    found = world.payments(payment.renewal_id)[0]
    assert statuses == {200}
    assert (found.state, found.quarantined) == (PaymentState.UNKNOWN, True)
    assert _events(world, EventName.PAYMENT_QUARANTINED) == 1
    assert sorted(mail.to[0] for mail in world.mails() if mail.kind == "alert") == [
        "farah@lumen.example", "maya@lumen.example",
    ]
    assert _end_of(world, payment) == ("unknown", "agreed", 0, 1, 0)


def test_a_letter_with_another_companys_mark_changes_nothing(world: World) -> None:
    payment = _unanswered(world, "cut_after")
    letter = letters(world, payment, "payment_intent.succeeded")[0]
    with world.reading() as session:
        stranger = session.get_one(Renewal, world.renewal("juno-studio")).account_id
    letter["data"]["object"]["metadata"]["account"] = str(stranger)

    deliver(world, letter)
    world.work()

    assert _outcomes(world) == ["no such payment"]
    assert world.payments(payment.renewal_id)[0].state is PaymentState.UNKNOWN


def test_a_letter_about_what_stripe_does_not_know_changes_nothing(world: World) -> None:
    payment = _unanswered(world, "cut_after")
    letter = letters(world, payment, "payment_intent.succeeded")[0]
    letter["data"]["object"]["id"] = "pi_never_made"

    deliver(world, letter)
    world.work()

    assert _outcomes(world) == ["Unknown"]
    assert world.payments(payment.renewal_id)[0].state is PaymentState.UNKNOWN


def test_a_letter_that_overtakes_our_own_commit_is_not_lost_and_breaks_nothing(world: World) -> None:
    class Overtaken(Stripe):
        """Stripe whose letter is there before its answer."""

        def charge(self, request: Frozen, key: str, *, again: bool = False) -> Answer:
            answer = super().charge(request, key, again=again)
            payment = world.payments(world.renewal("cedar-dental"))[0]
            deliver(world, letters(world, payment, "payment_intent.succeeded")[0])
            handle_newest(world)
            return answer

    settings = world.house.settings
    quick = Overtaken(settings.stripe_key, settings.stripe_webhook_secret, settings.stripe_base)
    house = replace(world.house, stripe=quick)
    renewal = world.renewal("cedar-dental")
    ruth = replace(world, house=house).signed_in(RUTH)

    answer = ruth.click(renewal)

    assert answer.status_code == 303
    assert state(ruth, renewal) == "succeeded"
    assert _end_of(world, world.payments(renewal)[0]) == ("succeeded", "won", 1, 2, 1)


def test_without_any_letter_the_money_is_found(world: World) -> None:
    payment = _unanswered(world, "cut_after")

    world.wait_and_work()

    assert (kept(world), _end_of(world, payment)) == (0, ("succeeded", "won", 1, 2, 1))


def test_a_letter_whose_job_is_lost_is_handled_all_the_same(world: World) -> None:
    payment = _unanswered(world, "cut_after")
    deliver(world, letters(world, payment, "payment_intent.succeeded")[0])
    lose_jobs(world, "handle_notice")
    lose_jobs(world, "reconcile")
    with world.writing() as session:
        session.execute(text("UPDATE inbox SET received_at = received_at - interval '16 minutes'"))
    with world.reading() as session:
        noticed = violations(session)

    Work(world.house).run(household.sweep_inbox)
    Work(world.house).run(household.sweep_inbox)  # adds no second job
    world.work()

    assert [line.partition(" Not so")[0] for line in noticed] == [
        "No message waits in the inbox for more than a quarter of an hour."
    ]
    assert _end_of(world, payment) == ("succeeded", "won", 1, 2, 1)


def test_a_letter_that_can_not_be_looked_into_now_is_kept_for_later(world: World) -> None:
    payment = _unanswered(world, "cut_after")
    deliver(world, letters(world, payment, "payment_intent.succeeded")[0])
    settings = world.house.settings
    shut = replace(world.house, stripe=Stripe("sk_revoked", settings.stripe_webhook_secret, settings.stripe_base))
    with world.reading() as session:
        notice = session.scalars(select(Inbox.id)).one()

    with pytest.raises(GatewayFailed):
        Work(shut).run(money.handle_notice, notice=notice)
    waiting = _outcomes(world)
    world.work()

    assert waiting == [None]
    assert _end_of(world, payment) == ("succeeded", "won", 1, 2, 1)


def test_letters_about_other_things_are_put_away(world: World) -> None:
    for kind in ("customer.created", "a.kind.nobody.knows"):
        deliver(world, {"id": f"evt_{kind}", "object": "event", "type": kind, "data": {"object": {"object": "x"}}})

    world.work()

    assert _outcomes(world) == ["not about a payment of ours"] * 2


def _unanswered(world: World, fault: str) -> Payment:
    """A click whose answer never came."""
    renewal = world.renewal("cedar-dental")
    world.sandbox.fault(fault)
    world.signed_in(RUTH).click(renewal)
    return world.payments(renewal)[0]


def _paid_at_stripe_with_the_banks_question(world: World) -> Payment:
    """Paid on Stripe's page with a card whose bank asks; nobody came back and no letter arrived."""
    renewal = world.renewal("cedar-dental")
    ruth = world.signed_in(RUTH)
    open_checkout(ruth, renewal)
    to_the_bank = pay_at_stripe(way_out(ruth, renewal), "4000 0027 6000 3184")
    decide_at_bank(to_the_bank.headers["location"])
    return world.payments(renewal)[0]


def _charge_by_somebody_else(world: World, payment: Payment, changes: dict[str, str]) -> dict[str, Any]:
    """Money that moved at Stripe under our mark, but not as we asked."""
    body = {
        "amount": str(payment.amount_minor), "currency": "usd", "customer": str(payment.customer),
        "payment_method": "pm_card_visa", "confirm": "true", "return_url": "http://elsewhere.example",
        "metadata[attempt]": str(payment.id), **changes,
    }
    headers = {"authorization": f"Bearer {STRIPE_KEY}"}
    intent: dict[str, Any] = wire.post(f"{world.sandbox.url}/v1/payment_intents", data=body, headers=headers).json()
    assert intent["status"] == "succeeded", intent
    return intent


def _letter_about(payment: Payment, intent: dict[str, Any]) -> dict[str, Any]:
    marks = {"attempt": str(payment.id), "account": str(payment.account_id)}
    thing = {"id": intent["id"], "object": "payment_intent", "metadata": marks}
    return {"id": "evt_1", "object": "event", "type": "payment_intent.succeeded", "data": {"object": thing}}


def _forgeries(letter: dict[str, Any], many: int) -> Iterator[tuple[bytes, str | bytes | None]]:
    chance, body = random.Random(1), json.dumps(letter, indent=2).encode()
    kinds: list[Callable[[], tuple[bytes, str | bytes | None]]] = [
        lambda: (_flipped(body, chance), signed(body)),
        lambda: (body, _flipped(signed(body).encode(), chance, after=b"v1=")),
        lambda: (body, signed(body, secret="whsec_somebody_elses")),
        lambda: (body, signed(body, late=-302)),
        lambda: (body, signed(body, late=302)),
        lambda: (body, None),
        lambda: (body, chance.choice(["", "t=,v1=", "v1=00", f"t={10 ** 30},v1=00", "t=1,v0=00", "🔑".encode()])),
        lambda: (json.dumps(json.loads(body)).encode(), signed(body)),
        lambda: (b"", signed(body)),
        lambda: (b"", signed(b"")),
    ]
    for number in range(many):  # one by one, because what is 302 seconds ahead does not stay so
        yield kinds[number % len(kinds)]()


def _flipped(original: bytes, chance: random.Random, *, after: bytes = b"") -> bytes:
    """One bit of it is another; line breaks can not travel in a header."""
    while True:
        place = chance.randrange(original.index(after) + len(after), len(original))
        changed = bytearray(original)
        changed[place] ^= 1 << chance.randrange(8)
        if not after or changed[place] not in b"\r\n\0":
            return bytes(changed)


def _end_of(world: World, payment: Payment) -> tuple[str, str, int, int, int]:
    """Payment, renewal, agreements, renewals of the subscription, and receipts that were set going."""
    with world.writing() as session:
        found = session.get_one(Payment, payment.id)
        renewal = session.get_one(Renewal, payment.renewal_id)
        open_ones = select(func.count()).select_from(Renewal).where(
            Renewal.subscription_id == renewal.subscription_id, Renewal.opened_at >= renewal.opened_at
        )
        agreements = select(func.count()).select_from(Agreement).where(Agreement.renewal_id == renewal.id)
        won = select(func.count()).select_from(Event).where(
            Event.subject_id == payment.id, Event.name == EventName.PAYMENT_SUCCEEDED
        )
        counts = [int(session.scalar(query) or 0) for query in (agreements, open_ones, won)]
        return found.state.value, renewal.state.value, counts[0], counts[1], counts[2]


def _events(world: World, name: EventName) -> int:
    with world.reading() as session:
        return int(session.scalar(select(func.count()).select_from(Event).where(Event.name == name)) or 0)


def _outcomes(world: World) -> list[str | None]:
    with world.reading() as session:
        return list(session.scalars(select(Inbox.outcome).order_by(Inbox.id)))
