"""Instalment: what is owed later than the click that renewed: looked at and paid, by the same protocol."""

from collections.abc import Generator
from functools import partial
from typing import Any
from uuid import UUID

from gateways.browser import Answer, Visit, customer, get, post
from portal import settling
from renewals import closing
from renewals.account import Card
from renewals.instalment import Instalment
from renewals.owing import must_be_owed_later, reason_of
from renewals.payment import Payment, PaymentKind, PaymentState
from renewals.permission import Permission
from renewals.renewal import Renewal, RenewalState

REFRESH = {"Refresh": "5"}
"""Seconds."""
STATES = {
    PaymentState.SUCCEEDED: "succeeded", PaymentState.DECLINED: "declined", PaymentState.CANCELLED: "due",
    PaymentState.SENT: "confirming", PaymentState.PROCESSING: "confirming", PaymentState.UNKNOWN: "confirming",
}


@get("/instalments/{instalment_id:uuid}", customer(Permission.RENEW))
def show(visit: Visit, instalment_id: UUID) -> Answer:
    instalment = visit.find(Instalment, instalment_id)
    renewal, payment = visit.find(Renewal, instalment.renewal_id), Payment.of_instalment(instalment)
    state = _state(payment)
    if state in ("due", "declined"):
        must_be_owed_later(instalment)
    return visit.page(
        "portal/instalment.html", headers=REFRESH if state == "confirming" else {}, instalment=instalment, state=state,
        payment=payment, renewal=renewal, reason=reason_of(instalment), card=_card(visit, renewal),
    )


@post("/instalments/{instalment_id:uuid}/payment", customer(Permission.RENEW))
def pay(visit: Visit, instalment_id: UUID) -> Any:
    """With the card on file, or with another one at Stripe. What stands already is shown instead."""
    instalment = yield from _alone(visit, instalment_id)
    live = Payment.of_instalment(instalment)
    if live and live.is_live:
        return visit.go(f"/instalments/{instalment_id}")
    must_be_owed_later(instalment)
    renewal = visit.find(Renewal, instalment.renewal_id)
    card = _card(visit, renewal) if visit.request.form.get("with") == "card" else None
    payment = Payment.begin(
        instalment, PaymentKind.CARD if card else PaymentKind.CHECKOUT, by=visit.someone, at=visit.now, card=card,
        customer=renewal.account.stripe_customer,
    )
    payment.freeze(_request(visit, payment, card, renewal))
    ask = visit.stripe.charge if card else visit.stripe.open_checkout
    answer = yield partial(ask, payment.request, payment.key)
    closing.settle(visit.session, visit.find(Payment, payment.id, lock=True), answer, at=visit.now)
    return visit.go(f"/instalments/{instalment_id}")


@get("/instalments/{instalment_id:uuid}/return", customer(Permission.RENEW, records=True))
def come_back(visit: Visit, instalment_id: UUID) -> Any:
    """Back from the bank or from Stripe: ask Stripe how it stands, believe nothing in the address."""
    yield from settling.look_up(visit, Payment.of_instalment(visit.find(Instalment, instalment_id)))
    return visit.go(f"/instalments/{instalment_id}")


@post("/instalments/{instalment_id:uuid}/withdrawal", customer(Permission.RENEW))
def withdraw(visit: Visit, instalment_id: UUID) -> Any:
    """Give up an attempt that waits for the customer; nothing was charged."""
    yield from settling.give_up(visit, Payment.of_instalment(visit.find(Instalment, instalment_id)))
    return visit.go(f"/instalments/{instalment_id}")


def _alone(visit: Visit, instalment_id: UUID) -> Generator[Any, Any, Instalment]:
    """Locked; a checkout that was left open is expired first, and counts if it was paid."""
    instalment = _locked(visit, instalment_id)
    live = Payment.of_instalment(instalment)
    if live is None or not live.is_open_checkout:
        return instalment
    yield from settling.close_checkout(visit, live)
    return _locked(visit, instalment_id)


def _locked(visit: Visit, instalment_id: UUID) -> Instalment:
    """Through its renewal, then through the one that replaces the term: whoever ends the term early holds that, and
    releases what is being paid here."""
    instalment = visit.find(Instalment, instalment_id)
    renewal = visit.find(Renewal, instalment.renewal_id, lock=True)
    if renewal.state is RenewalState.WON:
        closing.renewal_after(visit.session, renewal)
    return instalment


def _request(visit: Visit, payment: Payment, card: Card | None, renewal: Renewal) -> dict[str, Any]:
    """Frozen before anybody is called."""
    page = f"{visit.public_url}/instalments/{payment.instalment_id}"
    if card:
        return visit.stripe.card_request(payment, card.stripe_id, return_url=f"{page}/return")
    return visit.stripe.checkout_request(
        payment, product=renewal.account.name, email=visit.someone.email, done_url=f"{page}/return", back_url=page
    )


def _card(visit: Visit, renewal: Renewal) -> Card | None:
    """The card on file, while it is good."""
    card = renewal.account.card_on_file
    return card if card and card.lives_on(renewal.account.today(visit.now)) else None


def _state(payment: Payment | None) -> str:
    """In the page's words."""
    if payment is None:
        return "due"
    if payment.state is PaymentState.REQUIRES_ACTION:
        return "leaving" if payment.kind is PaymentKind.CHECKOUT else "authenticate"
    return STATES[payment.state]
