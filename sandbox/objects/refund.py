"""A refund: money of a charge on its way back, at once with most cards."""

from sandbox import currency, ledger
from sandbox.book import Book, Document, new_id
from sandbox.errors import Invalid, OutOfState
from sandbox.listing import page
from sandbox.objects import charge as charges
from sandbox.objects import metadata, payment_method
from sandbox.objects.machine import move, moves
from sandbox.validate import Params, understood

MOVES = moves(pending="succeeded failed", succeeded="", failed="")


def create(book: Book, params: Params) -> Document:
    """Raises: OutOfState for a charge that has not succeeded or has too little left."""
    understood(params, ("amount", "charge", "metadata", "payment_intent", "reason"))
    charge = _charge(book, params)
    left = charge["amount"] - charge["amount_refunded"]
    if charge["status"] != "succeeded":
        raise OutOfState(f"Charge {charge['id']} has not succeeded, so it cannot be refunded.")
    if left == 0:
        message = f"Charge {charge['id']} has already been refunded."
        raise OutOfState(message, code="charge_already_refunded")
    amount = currency.payable(params.get("amount", left), charge["currency"])
    if amount > left:
        raise OutOfState(f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})")
    return _give_back(book, charge, amount, params)


def retrieve(book: Book, params: Params, refund_id: str) -> Document:
    return book.find("refund", refund_id)


def listed(book: Book, params: Params) -> Document:
    understood(params, ("charge", "created", "ending_before", "limit", "payment_intent", "starting_after"))
    where = {name: params.get(name) for name in ("charge", "payment_intent")}
    return page(book, "refund", params, "/v1/refunds", where)


def complete(book: Book, refund: Document) -> Document:
    """The bank has taken back the money of a slow card."""
    move(refund, "succeeded", MOVES)
    refund["pending_reason"] = None
    ledger.refunded(book, refund, book.find("charge", refund["charge"]))
    book.emit("refund.updated", refund)
    return book.save(refund)


def _charge(book: Book, params: Params) -> Document:
    if "charge" in params:
        return book.find("charge", params["charge"], "charge")
    if "payment_intent" not in params:
        message = "One of the following params should be provided for this request: payment_intent or charge."
        raise Invalid(message, code="parameter_missing")
    intent = book.find("payment_intent", params["payment_intent"], "payment_intent")
    if intent["latest_charge"] is None:
        raise OutOfState(f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.")
    return book.find("charge", intent["latest_charge"])


def _give_back(book: Book, charge: Document, amount: int, params: Params) -> Document:
    slow = payment_method.card_of(book.find("payment_method", charge["payment_method"])).slow_refund
    refund = book.add(_describe(book, charge, amount, params))
    charges.give_back(book, charge, amount)
    book.emit("refund.created", refund)
    return refund if slow else complete(book, refund)


def _describe(book: Book, charge: Document, amount: int, params: Params) -> Document:
    return {
        "id": new_id("re"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": book.now,
        "currency": charge["currency"],
        "destination_details": {"card": {"type": "refund"}, "type": "card"},
        "metadata": metadata.written(params.get("metadata")),
        "payment_intent": charge["payment_intent"],
        "pending_reason": "processing",
        "reason": params.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "pending",
        "transfer_reversal": None,
    }
