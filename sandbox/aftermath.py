"""What follows from a call before it is committed: sessions and invoices learn of payments, endpoints of it all."""

from sandbox import webhooks
from sandbox.book import Book, Document
from sandbox.objects import checkout_session, invoice, invoice_payment


def follow(book: Book) -> None:
    """The last step of every transaction."""
    for event in list(book.events):
        if event["type"].startswith("payment_intent."):
            _tell(book, event["type"].removeprefix("payment_intent."), event["data"]["object"]["id"])
    if book.events:
        webhooks.plan(book)


def _tell(book: Book, news: str, intent_id: str) -> None:
    intent = book.find("payment_intent", intent_id)
    reason = book.look(intent["_reason"]) if intent["_reason"] else None
    if reason and reason["object"] == "checkout.session":
        _tell_session(book, news, reason, intent)
    elif payment := invoice_payment.of(book, intent_id):
        _tell_invoice(book, news, book.find("invoice", payment["invoice"]), payment)


def _tell_session(book: Book, news: str, session: Document, intent: Document) -> None:
    if news == "succeeded":
        checkout_session.paid(book, session, intent)
    elif news == "processing":
        checkout_session.promised(book, session)
    elif news == "payment_failed":
        checkout_session.broken(book, session)


def _tell_invoice(book: Book, news: str, billed: Document, payment: Document) -> None:
    if news == "succeeded":
        invoice.credit(book, billed, payment)
    elif news == "payment_failed":
        invoice.failed(book, billed)
