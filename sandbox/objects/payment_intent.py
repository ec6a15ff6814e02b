"""A payment intent: one sum that somebody means to pay, through all attempts until it is paid or canceled."""

from typing import Any

from sandbox import bank, currency
from sandbox.book import Book, Document, shown
from sandbox.cards import GENERIC, UNAUTHENTICATED, Decline
from sandbox.errors import Invalid, OutOfState
from sandbox.listing import page
from sandbox.objects import charge, metadata, payment_method
from sandbox.objects.machine import move, moves
from sandbox.shapes import payment_intent as shapes
from sandbox.validate import Params, understood

_OPEN = "requires_payment_method requires_confirmation requires_action processing succeeded canceled"
MOVES = moves(
    requires_payment_method=_OPEN,
    requires_confirmation=_OPEN,
    requires_action="requires_payment_method requires_action processing succeeded canceled",
    processing="requires_payment_method succeeded",
    succeeded="",
    canceled="",
)
_WORDS = ("description", "receipt_email", "setup_future_usage", "statement_descriptor", "statement_descriptor_suffix")
_CREATE = (
    *_WORDS,
    "allowed_payment_method_types",
    "amount",
    "automatic_payment_methods",
    "capture_method",
    "confirm",
    "currency",
    "customer",
    "error_on_requires_action",
    "metadata",
    "off_session",
    "payment_method",
    "return_url",
)


def create(book: Book, params: Params) -> Document:
    understood(params, _CREATE)
    _refuse_senseless(params)
    intent = open_for(book, params)
    return _confirm(book, intent, params) if params.get("confirm") else book.save(intent)


def open_for(book: Book, params: Params, *, reason: str | None = None) -> Document:
    """A new intent, not yet tried. `reason` is the session or invoice that it pays."""
    money = currency.known(params["currency"])
    intent = shapes.new(book, currency.payable(params["amount"], money), money, reason)
    intent |= {name: params[name] or None for name in _WORDS if name in params}
    intent["metadata"] = metadata.written(params.get("metadata"))
    intent["payment_method_types"] = params.get("allowed_payment_method_types", ["card"])
    automatic: dict[str, Any] | None = params.get("automatic_payment_methods")
    if automatic:
        intent["automatic_payment_methods"] = {"allow_redirects": "always"} | automatic
    if "customer" in params:
        intent["customer"] = book.find("customer", params["customer"], "customer")["id"]
    _take(book, intent, params)
    book.add(intent)
    book.emit("payment_intent.created", intent)
    return intent


def retrieve(book: Book, params: Params, intent_id: str) -> Document:
    return book.find("payment_intent", intent_id)


def listed(book: Book, params: Params) -> Document:
    understood(params, ("created", "customer", "ending_before", "limit", "starting_after"))
    return page(book, "payment_intent", params, "/v1/payment_intents", {"customer": params.get("customer")})


def update(book: Book, params: Params, intent_id: str) -> Document:
    understood(params, ("amount", "currency", "customer", "metadata", "payment_method", *_WORDS))
    intent = book.find("payment_intent", intent_id)
    if intent["status"] in ("processing", "succeeded", "canceled") and params.keys() - {"metadata", "description"}:
        raise _unexpected(intent, "update")
    if "metadata" in params:
        intent["metadata"] = metadata.changed(intent["metadata"], params["metadata"])
    intent |= {name: params[name] or None for name in _WORDS if name in params}
    intent["currency"] = currency.known({**intent, **params}["currency"])
    intent["amount"] = currency.payable({**intent, **params}["amount"], intent["currency"])
    if "customer" in params:
        intent["customer"] = book.find("customer", params["customer"], "customer")["id"]
    _take(book, intent, params)
    return book.save(intent)


