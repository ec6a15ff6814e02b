"""An invoice payment: which payment intent pays for which invoice, and whether it has."""

from sandbox.book import Book, Document, new_id
from sandbox.objects.machine import move, moves

MOVES = moves(open="paid canceled", paid="", canceled="")


def attach(book: Book, invoice: Document, intent: Document) -> Document:
    return book.add(
        {
            "id": new_id("inpay"),
            "object": "invoice_payment",
            "amount_paid": None,
            "amount_requested": min(intent["amount"], invoice["amount_remaining"]),
            "created": book.now,
            "currency": intent["currency"],
            "invoice": invoice["id"],
            "is_default": intent["_reason"] == invoice["id"],
            "livemode": False,
            "payment": {"payment_intent": intent["id"], "type": "payment_intent"},
            "status": "open",
            "status_transitions": {"canceled_at": None, "paid_at": None},
            "_intent": intent["id"],
        }
    )


def of(book: Book, intent: str) -> Document | None:
    """The invoice payment this intent belongs to; there is at most one."""
    found = book.select("invoice_payment", {"_intent": intent})
    return found[0] if found else None


def receive(book: Book, payment: Document, amount: int) -> Document:
    move(payment, "paid", MOVES)
    payment["amount_paid"] = amount
    payment["status_transitions"]["paid_at"] = book.now
    book.emit("invoice_payment.paid", payment)
    return book.save(payment)
