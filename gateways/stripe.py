"""Stripe: the window through which money moves, over Stripe's own SDK.

Every verb answers in the house's words (`renewals.payment.Answer`). A time-out, a reset or a 5xx is
`Unknown`, never a no: money may have moved.
"""

import calendar
import logging
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

import httpx
import stripe

from pricing.money import Money
from renewals.billed import Billed
from renewals.errors import GatewayFailed
from renewals.payment import (
    Answer,
    Cancelled,
    Declined,
    InProgress,
    KeptCard,
    NeedsAction,
    Payment,
    PaymentKind,
    Succeeded,
    Unknown,
)

API_VERSION = "2026-10-28.endive"
CONNECT_LIMIT = 3.0
ANSWER_LIMIT = 20.0
KEEP_ALIVE = 300.0
TOLERANCE = 300
"""Seconds a signed message may be old, or ahead."""

ENDED = ("succeeded", "canceled")
Frozen = dict[str, Any]

for noisy in ("stripe", "httpx", "httpcore"):
    logging.getLogger(noisy).setLevel(logging.WARNING)


class Forged(Exception):
    """A message that Stripe did not sign for us, or not now."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What Stripe told us, before we believe it."""

    id: str
    kind: str
    payload: dict[str, Any]


class Stripe:
    """Only address, key and secret differ between the demo and production."""

    def __init__(self, key: str, webhook_secret: str, base: str | None, *, answer_limit: float = ANSWER_LIMIT) -> None:
        self.webhook_secret = webhook_secret
        self._http = httpx.Client(
            verify=_trusted(),
            timeout=httpx.Timeout(answer_limit, connect=CONNECT_LIMIT),
            limits=httpx.Limits(max_keepalive_connections=32, keepalive_expiry=KEEP_ALIVE),
        )
        self._client = stripe.StripeClient(
            key, stripe_version=API_VERSION, max_network_retries=2,
            http_client=_keeping_alive(self._http), base_addresses={"api": base} if base else {},
        )

    def close(self) -> None:
        self._http.close()

    def keep_pace(self, wait: Callable[[], None]) -> None:
        """From now on every write waits for its turn, at the very door; reading is free."""
        self._http.event_hooks = {"request": [lambda request: wait() if request.method == "POST" else None]}

    # What is asked, frozen before anybody is called

    @staticmethod
    def card_request(payment: Payment, card: str, *, return_url: str) -> Frozen:
        """Charge the card on file, the customer being present."""
        return {
            "amount": payment.amount_minor, "currency": payment.currency.lower(), "customer": payment.customer,
            "payment_method": card, "confirm": True, "return_url": return_url, "metadata": _marks(payment),
            "expand": ["payment_method"],
        }

    @staticmethod
    def off_session_request(payment: Payment, card: str) -> Frozen:
        """Charge the card on file, the customer being absent; a bank that wants to see them says no."""
        return {
            "amount": payment.amount_minor, "currency": payment.currency.lower(), "customer": payment.customer,
            "payment_method": card, "confirm": True, "off_session": True, "metadata": _marks(payment),
            "expand": ["payment_method"],
        }

    @staticmethod
    def checkout_request(payment: Payment, *, product: str, email: str, done_url: str, back_url: str) -> Frozen:
        """Stripe's own page for a new card; the card is kept only with recorded consent."""
        intent: dict[str, Any] = {"metadata": _marks(payment)}
        if payment.keeps_card:
            intent["setup_future_usage"] = "off_session"
        line = {
            "quantity": 1,
            "price_data": {
                "currency": payment.currency.lower(), "unit_amount": payment.amount_minor,
                "product_data": {"name": product},
            },
        }
        unknown = {"customer_email": email, "customer_creation": "always"}
        who = {"customer": payment.customer} if payment.customer else unknown
        return {
            "mode": "payment", "line_items": [line], "payment_intent_data": intent, "metadata": _marks(payment),
            "success_url": done_url, "cancel_url": back_url, **who,
        }

    # The calls

    def charge(self, request: Frozen, key: str, *, again: bool = False) -> Answer:
        """One call between the click and the answer; `again` repeats a call whose answer never came."""
        return _answered(lambda: self._intent(self._client.v1.payment_intents.create(
            request, {"idempotency_key": key, "max_network_retries": 0}  # type: ignore[arg-type]
        )), again=again)

    def open_checkout(self, request: Frozen, key: str, *, again: bool = False) -> Answer:
        return _answered(lambda: self._checkout(self._client.v1.checkout.sessions.create(
            request, {"idempotency_key": key, "max_network_retries": 0}  # type: ignore[arg-type]
        )), again=again)

    def look_up(self, reference: str) -> Answer:
        """How an attempt stands by its reference; nothing is repeated."""
        return _looked(lambda: self._fetch(reference))

    def look_for(self, payment_id: UUID, customer: str | None) -> Answer | None:
        """Find an attempt by our mark among the customer's newest; None when Stripe has none."""
        return _looked(lambda: self._search(str(payment_id), customer)) if customer else None

    def give_up(self, reference: str) -> Answer:
        """Expire a checkout or cancel an intent that waits for the customer; tells what came of it instead."""
        return _looked(lambda: self._release(reference))

    def card_of(self, customer: str) -> KeptCard | None:
        """The card a customer has on file at Stripe.

        Raises: GatewayFailed.
        """
        try:
            known = self._client.v1.customers.retrieve(
                customer, {"expand": ["invoice_settings.default_payment_method"]}
            )
            chosen = known.invoice_settings.default_payment_method if known.invoice_settings else None
            methods = self._client.v1.customers.payment_methods.list(customer, {"type": "card", "limit": 1}).data
        except stripe.StripeError as trouble:
            raise _failed(trouble) from trouble
        if isinstance(chosen, stripe.PaymentMethod):
            return _kept(chosen)
        return _kept(methods[0]) if methods else None

    def issue_invoice(
        self, payment: Payment, billed: Billed, *, lines: list[tuple[str, int]], key: str
    ) -> tuple[str, str]:
        """The numbered invoice for money that has arrived; gives Stripe's id and the number.

        Each of the calls has its own key, so that a second run makes no second invoice. Stripe copies name and
        address from the customer when the invoice is made.

        Raises: GatewayFailed.
        """
        v1, customer = self._client.v1, payment.customer or ""
        try:
            v1.customers.update(customer, _made_out_to(billed), {"idempotency_key": f"{key}-customer"})
            draft = v1.invoices.create(
                {"customer": customer, "currency": payment.currency.lower(), "auto_advance": False,
                 "collection_method": "charge_automatically", "metadata": _marks(payment),
                 "custom_fields": _beside(billed)},
                {"idempotency_key": f"{key}-create"},
            )
            v1.invoices.add_lines(
                draft.id, {"lines": [{"description": text, "amount": minor} for text, minor in lines]},
                {"idempotency_key": f"{key}-lines"},
            )
            final = v1.invoices.finalize_invoice(draft.id, {}, {"idempotency_key": f"{key}-finalize"})
            v1.invoices.attach_payment(
                draft.id, {"payment_intent": payment.reference or ""}, {"idempotency_key": f"{key}-attach"}
            )
        except stripe.StripeError as trouble:
            raise _failed(trouble) from trouble
        return final.id, str(final.number)

    def read_notice(self, body: bytes, signature: str, *, at: int) -> Notice:
        """Believe nothing but the signature, and that only around this moment.

        Units: `at` in seconds since 1970, machine time. Raises: Forged.
        """
        try:
            event = self._client.construct_event(body, signature, self.webhook_secret, tolerance=TOLERANCE)
            stamp = int(dict(part.split("=", 1) for part in signature.split(","))["t"])
        except (stripe.SignatureVerificationError, ValueError, TypeError, KeyError, AttributeError) as trouble:
            raise Forged(str(trouble)) from trouble  # the library trips over letters that are not ASCII
        if abs(stamp - at) > TOLERANCE:
            raise Forged("The stamp is too far from now.")
        return Notice(event.id, event.type, event.to_dict())

    # What Stripe's objects mean to us

    def _fetch(self, reference: str) -> Answer:
        if reference.startswith("cs_"):
            return self._checkout(self._client.v1.checkout.sessions.retrieve(reference))
        return self._whole(self._client.v1.payment_intents.retrieve(reference, {"expand": ["payment_method"]}))

    def _whole(self, intent: stripe.PaymentIntent) -> Answer:
        """How the attempt stands that this intent is a part of: a card that was declined on Stripe's own page
        leaves the page open for another one, so that the page is asked, not the intent."""
        if intent.status in ENDED or _marked(intent, "kind") != PaymentKind.CHECKOUT:
            return self._intent(intent)
        sessions = self._client.v1.checkout.sessions.list({"payment_intent": intent.id, "limit": 1}).data
        is_over = not sessions or sessions[0].status == "complete"
        return self._intent(intent) if is_over else self._checkout(sessions[0])

    def _search(self, attempt: str, customer: str) -> Answer | None:
        intents = self._client.v1.payment_intents.list(
            {"customer": customer, "limit": 100, "expand": ["data.payment_method"]}
        )
        mine = [intent for intent in intents.data if _marked(intent, "attempt") == attempt]
        return self._whole(mine[0]) if mine else None

    def _release(self, reference: str) -> Answer:
        try:
            if reference.startswith("cs_"):
                self._client.v1.checkout.sessions.expire(reference)
            else:
                self._client.v1.payment_intents.cancel(reference)
        except stripe.InvalidRequestError:
            pass  # it went another way in the meantime; the look-up says which
        return self._fetch(reference)

    def _checkout(self, session: stripe.checkout.Session) -> Answer:
        if session.payment_intent and (session.payment_status == "paid" or session.status == "complete"):
            return self._fetch(_id(session.payment_intent))
        if session.status == "expired":
            return Cancelled(session.id)
        return NeedsAction(session.id, session.url or "")

    def _intent(self, intent: stripe.PaymentIntent) -> Answer:
        match intent.status:
            case "succeeded":
                return Succeeded(
                    intent.id, Money(intent.amount_received, intent.currency.upper()), _id(intent.customer),
                    _marked(intent, "attempt"), _kept_for_later(intent),
                )
            case "requires_action":
                action = intent.next_action and intent.next_action.redirect_to_url
                return NeedsAction(intent.id, str(action.url) if action else "")
            case "processing":
                return InProgress(intent.id)
            case "canceled":
                return Cancelled(intent.id)
            case _:
                return Declined(intent.id, _reason(intent))