def confirm(book: Book, params: Params, intent_id: str) -> Document:
    """Raises: OutOfState when paid, canceled or under way; Declined when the bank says no."""
    understood(
        params,
        (
            "error_on_requires_action",
            "off_session",
            "payment_method",
            "receipt_email",
            "return_url",
            "setup_future_usage",
        ),
    )
    return try_again(book, book.find("payment_intent", intent_id), params)


def try_again(book: Book, intent: Document, params: Params) -> Document:
    if intent["status"] in ("processing", "succeeded", "canceled"):
        raise _unexpected(intent, "confirm")
    intent |= {name: params[name] or None for name in ("receipt_email", "setup_future_usage") if name in params}
    _take(book, intent, params)
    return _confirm(book, intent, params)


def cancel(book: Book, params: Params, intent_id: str) -> Document:
    intent = book.find("payment_intent", intent_id)
    if intent["status"] in ("processing", "succeeded", "canceled"):
        raise _unexpected(intent, "cancel")
    move(intent, "canceled", MOVES)
    reason = params.get("cancellation_reason")
    intent |= {"canceled_at": book.now, "cancellation_reason": reason, "next_action": None}
    book.emit("payment_intent.canceled", intent)
    return book.save(intent)


def authenticate(book: Book, intent: Document, *, approved: bool) -> Document:
    """The owner's answer on the bank's page. Raises: Declined when refused, or when the bank then says no."""
    if intent["status"] != "requires_action":
        raise _unexpected(intent, "authenticate")
    method = book.find("payment_method", intent["payment_method"])
    intent |= {"_authenticated": approved, "next_action": None}
    if approved:
        return _attempt(book, intent, method, intent["_request"])
    return _refuse(book, intent, method, UNAUTHENTICATED)


def complete(book: Book, intent: Document, *, paid: bool = True) -> Document:
    """The late answer to a payment that was processing."""
    method = book.find("payment_method", intent["payment_method"])
    if paid:
        charge.arrive(book, intent["latest_charge"])
        return _succeed(book, intent, method)
    charge.bounce(book, intent["latest_charge"], GENERIC)
    return _reopen(book, intent, method, GENERIC)


def _refuse_senseless(params: Params) -> None:
    if params.get("capture_method") == "manual":
        raise Invalid("The sandbox captures at once.", code="sandbox_unsupported", param="capture_method")
    for name in ("off_session", "return_url", "error_on_requires_action"):
        if params.get(name) and not params.get("confirm"):
            message = f"You cannot pass the parameter {name} unless confirm is set to true."
            raise Invalid(message, code="parameter_unknown", param=name)


def _take(book: Book, intent: Document, params: Params) -> None:
    """The named card, if it may pay for this customer."""
    if "payment_method" not in params:
        return
    method = payment_method.resolve(book, params["payment_method"])
    if method["customer"] not in (None, intent["customer"]):
        raise Invalid(
            "The provided PaymentMethod cannot be attached or used: it belongs to another Customer than the "
            "`customer` of this PaymentIntent.",
            param="payment_method",
        )
    intent["payment_method"] = method["id"]
    if intent["status"] == "requires_payment_method":
        move(intent, "requires_confirmation", MOVES)


def _confirm(book: Book, intent: Document, params: Params) -> Document:
    if intent["payment_method"] is None:
        raise Invalid(
            "You cannot confirm this PaymentIntent because it's missing a payment method.",
            code="payment_intent_unexpected_state",
            param="payment_method",
        )
    off_session = bool(params.get("off_session"))
    _want_return_url(intent, params, off_session)
    if off_session and intent["customer"] is None:
        raise Invalid("off_session needs a customer.", code="parameter_missing", param="customer")
    intent["_request"] = {
        "off_session": off_session,
        "return_url": params.get("return_url"),
        "must_end": bool(params.get("error_on_requires_action")),
    }
    intent["_authenticated"] = False
    return _attempt(book, intent, book.find("payment_method", intent["payment_method"]), intent["_request"])


