"""A line of an invoice: what is charged for, and for which time."""

from typing import Any

from sandbox import currency
from sandbox.book import Book, Document, new_id
from sandbox.errors import Invalid
from sandbox.objects import metadata
from sandbox.validate import Params, understood

_UNDERSTOOD = ("amount", "description", "discountable", "metadata", "period", "price_data", "quantity")


def add(book: Book, invoice: Document, params: Params) -> Document:
    """Raises: Invalid for a line with both or neither of an amount and a price."""
    understood(params, _UNDERSTOOD, "lines")
    if ("amount" in params) == ("price_data" in params):
        raise Invalid("A line takes one of amount or price_data.", param="lines")
    priced: dict[str, Any] = params.get("price_data") or {}
    understood(priced, ("currency", "unit_amount", "product_data", "product"), "lines[price_data]")
    quantity = params.get("quantity", 1)
    amount = priced["unit_amount"] * quantity if priced else params["amount"]
    if priced and currency.known(priced["currency"]) != invoice["currency"]:
        raise Invalid(f"The line is not in the invoice's currency, {invoice['currency']}.", param="lines")
    line = _describe(book, invoice, amount, quantity)
    line["description"] = params.get("description") or priced.get("product_data", {}).get("name")
    line["period"] = params.get("period", line["period"])
    line["metadata"] = metadata.written(params.get("metadata"))
    return line


def _describe(book: Book, invoice: Document, amount: int, quantity: int) -> Document:
    return {
        "id": new_id("il"),
        "object": "line_item",
        "amount": amount,
        "currency": invoice["currency"],
        "description": None,
        "discount_amounts": [],
        "discountable": True,
        "discounts": [],
        "invoice": invoice["id"],
        "livemode": False,
        "metadata": {},
        "parent": None,
        "period": {"end": book.now, "start": book.now},
        "pretax_credit_amounts": [],
        "pricing": None,
        "quantity": quantity,
        "subtotal": amount,
        "taxes": [],
    }
