"""The bank's page: the card's owner approves one payment or refuses it."""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from sandbox.book import Book, Cause, Document
from sandbox.errors import Declined, Missing
from sandbox.faults import Faults
from sandbox.objects import payment_intent
from sandbox.pages.paper import notice, page
from sandbox.turn import Turns
from sandbox.wire import Answer, Request


class Bank:
    def __init__(self, turns: Turns, faults: Faults) -> None:
        self._turns = turns
        self._faults = faults

    def show(self, request: Request, intent_id: str, secret: str) -> Answer:
        return self._turns.take(lambda book: _look(book, intent_id, secret))

    def decide(self, request: Request, intent_id: str, secret: str) -> Answer:
        """303 to where the shop wants its customer back, with Stripe's three parameters."""
        approved = request.fields.get("answer") == "approve"
        cause = Cause(outcome=self._faults.outcome(request.path))
        try:
            return self._turns.take(lambda book: _decide(book, intent_id, secret, approved=approved), cause)
        except Declined:
            return self._turns.take(lambda book: _back(_find(book, intent_id, secret), "failed"))


def _find(book: Book, intent_id: str, secret: str) -> Document:
    """Raises: Missing when the secret is not this payment's."""
    intent = book.find("payment_intent", intent_id)
    if intent["client_secret"] != secret:
        raise Missing("payment_intent", intent_id)
    return intent


def _look(book: Book, intent_id: str, secret: str) -> Answer:
    intent = _find(book, intent_id, secret)
    if intent["status"] != "requires_action":
        return notice("Nothing to confirm", "This payment does not wait for you any more.", 410)
    return page("bank.html", intent=intent, card=book.find("payment_method", intent["payment_method"])["card"])


def _decide(book: Book, intent_id: str, secret: str, *, approved: bool) -> Answer:
    intent = _find(book, intent_id, secret)
    if intent["status"] == "requires_action":
        intent = payment_intent.authenticate(book, intent, approved=approved)
    return _back(intent, "succeeded" if intent["status"] in ("succeeded", "processing") else "failed")


def _back(intent: Document, outcome: str) -> Answer:
    home = intent["_request"]["return_url"]
    if not home:
        return notice("Thank you", f"The payment {outcome}. You can close this page.", 200)
    told = {
        "payment_intent": intent["id"],
        "payment_intent_client_secret": intent["client_secret"],
        "redirect_status": outcome,
        "source_type": "card",
    }
    parts = urlsplit(home)
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), *told.items()])
    return Answer.redirect(urlunsplit(parts._replace(query=query)))
