"""The seed: customers with ids of the caller's choice and the cards they already have."""

from typing import Any

from sandbox.book import Book, Document
from sandbox.objects import customer, payment_method


def plant(book: Book, given: dict[str, Any]) -> dict[str, Any]:
    """Planting twice changes nothing. The first card is the default; a seeded card may be one that declines."""
    present = book.look(given["id"])
    if present is None:
        present = customer.open_account(book, given["id"], {name: given.get(name) for name in ("name", "email")})
        _give_cards(book, present, given.get("cards", []))
    found = book.select("payment_method", {"customer": given["id"]})
    return {"id": given["id"], "payment_methods": [method["id"] for method in found]}


def _give_cards(book: Book, owner: Document, names: list[str]) -> None:
    for name in names:
        method = payment_method.resolve(book, name)
        method["_set_up"] = True
        payment_method.keep(book, method, owner["id"])
        if owner["invoice_settings"]["default_payment_method"] is None:
            owner["invoice_settings"]["default_payment_method"] = method["id"]
    book.save(owner)
