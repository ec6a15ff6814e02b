"""Payment: the click, and what became of it.

Prepare, call, settle: what is asked is committed before Stripe is called, and what came of it is only
ever learnt from Stripe.
"""

from collections.abc import Generator
from datetime import date
from functools import partial
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from dateutil.relativedelta import relativedelta

from gateways.browser import Answer, Level, Visit, customer, get, post
from portal import renewal as renewal_room
from portal import settling
from portal.shown import Shown
from pricing.option import Option
from renewals import closing
from renewals.acceptance import Acceptance
from renewals.accepting import Yes, accept
from renewals.account import Consent
from renewals.errors import Malformed, NotNow, Stale
from renewals.instalment import Instalment
from renewals.paper import Agreement, Document, DocumentKind
from renewals.payment import Payment, PaymentKind, PaymentState
from renewals.permission import Permission
from renewals.renewal import Renewal, RenewalState
from renewals.subscription import Term

REFRESH_SECONDS = 5


@get("/renewals/{renewal_id:uuid}/payment", customer(Permission.VIEW, link=True))
def show(visit: Visit, renewal_id: UUID) -> Answer:
    """Where the attempt stands; without one, the options."""
    shown = Shown.find(visit, renewal_id)
    if shown.payment is None or shown.payment.state is PaymentState.CANCELLED:
        return visit.go(f"/renewals/{renewal_id}")
    outcome = _outcome(visit, shown, _state(shown.payment, shown.renewal))
    waits = outcome["payment"].state == "confirming" or outcome["printing"]
    headers = {"Refresh": str(REFRESH_SECONDS)} if waits else {}
    return visit.page("portal/payment.html", headers=headers, renewal=shown, **outcome)


@post("/renewals/{renewal_id:uuid}/payment", customer(Permission.RENEW, link=True))
def pay(visit: Visit, renewal_id: UUID) -> Any:
    """The click: one call to Stripe between it and the answer."""
    shown = Shown.find(visit, renewal_id, lock=True)
    if shown.card_for(visit):
        shown = yield from close_checkout(visit, shown)
    if shown.renewal.state is RenewalState.WON or Payment.live_of(shown.renewal):
        return visit.go(f"/renewals/{renewal_id}/payment")
    card = shown.card_for(visit)
    try:
        if card is None:
            return _to_card_page(visit, shown)
        acceptance = _accept(visit, shown)
    except (Stale, Malformed) as trouble:
        return _again(visit, shown, trouble)
    payment = Payment.begin(
        Instalment.first(acceptance), PaymentKind.CARD, by=visit.someone, at=visit.now, card=card,
        customer=shown.renewal.account.stripe_customer,
    )
    back = f"{visit.public_url}/renewals/{renewal_id}/payment/return"
    payment.freeze(visit.stripe.card_request(payment, card.stripe_id, return_url=back))
    answer = yield partial(visit.stripe.charge, payment.request, payment.key)
    closing.settle(visit.session, visit.find(Payment, payment.id, lock=True), answer, at=visit.now)
    return visit.go(f"/renewals/{renewal_id}/payment")


@get("/renewals/{renewal_id:uuid}/card", customer(Permission.RENEW, link=True))
def show_card(visit: Visit, renewal_id: UUID) -> Answer:
    return _card_page(visit, Shown.find(visit, renewal_id), visit.request.query.get("option", ""))


@post("/renewals/{renewal_id:uuid}/card", customer(Permission.RENEW, link=True))
def pay_with_another_card(visit: Visit, renewal_id: UUID) -> Any:
    """Stripe's own page takes the card; a checkout that was left open is closed first."""
    shown = yield from close_checkout(visit, Shown.find(visit, renewal_id, lock=True))
    if shown.renewal.state is RenewalState.WON or Payment.live_of(shown.renewal):
        return visit.go(f"/renewals/{renewal_id}/payment")
    try:
        payment = _checkout(visit, shown)
    except (Stale, Malformed) as trouble:
        return _again(visit, shown, trouble)
    answer = yield partial(visit.stripe.open_checkout, payment.request, payment.key)
    closing.settle(visit.session, visit.find(Payment, payment.id, lock=True), answer, at=visit.now)
    return visit.go(f"/renewals/{renewal_id}/payment")


