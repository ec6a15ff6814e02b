"""A card as Stripe keeps it: free until attached to a customer, useless once detached."""

from typing import Any

from sandbox import cards
from sandbox.book import Book, Document
from sandbox.errors import Declined, Invalid
from sandbox.listing import page
from sandbox.objects import metadata
from sandbox.shapes import payment_method as shapes
from sandbox.validate import Params, understood

_TYPES = "/v1/payment_methods"


def create(book: Book, params: Params) -> Document:
    """Raises: Invalid for a number that is not one of the test cards; real cards stay outside."""
    understood(params, ("type", "card", "billing_details", "metadata"))
    if params.get("type") != "card":
        raise Invalid("The sandbox plays cards only.", code="sandbox_unsupported", param="type")
    given: dict[str, Any] = params.get("card") or {}
    understood(given, ("number", "exp_month", "exp_year", "cvc", "token"), "card")
    card = cards.named(given["token"]) if "token" in given else cards.numbered(given.get("number", ""))
    if card is None:
        raise Invalid("Your card number is incorrect.", code="incorrect_number", param="card[number]")
    method = shapes.new(book, card, given, params.get("billing_details") or {})
    method["metadata"] = metadata.written(params.get("metadata"))
    return book.add(method)


def retrieve(book: Book, params: Params, method_id: str) -> Document:
    card = cards.named(method_id)
    return shapes.new(book, card) if card else book.find("payment_method", method_id)


def retrieve_of(book: Book, params: Params, customer: str, method_id: str) -> Document:
    return owned(book, method_id, customer)


def update(book: Book, params: Params, method_id: str) -> Document:
    understood(params, ("metadata", "billing_details", "allow_redisplay"))
    method = book.find("payment_method", method_id)
    if "metadata" in params:
        method["metadata"] = metadata.changed(method["metadata"], params["metadata"])
    method["billing_details"] |= params.get("billing_details", {})
    method["allow_redisplay"] = params.get("allow_redisplay", method["allow_redisplay"])
    book.emit("payment_method.updated", method)
    return book.save(method)


def listed(book: Book, params: Params) -> Document:
    understood(params, ("customer", "ending_before", "limit", "starting_after", "type", "allow_redisplay"))
    where = {name: params.get(name) for name in ("customer", "type", "allow_redisplay")}
    return page(book, "payment_method", params, _TYPES, where)


def listed_of(book: Book, params: Params, customer: str) -> Document:
    book.find("customer", customer)
    where = {"customer": customer, "type": params.get("type")}
    return page(book, "payment_method", params, f"/v1/customers/{customer}/payment_methods", where)


def attach(book: Book, params: Params, method_id: str) -> Document:
    """Raises: Declined for a card whose bank says no already now."""
    understood(params, ("customer",))
    if "customer" not in params:
        raise Invalid("Missing required param: customer.", code="parameter_missing", param="customer")
    customer = book.find("customer", params["customer"], "customer")
    method = resolve(book, method_id, "id")
    if method["customer"] not in (None, customer["id"]):
        raise Invalid("The payment method you provided has already been attached to a customer.")
    if not card_of(method).may_be_kept:
        raise refusal(card_of(method).decline or cards.GENERIC)
    return keep(book, method, customer["id"])


def keep(book: Book, method: Document, customer: str) -> Document:
    """Attached, whatever the bank thinks of it; again changes nothing."""
    if method["customer"] != customer:
        method["customer"] = customer
        book.emit("payment_method.attached", method)
    return book.save(method)


def detach(book: Book, params: Params, method_id: str) -> Document:
    method = book.find("payment_method", method_id)
    if method["customer"] is None:
        raise Invalid("The payment method you provided is not attached to a customer so detachment is impossible.")
    owner = book.find("customer", method["customer"])
    if owner["invoice_settings"]["default_payment_method"] == method_id:
        owner["invoice_settings"]["default_payment_method"] = None
        book.save(owner)
    method |= {"customer": None, "_used_up": True}
    book.emit("payment_method.detached", method)
    return book.save(method)


def resolve(book: Book, method_id: str, param: str = "payment_method") -> Document:
    """The card with this id; a test name such as `pm_card_visa` makes a new one.

    Raises: Invalid for one that was detached: Stripe never lets it be used again.
    """
    card = cards.named(method_id)
    method = book.add(shapes.new(book, card)) if card else book.find("payment_method", method_id, param)
    if method["_used_up"]:
        raise Invalid(f"The provided PaymentMethod was detached from a Customer and may not be used again: {method_id}")
    return method


def owned(book: Book, method_id: str, customer: str) -> Document:
    """Raises: Invalid for a card that is not this customer's."""
    method = book.find("payment_method", method_id, "payment_method")
    if method["customer"] != customer:
        raise Invalid(
            f"The payment method {method_id} does not belong to the customer {customer}.", param="payment_method"
        )
    return method


def card_of(method: Document) -> cards.Card:
    card = cards.numbered(method["_number"])
    if card is None:
        raise LookupError(f"{method['id']} is none of the test cards.")
    return card


def refusal(decline: cards.Decline, **more: Any) -> Declined:
    return Declined(decline.message, code=decline.code, decline_code=decline.reason, **more)
