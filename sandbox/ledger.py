"""The ledger: one line exactly when money moves, the independent judge of what was charged and given back."""

import json
import sqlite3
from typing import Any

from sandbox.book import Book, Document


def charged(book: Book, charge: Document) -> None:
    """A payment without words of its own goes under those of the session or invoice it pays."""
    intent = book.find("payment_intent", charge["payment_intent"])
    reason = book.look(intent["_reason"]) if intent["_reason"] else None
    words = charge["metadata"] or (reason or {}).get("metadata", {})
    _write(book, "charge", charge | {"metadata": words}, charge["customer"], charge["payment_intent"])


def refunded(book: Book, refund: Document, charge: Document) -> None:
    _write(book, "refund", refund, charge["customer"], charge["payment_intent"])


def statement(rows: sqlite3.Connection) -> dict[str, Any]:
    """All that moved, oldest first, and the invoices as they stand."""
    lines = rows.execute("SELECT * FROM ledger ORDER BY seq").fetchall()
    found = rows.execute("SELECT body FROM object WHERE kind = 'invoice' ORDER BY seq")
    return {
        "charges": [_line(line) for line in lines if line["kind"] == "charge"],
        "refunds": [_line(line) for line in lines if line["kind"] == "refund"],
        "invoices": [_invoice(json.loads(row["body"])) for row in found],
    }


def _write(book: Book, kind: str, moved: Document, customer: str | None, intent: str | None) -> None:
    book.rows.execute(
        "INSERT INTO ledger (kind, id, amount, currency, customer, intent, metadata, created)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            kind,
            moved["id"],
            moved["amount"],
            moved["currency"],
            customer,
            intent,
            json.dumps(moved["metadata"]),
            book.now,
        ),
    )


def _line(line: sqlite3.Row) -> dict[str, Any]:
    return {
        "id": line["id"],
        "amount": line["amount"],
        "currency": line["currency"],
        "status": "succeeded",
        "customer": line["customer"],
        "payment_intent": line["intent"],
        "metadata": json.loads(line["metadata"]),
        "created": line["created"],
    }


def _invoice(invoice: Document) -> dict[str, Any]:
    shown = ("id", "number", "currency", "status", "customer", "metadata", "created", "amount_paid")
    return {"amount": invoice["total"], **{name: invoice[name] for name in shown}}