def _made_out_to(billed: Billed) -> Any:
    """An address in lines, as people write it; Stripe's other parts of one stay empty."""
    first, *more = billed.address or ("",)
    address = {"line1": first, "line2": ", ".join(more), "country": billed.country}
    return {"name": billed.name, "address": address, **({"email": billed.email} if billed.email else {})}


def _beside(billed: Billed) -> Any:
    """A tax number as a field of the invoice: Stripe's own wants to know its kind, which nobody told us."""
    fields = (("Tax number", billed.tax_id), ("Purchase order", billed.order_number))
    return [{"name": name, "value": value} for name, value in fields if value] or ""


def _answered(call: Callable[[], Answer], *, again: bool) -> Answer:
    """What came of a call that moves money. Only a definite refusal is a no; a door that is shut to the
    second call says nothing of the first."""
    try:
        return call()
    except stripe.CardError as no:
        intent = _error_intent(no)
        return Declined(intent, str(_decline_code(no) or no.code or "declined"))
    except stripe.InvalidRequestError as no:
        return _refused(no)
    except (stripe.AuthenticationError, stripe.PermissionError) as no:
        return _doubted(no) if again else _refused(no)
    except (stripe.StripeError, httpx.HTTPError) as doubt:
        return _doubted(doubt)


Found = TypeVar("Found")