@get("/renewals/{renewal_id:uuid}/payment/return", customer(Permission.VIEW, link=True, records=True))
def come_back(visit: Visit, renewal_id: UUID) -> Any:
    """Back from the bank or from Stripe: ask Stripe how it stands, believe nothing in the address."""
    yield from settling.look_up(visit, Shown.find(visit, renewal_id).payment)
    return visit.go(f"/renewals/{renewal_id}/payment")


@post("/renewals/{renewal_id:uuid}/payment/withdrawal", customer(Permission.RENEW, link=True))
def withdraw(visit: Visit, renewal_id: UUID) -> Any:
    """Give up an attempt that waits for the customer, and choose again; nothing was charged."""
    yield from settling.give_up(visit, Shown.find(visit, renewal_id).payment)
    return visit.go(f"/renewals/{renewal_id}")


def close_checkout(visit: Visit, shown: Shown) -> Generator[Any, Any, Shown]:
    """A checkout that was left open is expired before another attempt begins; if it was paid after all, it counts.

    The bank's page is not a checkout: who presses twice comes to the first attempt.
    """
    live = Payment.live_of(shown.renewal)
    if live is None or not live.is_open_checkout:
        return shown
    yield from settling.close_checkout(visit, live)
    return Shown.find(visit, shown.id, lock=True)


def _chosen(visit: Visit, shown: Shown) -> Option:
    """The option in the form, as it was shown, with the terms ticked beside it.

    Raises: Malformed without accepted terms, Stale when price or terms moved.
    """
    form = visit.request.form
    if not shown.choice.is_offered:
        raise NotNow("This renewal can not be taken yet. We write to you when your options are ready.")
    option = shown.chosen(form.get("option", ""))
    if form.get("terms") is None:
        raise Malformed("Tick that you accept the terms, then press the button again.", "terms")
    if form["terms"] != shown.terms.content_hash:
        raise Stale("The terms changed since this page was shown. Nothing was charged; please read them again.")
    return option


def _accept(visit: Visit, shown: Shown) -> Any:
    """The yes in the form. Raises: as `_chosen`."""
    agreed = Acceptance.standing(shown.renewal)
    if agreed and _is_of_a_proposal(agreed, visit.request.form.get("option", "")):
        return agreed
    option = _chosen(visit, shown)
    yes = Yes(option.content_hash, shown.terms, visit.request.form["terms"], visit.evidence)
    return accept(shown.renewal, option, yes, by=visit.someone, at=visit.now)


def _is_of_a_proposal(agreed: Acceptance, content_hash: str) -> bool:
    """What was accepted on its proposal's page is paid as it was agreed; its terms were accepted there."""
    return agreed.offer.quote_id is not None and agreed.content_hash == content_hash


def _to_card_page(visit: Visit, shown: Shown) -> Answer:
    """Without a card on file the choice, and the terms ticked beside it, go on to where one is asked for.

    Raises: as `_chosen`.
    """
    option = _chosen(visit, shown)
    return visit.go(f"/renewals/{shown.id}/card?option={option.content_hash}&terms={visit.request.form['terms']}")


def _checkout(visit: Visit, shown: Shown) -> Payment:
    keeps = visit.request.form.get("keep") == "yes"
    acceptance = _accept(visit, shown)
    if keeps:
        words = shown.terms.content["card_consent"]
        Consent.give(
            visit.session, "keep_card", words[visit.locale], text_version=words["version"], by=visit.someone,
            at=visit.now, ip=visit.request.ip, user_agent=visit.request.user_agent,
        )
    payment = Payment.begin(
        Instalment.first(acceptance), PaymentKind.CHECKOUT, by=visit.someone, at=visit.now, keeps_card=keeps,
        customer=shown.renewal.account.stripe_customer,
    )
    page = f"{visit.public_url}/renewals/{shown.id}/payment"
    payment.freeze(
        visit.stripe.checkout_request(
            payment, product=f"{shown.plan}, {acceptance.offer.months} months", email=visit.someone.email,
            done_url=f"{page}/return", back_url=page,
        )
    )
    return payment