def _want_return_url(intent: Document, params: Params, off_session: bool) -> None:
    """Methods that redirect need a way back, so Stripe asks for it whenever they could be chosen."""
    automatic = intent["automatic_payment_methods"]
    if automatic and automatic["allow_redirects"] == "always" and not (params.get("return_url") or off_session):
        raise Invalid(
            "This PaymentIntent is configured to accept payment methods that may redirect your customer off of "
            "your page, so you must provide a `return_url`, or set "
            "`automatic_payment_methods[allow_redirects]` to `never`.",
            param="return_url",
        )


def _attempt(book: Book, intent: Document, method: Document, request: dict[str, Any]) -> Document:
    said = bank.verdict(
        payment_method.card_of(method),
        book.cause.outcome(),
        off_session=request["off_session"] or request["must_end"],
        set_up=method["_set_up"],
        authenticated=intent["_authenticated"],
    )
    if said.word is bank.Word.SHOW_YOURSELF:
        return _ask(book, intent, request["return_url"])
    if said.word is bank.Word.NO:
        return _refuse(book, intent, method, said.decline or GENERIC)
    if said.word is bank.Word.LATER:
        return _wait(book, intent, method)
    intent["latest_charge"] = charge.succeed(book, intent, method)["id"]
    return _succeed(book, intent, method)


def _ask(book: Book, intent: Document, return_url: str | None) -> Document:
    move(intent, "requires_action", MOVES)
    url = f"{book.origin}/bank/{intent['id']}/{intent['client_secret']}"
    if return_url:
        intent["next_action"] = {
            "type": "redirect_to_url",
            "redirect_to_url": {"return_url": return_url, "url": url},
        }
    else:
        intent["next_action"] = {"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect"}}
    book.emit("payment_intent.requires_action", intent)
    return book.save(intent)


def _wait(book: Book, intent: Document, method: Document) -> Document:
    move(intent, "processing", MOVES)
    intent["latest_charge"] = charge.wait(book, intent, method)["id"]
    intent["processing"] = {"type": "card", "card": {}}
    book.emit("payment_intent.processing", intent)
    return book.save(intent)


def _succeed(book: Book, intent: Document, method: Document) -> Document:
    move(intent, "succeeded", MOVES)
    intent |= {
        "amount_received": intent["amount"],
        "last_payment_error": None,
        "next_action": None,
        "processing": None,
    }
    if intent["setup_future_usage"] and intent["customer"]:
        method["_set_up"] = method["_set_up"] or intent["setup_future_usage"] == "off_session"
        payment_method.keep(book, method, intent["customer"])
    book.emit("payment_intent.succeeded", intent)
    return book.save(intent)


def _refuse(book: Book, intent: Document, method: Document, decline: Decline) -> Document:
    """Raises: Declined, always; what is written here stays."""
    failed = None
    if decline is not UNAUTHENTICATED:
        failed = intent["latest_charge"] = charge.fail(book, intent, method, decline)["id"]
    _reopen(book, intent, method, decline)
    more = {"charge": failed, "payment_intent": shown(intent), "payment_method": shown(method)}
    raise payment_method.refusal(decline, **more)


def _reopen(book: Book, intent: Document, method: Document, decline: Decline) -> Document:
    """After a no the intent waits for another card."""
    move(intent, "requires_payment_method", MOVES)
    error = payment_method.refusal(decline, charge=intent["latest_charge"], payment_method=shown(method))
    intent |= {
        "last_payment_error": error.shape,
        "next_action": None,
        "payment_method": None,
        "processing": None,
    }
    book.emit("payment_intent.payment_failed", intent)
    return book.save(intent)


def _unexpected(intent: Document, verb: str) -> OutOfState:
    status = intent["status"]
    already = " because it has already succeeded after being previously confirmed" if status == "succeeded" else ""
    message = f"You cannot {verb} this PaymentIntent{already}: it has a status of {status}."
    return OutOfState(message, code="payment_intent_unexpected_state", payment_intent=shown(intent))