def _looked(look: Callable[[], Found]) -> Found | Unknown:
    """What was seen. A look that fails has seen nothing, and that is never a no."""
    try:
        return look()
    except (stripe.StripeError, httpx.HTTPError) as doubt:
        return _doubted(doubt)


def _doubted(doubt: Exception) -> Unknown:
    status = getattr(doubt, "http_status", None)
    return Unknown(f"{type(doubt).__name__} {status or ''}".rstrip(), lasting=status == 404)


def _refused(no: stripe.StripeError) -> Answer:
    """A 4xx moved nothing, but for the conflict that says an earlier try is still under way."""
    if no.http_status in (408, 409, 424, 429) or (no.http_status or 500) >= 500:
        return _doubted(no)
    return Declined(None, str(no.code or "refused"))


def _failed(trouble: stripe.StripeError) -> GatewayFailed:
    permanent = 400 <= (trouble.http_status or 500) < 500 and trouble.http_status not in (408, 409, 424, 429)
    return GatewayFailed(f"Stripe: {trouble.user_message or trouble}", permanent=permanent)


def _error_intent(no: stripe.CardError) -> str | None:
    found = no.error and no.error.payment_intent
    return str(found.id) if found else None


def _reason(intent: stripe.PaymentIntent) -> str:
    """Stripe's own word for the bank's no; most declines have only one of the two."""
    told = intent.last_payment_error.to_dict() if intent.last_payment_error else {}
    return str(told.get("decline_code") or told.get("code") or "declined")


def _decline_code(no: stripe.CardError) -> str | None:
    return no.error.decline_code if no.error else None


def _kept_for_later(intent: stripe.PaymentIntent) -> KeptCard | None:
    method = intent.payment_method
    if intent.setup_future_usage is None or method is None or isinstance(method, str):
        return None
    return _kept(method)


def _kept(method: stripe.PaymentMethod) -> KeptCard | None:
    card = method.card
    if card is None:
        return None
    last_day = calendar.monthrange(card.exp_year, card.exp_month)[1]
    return KeptCard(method.id, card.brand.capitalize(), card.last4, date(card.exp_year, card.exp_month, last_day))


def _marks(payment: Payment) -> dict[str, str]:
    """How we find our own again, and what the ledger says it was for."""
    return {
        "attempt": str(payment.id), "renewal": str(payment.renewal_id), "account": str(payment.account_id),
        "instalment": str(payment.instalment_number), "kind": payment.kind.value,
    }


def _marked(intent: stripe.PaymentIntent, mark: str) -> str:
    """Our own mark on it, "" when it is not ours."""
    return str(intent.metadata.to_dict().get(mark, "")) if intent.metadata else ""


def _id(reference: Any) -> str:
    if reference is None:
        return ""
    return reference if isinstance(reference, str) else str(reference.id)


@cache
def _trusted() -> ssl.SSLContext:
    """Whose certificates are good: read once in a process."""
    return httpx.create_ssl_context()


def _keeping_alive(client: httpx.Client) -> stripe.HTTPXClient:
    """The SDK's own client forgets idle connections after five seconds; the click should not pay for new ones."""
    made = stripe.HTTPXClient(timeout=client.timeout, allow_sync_methods=True)
    made._client = client
    return made
