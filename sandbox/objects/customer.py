"""A customer of the vendor: who pays, and with which card by default."""

from typing import Any

from sandbox.book import Book, Document, new_id
from sandbox.listing import page
from sandbox.objects import metadata, payment_method
from sandbox.validate import Params, understood

_PLAIN = ("address", "description", "email", "name", "phone", "preferred_locales", "tax_exempt")
_UNDERSTOOD = (*_PLAIN, "invoice_prefix", "invoice_settings", "metadata", "payment_method")


def create(book: Book, params: Params) -> Document:
    understood(params, _UNDERSTOOD)
    return open_account(book, new_id("cus", 14), params)


def open_account(book: Book, customer_id: str, params: Params) -> Document:
    """The seed gives its own ids."""
    customer: Document = {
        "id": customer_id,
        "object": "customer",
        "address": None,
        "balance": 0,
        "created": book.now,
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "description": None,
        "discount": None,
        "email": None,
        "invoice_prefix": new_id("", 8)[1:].upper(),
        "invoice_settings": _invoice_settings(),
        "livemode": False,
        "metadata": metadata.written(params.get("metadata")),
        "name": None,
        "next_invoice_sequence": 1,
        "phone": None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
    }
    book.add(customer)
    _apply(book, customer, params)
    book.emit("customer.created", customer)
    return book.save(customer)


def retrieve(book: Book, params: Params, customer_id: str) -> Document:
    return book.find("customer", customer_id)


def update(book: Book, params: Params, customer_id: str) -> Document:
    understood(params, set(_UNDERSTOOD) - {"payment_method"})
    customer = book.find("customer", customer_id)
    if "metadata" in params:
        customer["metadata"] = metadata.changed(customer["metadata"], params["metadata"])
    _apply(book, customer, params)
    book.emit("customer.updated", customer)
    return book.save(customer)


def listed(book: Book, params: Params) -> Document:
    understood(params, ("created", "email", "ending_before", "limit", "starting_after"))
    return page(book, "customer", params, "/v1/customers", {"email": params.get("email")})


def _apply(book: Book, customer: Document, params: Params) -> None:
    for name in (*_PLAIN, "invoice_prefix"):
        if name in params:
            customer[name] = params[name] or None
    if params.get("payment_method"):
        payment_method.attach(book, {"customer": customer["id"]}, params["payment_method"])
    settings: dict[str, Any] = params.get("invoice_settings", {})
    understood(settings, ("default_payment_method", "custom_fields", "footer"), "invoice_settings")
    if settings.get("default_payment_method"):
        payment_method.owned(book, settings["default_payment_method"], customer["id"])
    customer["invoice_settings"] |= {name: value or None for name, value in settings.items()}


def _invoice_settings() -> dict[str, Any]:
    return {"custom_fields": None, "default_payment_method": None, "footer": None, "rendering_options": None}