def _again(visit: Visit, shown: Shown, trouble: Stale | Malformed) -> Answer:
    """The renewal's page once more, with what to mend and nothing lost."""
    if isinstance(trouble, Malformed):
        beside = {trouble.field or "terms": str(trouble)}
        return renewal_room.page(visit, shown, status=422, chosen=visit.request.form.get("option", ""), **beside)
    return renewal_room.page(visit, shown, status=409, stale=str(trouble))


def _card_page(visit: Visit, shown: Shown, wanted: str) -> Answer:
    if not shown.is_open:
        return visit.go(f"/renewals/{shown.id}")
    return visit.page(
        "portal/another_card.html", renewal=shown, option=shown.option(wanted),
        card=shown.renewal.account.card_on_file, terms=shown.terms,
        ticked=visit.request.query.get("terms") == shown.terms.content_hash,
        consent=shown.terms.content["card_consent"][visit.locale],
    )


def _state(payment: Payment, renewal: Renewal) -> str:
    """A payment's state in the page's words; it is done when the renewal is."""
    match payment.state:
        case PaymentState.SUCCEEDED:
            return "succeeded" if renewal.state is RenewalState.WON else "confirming"
        case PaymentState.REQUIRES_ACTION:
            return "leaving" if payment.kind is PaymentKind.CHECKOUT else "authenticate"
        case PaymentState.DECLINED | PaymentState.CANCELLED:
            return "declined"
        case _:
            return "confirming"


def _outcome(visit: Visit, shown: Shown, state: str) -> dict[str, Any]:
    payment = shown.payment
    assert payment is not None
    acceptance = payment.instalment.acceptance
    told = {
        "state": state, "amount": payment.amount, "months": acceptance.offer.months, "card": _card_of(payment, shown),
        "by_itself": payment.kind is PaymentKind.OFF_SESSION, "next_url": payment.action_url,
        "reason": payment.reason, "started_at": payment.sent_at,
    }
    done = _after(visit, shown, acceptance.offer.ends_on) if state == "succeeded" else NOTHING_YET
    return {"payment": SimpleNamespace(**told), **done}


NOTHING_YET: dict[str, Any] = {
    "term": None, "sent": [], "documents": None, "printing": False, "cancel_by": None, "next_steps": [],
}
PAPERS = {DocumentKind.AGREEMENT, DocumentKind.INVOICE}
"""What is printed after every payment."""


def _card_of(payment: Payment, shown: Shown) -> Any:
    """What was paid with, as far as we know: Stripe's own page tells of a card only when it is kept."""
    kept = payment.keeps_card and payment.state is PaymentState.SUCCEEDED
    return payment.card or (shown.renewal.account.card_on_file if kept else None)


def _after(visit: Visit, shown: Shown, ends_on: date) -> dict[str, Any]:
    term = closing.term_after(visit.session, shown.renewal)
    documents, agreement = _documents(visit, shown), Agreement.of_renewal(visit.session, shown.id)
    printing = documents is not None and not {document.kind for document in documents} >= PAPERS
    cancel_by = agreement.cancel_by if agreement else None
    yes = Acceptance.standing(shown.renewal)
    payer = yes.person if yes and yes.person.active else None
    sent = [SimpleNamespace(name=payer.name, email=payer.email, what="receipt")] if payer else []
    return {
        "term": term, "sent": sent, "documents": documents, "printing": printing,
        "cancel_by": cancel_by if cancel_by and visit.today <= cancel_by else None,
        "next_steps": _next_steps(shown, term),
    }


def _documents(visit: Visit, shown: Shown) -> list[Document] | None:
    """The papers of this renewal; None for who may not read them here."""
    if not visit.someone.may(Permission.READ_DOCUMENTS) or visit.level is not Level.CODE:
        return None
    return list(visit.session.scalars(Document.of_renewal(visit.someone, shown.id)))


def _next_steps(shown: Shown, term: Term | None) -> list[tuple[date, str]]:
    if term is None:
        return []
    later = (term.starts_on + relativedelta(months=months) for months in range(12, term.months, 12))
    payments = [(day, "next_payment") for day in later]
    return [(term.starts_on, "term_begins"), *payments, (term.ends_on, "next_renewal")]
