"""A charge: one answer of the bank to one attempt; the ledger gets a line when it succeeds."""

from typing import Any

from sandbox import ledger
from sandbox.book import Book, Document, new_id
from sandbox.cards import Decline
from sandbox.listing import page
from sandbox.objects.machine import move, moves
from sandbox.validate import Params, understood

MOVES = moves(pending="succeeded failed", succeeded="", failed="")


def retrieve(book: Book, params: Params, id: str) -> Document:
    return book.find("charge", id)


def listed(book: Book, params: Params) -> Document:
    understood(params, ("created", "customer", "ending_before", "limit", "payment_intent", "starting_after"))
    where = {name: params.get(name) for name in ("customer", "payment_intent")}
    return page(book, "charge", params, "/v1/charges", where)


def succeed(book: Book, intent: Document, method: Document) -> Document:
    return _collect(book, book.add(_describe(book, intent, method, "pending")))


def wait(book: Book, intent: Document, method: Document) -> Document:
    """The bank has taken the order and will answer later."""
    charge = book.add(_describe(book, intent, method, "pending"))
    book.emit("charge.pending", charge)
    return charge


def fail(book: Book, intent: Document, method: Document, decline: Decline) -> Document:
    charge = _describe(book, intent, method, "failed")
    charge |= {"failure_code": decline.code, "failure_message": decline.message}
    charge["outcome"] |= {
        "network_status": "declined_by_network",
        "reason": decline.reason or decline.code,
        "seller_message": decline.message,
        "type": "issuer_declined",
    }
    book.add(charge)
    book.emit("charge.failed", charge)
    return charge


def arrive(book: Book, id: str) -> Document:
    """A waiting charge succeeds."""
    return _collect(book, book.find("charge", id))


def bounce(book: Book, id: str, decline: Decline) -> Document:
    """A waiting charge fails."""
    charge = book.find("charge", id)
    move(charge, "failed", MOVES)
    charge |= {"failure_code": decline.code, "failure_message": decline.message}
    book.emit("charge.failed", charge)
    return book.save(charge)


def give_back(book: Book, charge: Document, amount: int) -> None:
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    book.emit("charge.refunded", charge)
    book.save(charge)


def _collect(book: Book, charge: Document) -> Document:
    move(charge, "succeeded", MOVES)
    charge |= {"paid": True, "captured": True, "amount_captured": charge["amount"]}
    ledger.charged(book, charge)
    book.emit("charge.succeeded", charge)
    return book.save(charge)


def _describe(book: Book, intent: Document, method: Document, status: str) -> Document:
    id = new_id("ch")
    return {
        "id": id,
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": 0,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": method["billing_details"],
        "calculated_statement_descriptor": "KEKAL SANDBOX",
        "captured": False,
        "created": book.now,
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "fraud_details": {},
        "livemode": False,
        "metadata": intent["metadata"],
        "on_behalf_of": None,
        "outcome": _outcome(),
        "paid": False,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": {"card": _card(intent, method), "type": "card"},
        "receipt_email": intent["receipt_email"],
        "receipt_number": None,
        "receipt_url": None,
        "refunded": False,
        "review": None,
        "shipping": None,
        "source_transfer": None,
        "statement_descriptor": intent["statement_descriptor"],
        "statement_descriptor_suffix": intent["statement_descriptor_suffix"],
        "status": status,
        "transfer_data": None,
        "transfer_group": None,
    }


def _outcome() -> dict[str, Any]:
    return {
        "network_status": "approved_by_network",
        "reason": None,
        "risk_level": "normal",
        "seller_message": "Payment complete.",
        "type": "authorized",
    }


def _card(intent: Document, method: Document) -> dict[str, Any]:
    kept = ("brand", "checks", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4", "wallet")
    proven = {"authentication_flow": "challenge", "result": "authenticated", "result_reason": None, "version": "2.2.0"}
    return {
        **{name: method["card"][name] for name in kept},
        "amount_authorized": intent["amount"],
        "installments": None,
        "mandate": None,
        "network": method["card"]["brand"],
        "three_d_secure": proven if intent["_authenticated"] else None,
    }
