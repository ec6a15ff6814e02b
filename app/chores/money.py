"""Money: asking Stripe how a payment stands, hearing what it tells, and learning the cards on file."""

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select

from app.work import Work
from renewals import closing
from renewals.account import Account, Card
from renewals.base import made_at
from renewals.errors import GatewayFailed
from renewals.inbox import Inbox
from renewals.payment import Payment, PaymentKind, PaymentState, Unknown

WAITS = (15, 60, 300, 3600, 86_400)
"""Seconds of machine time before each look at an open payment; the last one repeats."""
KEY_LIFE = timedelta(hours=23)
"""Stripe keeps a key for at least 24 hours; an older one is never sent again."""
PATIENCE = timedelta(hours=1)
CUSTOMER_PATIENCE = timedelta(hours=24)
log = structlog.get_logger()


def reconcile(work: Work, subject: UUID, look: int) -> Any:
    """Ask Stripe how an open payment stands: look up first, repeat only what was never received.

    The same key and the same body, never a new key; after an hour of nothing a person is told.
    """
    payment = Payment.find(work.session, subject)
    if not payment.is_open:
        return
    if payment.reference is None:
        answer = yield partial(work.house.stripe.look_for, payment.id, payment.customer)
        payment = Payment.find(work.session, subject)
        if answer is None and payment.is_open and work.machine_now - made_at(payment.id) < KEY_LIFE:
            answer = yield partial(_ask_again, work, payment)
    elif _waits_too_long(work, payment):
        answer = yield partial(work.house.stripe.give_up, payment.reference)
    else:
        answer = yield partial(work.house.stripe.look_up, payment.reference)
    _learn(work, subject, answer, look)


def _ask_again(work: Work, payment: Payment) -> Any:
    stripe = work.house.stripe
    ask = stripe.open_checkout if payment.kind is PaymentKind.CHECKOUT else stripe.charge
    return ask(payment.request, payment.key, again=True)


def _waits_too_long(work: Work, payment: Payment) -> bool:
    """The customer left their bank's page a day ago: the attempt is given up, nothing was charged."""
    waiting = payment.state is PaymentState.REQUIRES_ACTION
    return waiting and work.machine_now - made_at(payment.id) > CUSTOMER_PATIENCE


def _learn(work: Work, subject: UUID, answer: Any, look: int) -> None:
    payment = Payment.find(work.session, subject, lock=True)
    if answer is not None:
        closing.settle(work.session, payment, answer, at=work.now)
    if not payment.is_open:
        return
    age = work.machine_now - made_at(payment.id)
    if payment.state in (PaymentState.SENT, PaymentState.UNKNOWN) and age > PATIENCE:
        payment.strand(at=work.now, why="An hour of asking Stripe found nothing.")
    wait = WAITS[min(look + 1, len(WAITS) - 1)]
    args = {"account": str(payment.account_id), "subject": str(subject), "look": look + 1}
    work.later("reconcile", args, wait=wait)


def handle_notice(work: Work, notice: UUID) -> Any:
    """A webhook is a hint: fetch the object and learn from that, as the click does.

    Raises: GatewayFailed when Stripe does not say how it stands, to be tried again.
    """
    kept = Inbox.find(work.session, notice)
    if kept.handled_at is not None:
        return
    marks = _marks(kept.payload)
    if marks is None:
        kept.handled("not about a payment of ours", at=work.machine_now)
        return
    reference, payment_id, work.account = marks
    answer = yield partial(work.house.stripe.look_up, reference)
    if isinstance(answer, Unknown) and not answer.lasting:
        raise GatewayFailed(f"Stripe did not say how {reference} stands.")
    payment = work.session.get(Payment, payment_id, with_for_update=True)
    if payment is not None:
        closing.settle(work.session, payment, answer, at=work.now)
    work.account = None
    yield _nothing
    outcome = type(answer).__name__ if payment is not None else "no such payment"
    Inbox.find(work.session, notice).handled(outcome, at=work.machine_now)


def _nothing() -> None:
    """Between two transactions of different rights there is nothing to call."""


def _marks(payload: dict[str, Any]) -> tuple[str, UUID, UUID] | None:
    """What our own marks in the object say it is about: reference, payment, account."""
    try:
        thing = payload["data"]["object"]
        if thing["object"] not in ("payment_intent", "checkout.session") or type(thing["id"]) is not str:
            return None
        return thing["id"], UUID(thing["metadata"]["attempt"]), UUID(thing["metadata"]["account"])
    except (KeyError, ValueError, TypeError, AttributeError):
        return None


def fetch_cards(work: Work) -> Any:
    """Learn the card on file of every imported customer of Stripe that we do not know one for; then the rules are
    asked about all of them at once."""
    wanted = _without_card(work)
    for key, customer in wanted:
        card = yield partial(_card_or_none, work, customer)
        if card is not None:
            account = Account.find(work.session, key, lock=True)
            account.put_card_on_file(
                card.stripe_id, card.brand, card.last4, card.expires_on, by=None, at=work.now, fetched=True
            )
    if wanted:
        work.later("route_renewals", {}, wait=0)


def _without_card(work: Work) -> list[tuple[UUID, str]]:
    known = select(Card.id).where(Card.account_id == Account.id, Card.active).exists()
    rows = work.session.execute(
        select(Account.id, Account.stripe_customer).where(Account.stripe_customer.is_not(None), ~known)
    )
    return [(key, str(customer)) for key, customer in rows]


def _card_or_none(work: Work, customer: str) -> Any:
    """One customer that Stripe does not know must not keep the others from their cards."""
    try:
        return work.house.stripe.card_of(customer)
    except GatewayFailed as no:
        if not no.permanent:
            raise
        log.warning("no card fetched", customer=customer, why=str(no))
        return None
