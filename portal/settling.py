"""Settling: what Stripe says of an attempt, asked for while somebody waits for the page."""

from collections.abc import Generator
from functools import partial
from typing import Any

from gateways.browser import Visit
from renewals import closing
from renewals.errors import NotNow
from renewals.payment import OPEN, Payment, PaymentState

Asking = Generator[Any, Any, None]


def look_up(visit: Visit, payment: Payment | None) -> Asking:
    """How an open attempt stands; believes nothing in the address."""
    if payment is not None and payment.state in OPEN and payment.reference is not None:
        answer = yield partial(visit.stripe.look_up, payment.reference)
        _settle(visit, payment, answer)


def give_up(visit: Visit, payment: Payment | None) -> Asking:
    """End an attempt that waits for the customer. Raises: NotNow when none does."""
    if payment is None or payment.state is not PaymentState.REQUIRES_ACTION or payment.reference is None:
        raise NotNow("There is no payment waiting for you.")
    answer = yield partial(visit.stripe.give_up, payment.reference)
    _settle(visit, payment, answer)


def close_checkout(visit: Visit, checkout: Payment) -> Asking:
    """One that was left open is expired before another attempt begins; if it was paid after all, it counts."""
    answer = yield partial(visit.stripe.give_up, checkout.reference or "")
    _settle(visit, checkout, answer)


def _settle(visit: Visit, payment: Payment, answer: Any) -> None:
    closing.settle(visit.session, visit.find(Payment, payment.id, lock=True), answer, at=visit.now)
