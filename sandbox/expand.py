"""Expansion: an id replaced by its object where the caller asked, a path at a time."""

from collections.abc import Callable
from typing import Any

from sandbox.book import Book, Document
from sandbox.errors import Invalid
from sandbox.listing import enclose

_EXPANDABLE = frozenset(
    {"charge", "customer", "default_payment_method", "invoice", "latest_charge", "payment_intent", "payment_method"}
)
_EMPTY = frozenset({"application", "balance_transaction", "on_behalf_of", "review", "setup_intent", "test_clock"})
"""Expandable at Stripe, always null here."""


def expanded(book: Book, document: Document, paths: list[str]) -> Document:
    """Raises: Invalid for a path that Stripe could not expand either, and beyond four levels."""
    for path in paths:
        if path.count(".") > 3:
            raise Invalid(f"You cannot expand more than 4 levels of a property ({path}).", param="expand")
        _walk(book, document, path.split("."), path)
    return document


def _walk(book: Book, document: Document, steps: list[str], path: str) -> None:
    step, rest = steps[0], steps[1:]
    if step == "data" and document.get("object") == "list":
        for one in document["data"]:
            _walk(book, one, rest, path)
        return
    below = _filled(book, document, step, path)
    if rest and isinstance(below, dict):
        _walk(book, below, rest, path)


def _filled(book: Book, document: Document, name: str, path: str) -> Any:
    included = _INCLUDED.get((document.get("object", ""), name))
    if included and name not in document:
        document[name] = included(book, document)
    value = document.get(name)
    if name in _EXPANDABLE and isinstance(value, str):
        value = document[name] = book.look(value)
    elif not included and not (name in _EXPANDABLE | _EMPTY or isinstance(value, dict)):
        raise Invalid(f"This property cannot be expanded ({path}).", param="expand")
    return value


def _line_items(book: Book, session: Document) -> Document:
    return enclose(session["_line_items"], f"/v1/checkout/sessions/{session['id']}/line_items")


def _payments(book: Book, invoice: Document) -> Document:
    found = book.select("invoice_payment", {"invoice": invoice["id"]})
    return enclose(found, f"/v1/invoice_payments?invoice={invoice['id']}")


def _refunds(book: Book, charge: Document) -> Document:
    found = book.select("refund", {"charge": charge["id"]})[::-1]
    return enclose(found, f"/v1/charges/{charge['id']}/refunds")


_INCLUDED: dict[tuple[str, str], Callable[[Book, Document], Document]] = {
    ("checkout.session", "line_items"): _line_items,
    ("invoice", "payments"): _payments,
    ("charge", "refunds"): _refunds,
}
