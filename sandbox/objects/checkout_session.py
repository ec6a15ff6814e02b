"""A checkout session: one page on which somebody pays with a card, once, within a day."""

from typing import Any

from sandbox.book import Book, Document, new_id
from sandbox.errors import Invalid, OutOfState
from sandbox.listing import enclose, page
from sandbox.objects import (
    customer,
    invoice,
    invoice_payment,
    line_item,
    payment_intent,
    payment_method,
)
from sandbox.objects.machine import move, moves
from sandbox.shapes import checkout_session as shapes
from sandbox.validate import Params, understood

MOVES = moves(open="complete expired", complete="", expired="")
_CREATE = (
    "allowed_payment_method_types",
    "billing_address_collection",
    "cancel_url",
    "client_reference_id",
    "currency",
    "customer",
    "customer_creation",
    "customer_email",
    "customer_update",
    "custom_text",
    "expires_at",
    "invoice_creation",
    "line_items",
    "locale",
    "metadata",
    "mode",
    "payment_intent_data",
    "submit_type",
    "success_url",
    "ui_mode",
)
_INTENT = ("description", "metadata", "receipt_email", "setup_future_usage", "statement_descriptor")
_DAY, _HALF_HOUR = 86400, 1800


def create(book: Book, params: Params) -> Document:
    understood(params, _CREATE)
    _refuse_senseless(book, params)
    lines = [line_item.describe(book, line) for line in params["line_items"]]
    if len({line["currency"] for line in lines} | {params.get("currency", lines[0]["currency"])}) > 1:
        raise Invalid("All line items must have the same currency.", param="line_items")
    session = shapes.new(book, params, lines)
    return book.add(session)


def retrieve(book: Book, params: Params, session_id: str) -> Document:
    return find(book, session_id)


def find(book: Book, session_id: str) -> Document:
    """As it stands now: one whose time is over is expired by being looked at."""
    expire_due(book)
    return book.find("checkout.session", session_id)


def listed(book: Book, params: Params) -> Document:
    understood(params, ("created", "customer", "ending_before", "limit", "payment_intent", "starting_after", "status"))
    expire_due(book)
    where = {name: params.get(name) for name in ("customer", "payment_intent", "status")}
    return page(book, "checkout.session", params, "/v1/checkout/sessions", where)


def line_items(book: Book, params: Params, session_id: str) -> Document:
    session = book.find("checkout.session", session_id)
    return enclose(session["_line_items"], f"/v1/checkout/sessions/{session_id}/line_items")


def expire(book: Book, params: Params, session_id: str) -> Document:
    session = find(book, session_id)
    if session["status"] != "open":
        raise OutOfState(
            'Only Checkout Sessions with a status in ["open"] can be expired. '
            f"This Checkout Session has a status of {session['status']}."
        )
    return _expire(book, session)


def expire_due(book: Book) -> None:
    for session in book.select("checkout.session", {"status": "open"}):
        if session["expires_at"] <= book.now:
            _expire(book, session)


def pay(book: Book, session: Document, card: dict[str, Any], buyer: dict[str, str]) -> Document:
    """The intent after the buyer pressed Pay. Raises: Declined, and the session stays open."""
    if session["status"] != "open":
        raise OutOfState(f"This Checkout Session is {session['status']}.")
    method = payment_method.create(book, {"type": "card", "card": card, "billing_details": buyer})
    session["_buyer"] = buyer
    intent = _intent(book, session)
    return payment_intent.try_again(
        book, intent, {"payment_method": method["id"], "return_url": f"{session['url']}/return"}
    )


def paid(book: Book, session: Document, intent: Document) -> None:
    """The money is there, at once or late."""
    late = session["status"] == "complete"
    session["payment_status"] = "paid"
    _invoice(book, session, intent)
    if late:
        book.emit("checkout.session.async_payment_succeeded", session)
        book.save(session)
    else:
        _complete(book, session)


def promised(book: Book, session: Document) -> None:
    """The buyer has done his part; the bank answers later."""
    _complete(book, session)


def broken(book: Book, session: Document) -> None:
    """The bank's late answer was no."""
    if session["status"] == "complete":
        book.emit("checkout.session.async_payment_failed", session)


def _complete(book: Book, session: Document) -> None:
    move(session, "complete", MOVES)
    buyer = session["_buyer"]
    session["customer_details"] = dict.fromkeys(_DETAILS) | buyer | {"tax_exempt": "none", "tax_ids": []}
    session["url"] = None
    book.emit("checkout.session.completed", session)
    book.save(session)


def _expire(book: Book, session: Document) -> Document:
    move(session, "expired", MOVES)
    session["url"] = None
    if session["_intent"]:
        payment_intent.cancel(book, {"cancellation_reason": "automatic"}, session["_intent"])
    book.emit("checkout.session.expired", session)
    return book.save(session)


def _intent(book: Book, session: Document) -> Document:
    """One intent a session, however many cards are tried."""
    if session["_intent"]:
        return book.find("payment_intent", session["_intent"])
    wanted: Params = {"amount": session["amount_total"], "currency": session["currency"], **session["_intent_data"]}
    owner = session["customer"] or _new_customer(book, session)
    if owner:
        wanted["customer"] = owner
    intent = payment_intent.open_for(book, wanted, reason=session["id"])
    session |= {"customer": owner, "payment_intent": intent["id"], "_intent": intent["id"]}
    book.save(session)
    return intent


def _new_customer(book: Book, session: Document) -> str | None:
    wanted = session["customer_creation"] == "always" or session["_invoice_data"] is not None
    if not wanted and not session["_intent_data"].get("setup_future_usage"):
        return None
    return str(customer.open_account(book, new_id("cus", 14), session["_buyer"])["id"])


def _invoice(book: Book, session: Document, intent: Document) -> None:
    """The invoice that Checkout makes after a payment, already paid."""
    if session["_invoice_data"] is None:
        return
    told = {"customer": session["customer"], "currency": session["currency"], **session["_invoice_data"]}
    made = invoice.open_for(book, told)
    priced = [(line["description"], line["amount_total"], line["quantity"]) for line in session["_line_items"]]
    lines = [{"description": name, "amount": amount, "quantity": quantity} for name, amount, quantity in priced]
    invoice.write_lines(book, made, lines)
    made = invoice.number(book, made)
    invoice.credit(book, made, invoice_payment.attach(book, made, intent))
    session["invoice"] = made["id"]


def _refuse_senseless(book: Book, params: Params) -> None:
    if params.get("mode") != "payment":
        raise Invalid("The sandbox plays mode=payment.", code="sandbox_unsupported", param="mode")
    if params.get("ui_mode", "hosted_page") != "hosted_page":
        raise Invalid("The sandbox plays hosted pages.", code="sandbox_unsupported", param="ui_mode")
    for name in ("success_url", "line_items"):
        if not params.get(name):
            raise Invalid(f"Missing required param: {name}.", code="parameter_missing", param=name)
    if "customer" in params and "customer_email" in params:
        raise Invalid("You may only specify one of these parameters: customer, customer_email.")
    ends_at = params.get("expires_at", book.now + _DAY)
    if not book.now + _HALF_HOUR <= ends_at <= book.now + _DAY:
        raise Invalid("expires_at must be between 30 minutes and 24 hours from now.", param="expires_at")
    understood(params.get("payment_intent_data", {}), _INTENT, "payment_intent_data")


_DETAILS = ("address", "business_name", "email", "individual_name", "name", "phone")
