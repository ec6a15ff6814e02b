"""A charge: one answer of the bank to one attempt; the ledger gets a line when it succeeds."""

from sandbox import ledger
from sandbox.book import Book, Document
from sandbox.cards import Decline
from sandbox.listing import page
from sandbox.objects.machine import move, moves
from sandbox.shapes import charge as shapes
from sandbox.validate import Params, understood

MOVES = moves(pending="succeeded failed", succeeded="", failed="")


def retrieve(book: Book, params: Params, charge_id: str) -> Document:
    return book.find("charge", charge_id)


def listed(book: Book, params: Params) -> Document:
    understood(params, ("created", "customer", "ending_before", "limit", "payment_intent", "starting_after"))
    where = {name: params.get(name) for name in ("customer", "payment_intent")}
    return page(book, "charge", params, "/v1/charges", where)


def succeed(book: Book, intent: Document, method: Document) -> Document:
    return _collect(book, book.add(shapes.new(book, intent, method, "pending")))


def wait(book: Book, intent: Document, method: Document) -> Document:
    """The bank has taken the order and will answer later."""
    charge = book.add(shapes.new(book, intent, method, "pending"))
    book.emit("charge.pending", charge)
    return charge


def fail(book: Book, intent: Document, method: Document, decline: Decline) -> Document:
    charge = shapes.new(book, intent, method, "failed")
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


def arrive(book: Book, charge_id: str) -> Document:
    """A waiting charge succeeds."""
    return _collect(book, book.find("charge", charge_id))


def bounce(book: Book, charge_id: str, decline: Decline) -> Document:
    """A waiting charge fails."""
    charge = book.find("charge", charge_id)
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
