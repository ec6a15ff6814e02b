"""A line of a checkout session, with the price made for it on the spot."""

from typing import Any

from sandbox import currency
from sandbox.book import Book, Document, new_id
from sandbox.errors import Invalid
from sandbox.validate import Params, understood


def describe(book: Book, params: Params) -> Document:
    """Raises: Invalid without price data: the sandbox keeps no catalogue."""
    understood(params, ("price_data", "quantity"), "line_items")
    if "price_data" not in params:
        raise Invalid("The sandbox keeps no prices; pass price_data.", param="line_items")
    priced: dict[str, Any] = params["price_data"]
    understood(priced, ("currency", "unit_amount", "product_data", "tax_behavior"), "line_items[price_data]")
    money = currency.known(priced["currency"])
    if "unit_amount" not in priced or "product_data" not in priced:
        raise Invalid("price_data needs unit_amount and product_data.", code="parameter_missing", param="line_items")
    quantity = params.get("quantity", 1)
    amount = currency.payable(priced["unit_amount"] * quantity, money, "line_items")
    return {
        "id": new_id("li"),
        "object": "item",
        "amount_discount": 0,
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "currency": money,
        "description": priced["product_data"]["name"],
        "price": _price(book, priced, money),
        "quantity": quantity,
    }


def _price(book: Book, priced: dict[str, Any], money: str) -> Document:
    return {
        "id": new_id("price"),
        "object": "price",
        "active": False,
        "billing_scheme": "per_unit",
        "created": book.now,
        "currency": money,
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": None,
        "metadata": {},
        "nickname": None,
        "product": new_id("prod", 14),
        "recurring": None,
        "tax_behavior": priced.get("tax_behavior", "unspecified"),
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "one_time",
        "unit_amount": priced["unit_amount"],
        "unit_amount_decimal": str(priced["unit_amount"]),
    }
