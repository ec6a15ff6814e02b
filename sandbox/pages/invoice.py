"""The hosted invoice: what is owed, a card to pay it with, and the same on paper."""

from sandbox.book import Book, Cause, Document
from sandbox.errors import Declined, Missing
from sandbox.faults import Faults
from sandbox.objects import invoice, payment_method
from sandbox.pages.card_form import TEST_CARDS, CardForm
from sandbox.pages.paper import page
from sandbox.pages.pdf import print_invoice
from sandbox.turn import Turns
from sandbox.wire import Answer, Request


class HostedInvoice:
    def __init__(self, turns: Turns, faults: Faults) -> None:
        self._turns = turns
        self._faults = faults

    def show(self, request: Request, invoice_id: str, token: str) -> Answer:
        return self._turns.take(lambda book: _look(book, invoice_id, token))

    def print(self, request: Request, invoice_id: str, token: str) -> Answer:
        body = self._turns.take(lambda book: print_invoice(_find(book, invoice_id, token)))
        name = f'inline; filename="{invoice_id}.pdf"'
        return Answer(200, body, {"content-type": "application/pdf", "content-disposition": name})

    def pay(self, request: Request, invoice_id: str, token: str) -> Answer:
        form = CardForm.typed(request.fields)
        cause = Cause(outcome=self._faults.outcome(request.path))
        try:
            return self._turns.take(lambda book: _pay(book, invoice_id, token, form), cause)
        except Declined as declined:
            fault = declined.message
        return self._turns.take(lambda book: _look(book, invoice_id, token, form, fault, 402))


def _find(book: Book, invoice_id: str, token: str) -> Document:
    """Raises: Missing for a wrong token, and for a draft, which has no page."""
    found = book.find("invoice", invoice_id)
    if found["_token"] != token or found["status"] == "draft":
        raise Missing("invoice", invoice_id)
    return found


def _look(
    book: Book, invoice_id: str, token: str, form: CardForm | None = None, fault: str | None = None, status: int = 200
) -> Answer:
    found = _find(book, invoice_id, token)
    blank = CardForm(name=found["customer_name"] or "", email=found["customer_email"] or "")
    return page("invoice.html", status, invoice=found, form=form or blank, fault=fault, cards=TEST_CARDS)


def _pay(book: Book, invoice_id: str, token: str, form: CardForm) -> Answer:
    found = _find(book, invoice_id, token)
    if fault := form.fault(book.now):
        return _look(book, invoice_id, token, form, fault, 422)
    method = payment_method.create(book, {"type": "card", "card": form.card, "billing_details": form.buyer})
    invoice.pay(book, {"payment_method": method["id"], "off_session": False}, invoice_id)
    waiting = book.select("payment_intent", {"_reason": invoice_id, "status": "requires_action"})
    if waiting:
        return Answer.redirect(waiting[-1]["next_action"]["redirect_to_url"]["url"])
    return Answer.redirect(found["hosted_invoice_url"])
