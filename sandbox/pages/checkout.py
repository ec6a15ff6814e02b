"""The checkout page: what is bought, a card, and the way back to the shop."""

from sandbox.book import Book, Cause, Document
from sandbox.errors import Declined
from sandbox.faults import Faults
from sandbox.objects import checkout_session
from sandbox.pages.card_form import TEST_CARDS, CardForm
from sandbox.pages.paper import notice, page
from sandbox.turn import Turns
from sandbox.wire import Answer, Request


class Checkout:
    def __init__(self, turns: Turns, faults: Faults) -> None:
        self._turns = turns
        self._faults = faults

    def show(self, request: Request, session_id: str) -> Answer:
        return self._turns.take(lambda book: _look(book, session_id))

    def pay(self, request: Request, session_id: str) -> Answer:
        """303 onwards, or the page again with what went wrong."""
        form = CardForm.typed(request.fields)
        cause = Cause(outcome=self._faults.outcome(request.path))
        try:
            return self._turns.take(lambda book: _pay(book, session_id, form), cause)
        except Declined as declined:
            fault = declined.message
        return self._turns.take(lambda book: _look(book, session_id, form, fault, 402))

    def come_back(self, request: Request, session_id: str) -> Answer:
        """From the bank, with or without its blessing."""
        return self._turns.take(lambda book: _after_the_bank(book, session_id))


def _pay(book: Book, session_id: str, form: CardForm) -> Answer:
    session = checkout_session.find(book, session_id)
    if session["status"] != "open":
        return _closed(session)
    if fault := form.fault(book.now):
        return _look(book, session_id, form, fault, 422)
    intent = checkout_session.pay(book, session, form.card, form.buyer)
    if intent["status"] == "requires_action":
        return Answer.redirect(intent["next_action"]["redirect_to_url"]["url"])
    return Answer.redirect(_returned(session["success_url"], session_id))


def _after_the_bank(book: Book, session_id: str) -> Answer:
    session = checkout_session.find(book, session_id)
    intent = book.look(session["_intent"] or "")
    if intent and intent["status"] in ("succeeded", "processing"):
        return Answer.redirect(_returned(session["success_url"], session_id))
    error = (intent or {}).get("last_payment_error") or {"message": "The payment was not confirmed."}
    return _look(book, session_id, None, error["message"], 402)


def _look(
    book: Book, session_id: str, form: CardForm | None = None, fault: str | None = None, status: int = 200
) -> Answer:
    session = checkout_session.find(book, session_id)
    if session["status"] != "open":
        return _closed(session)
    owner = book.look(session["customer"] or "") or {}
    blank = CardForm(name=owner.get("name") or "", email=session["customer_email"] or owner.get("email") or "")
    return page(
        "checkout.html",
        status,
        session=session,
        lines=session["_line_items"],
        keeps=session["_intent_data"].get("setup_future_usage") is not None,
        form=form or blank,
        fault=fault,
        cancel_url=_returned(session["cancel_url"], session_id),
        cards=TEST_CARDS,
    )


def _closed(session: Document) -> Answer:
    if session["status"] == "expired":
        return notice("This page has expired", "Go back to the shop and start the payment again.", 410)
    return Answer.redirect(_returned(session["success_url"], session["id"]))


def _returned(url: str | None, session_id: str) -> str:
    return (url or "").replace("{CHECKOUT_SESSION_ID}", session_id)
