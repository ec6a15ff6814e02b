"""An invoice: lines that add up, numbered when finalized, paid by payments attached to it."""

from sandbox import currency
from sandbox.book import Book, Document
from sandbox.errors import Invalid, OutOfState
from sandbox.listing import page
from sandbox.objects import invoice_line, invoice_payment, metadata, payment_intent
from sandbox.objects.machine import move, moves
from sandbox.shapes import invoice as shapes
from sandbox.validate import Params, understood

MOVES = moves(draft="open paid", open="paid void", paid="", void="")
_WORDS = ("custom_fields", "description", "footer", "statement_descriptor")
_CREATE = (
    *_WORDS,
    "auto_advance",
    "collection_method",
    "currency",
    "customer",
    "days_until_due",
    "due_date",
    "metadata",
    "pending_invoice_items_behavior",
)
_DAY = 86400


def create(book: Book, params: Params) -> Document:
    understood(params, _CREATE)
    if "customer" not in params:
        raise Invalid("Missing required param: customer.", code="parameter_missing", param="customer")
    invoice = open_for(book, params)
    return book.save(invoice)


def open_for(book: Book, params: Params) -> Document:
    """A draft. Raises: Invalid for terms that do not fit its way of collection."""
    customer = book.find("customer", params["customer"], "customer")
    money = currency.known(params["currency"] if "currency" in params else customer["currency"] or "usd")
    invoice = shapes.new(book, customer, money)
    _write_words(invoice, params)
    invoice["collection_method"] = params.get("collection_method", "charge_automatically")
    invoice["due_date"] = _due(book, invoice, params)
    invoice["metadata"] = metadata.written(params.get("metadata"))
    book.add(invoice)
    book.emit("invoice.created", invoice)
    return invoice


def retrieve(book: Book, params: Params, invoice_id: str) -> Document:
    return book.find("invoice", invoice_id)


def listed(book: Book, params: Params) -> Document:
    understood(
        params, ("collection_method", "created", "customer", "ending_before", "limit", "starting_after", "status")
    )
    where = {name: params.get(name) for name in ("collection_method", "customer", "status")}
    return page(book, "invoice", params, "/v1/invoices", where)


def update(book: Book, params: Params, invoice_id: str) -> Document:
    understood(params, (*_WORDS, "metadata"))
    invoice = book.find("invoice", invoice_id)
    if invoice["status"] != "draft" and params.keys() - {"metadata", "expand"}:
        raise _unexpected(invoice, "Finalized invoices can't be updated in this way")
    _write_words(invoice, params)
    if "metadata" in params:
        invoice["metadata"] = metadata.changed(invoice["metadata"], params["metadata"])
    book.emit("invoice.updated", invoice)
    return book.save(invoice)


def add_lines(book: Book, params: Params, invoice_id: str) -> Document:
    understood(params, ("lines", "invoice_metadata"))
    invoice = book.find("invoice", invoice_id)
    if invoice["status"] != "draft":
        raise _unexpected(invoice, "Lines can only be added to a draft")
    if "invoice_metadata" in params:
        invoice["metadata"] = metadata.changed(invoice["metadata"], params["invoice_metadata"])
    write_lines(book, invoice, params["lines"])
    book.emit("invoice.updated", invoice)
    return book.save(invoice)


def write_lines(book: Book, invoice: Document, lines: list[Params]) -> None:
    invoice["lines"]["data"] += [invoice_line.add(book, invoice, line) for line in lines]
    total = sum(line["amount"] for line in invoice["lines"]["data"])
    names = ("amount_due", "amount_remaining", "subtotal", "subtotal_excluding_tax", "total", "total_excluding_tax")
    invoice |= dict.fromkeys(names, total)


def finalize(book: Book, params: Params, invoice_id: str) -> Document:
    """Raises: Invalid when the invoice would go on to collect by itself, which the sandbox does not do."""
    understood(params, ("auto_advance",))
    if params.get("auto_advance"):
        raise Invalid("The sandbox collects no invoice by itself.", code="sandbox_unsupported", param="auto_advance")
    invoice = book.find("invoice", invoice_id)
    if invoice["status"] != "draft":
        raise _unexpected(invoice, "This invoice is already finalized")
    return number(book, invoice)


def number(book: Book, invoice: Document) -> Document:
    """Gives the draft its number, opens it, and settles it at once when nothing is due."""
    owner = book.find("customer", invoice["customer"])
    sequence, owner["next_invoice_sequence"] = owner["next_invoice_sequence"], owner["next_invoice_sequence"] + 1
    owner["currency"] = owner["currency"] or invoice["currency"]
    book.save(owner)
    move(invoice, "open", MOVES)
    url = f"{book.origin}/invoice/{invoice['id']}/{invoice['_token']}"
    invoice |= {
        "effective_at": book.now,
        "ending_balance": 0,
        "hosted_invoice_url": url,
        "invoice_pdf": f"{url}/pdf",
        "number": f"{owner['invoice_prefix']}-{sequence:04}",
    }
    invoice["status_transitions"]["finalized_at"] = book.now
    book.emit("invoice.finalized", invoice)
    return book.save(invoice) if invoice["amount_remaining"] else _settle(book, invoice)


def attach_payment(book: Book, params: Params, invoice_id: str) -> Document:
    """A payment that has succeeded is credited at once, another when it does."""
    understood(params, ("payment_intent",))
    invoice = book.find("invoice", invoice_id)
    if "payment_intent" not in params:
        raise Invalid("Missing required param: payment_intent.", code="parameter_missing", param="payment_intent")
    intent = book.find("payment_intent", params["payment_intent"], "payment_intent")
    if invoice["status"] != "open":
        raise _unexpected(invoice, "Payments can only be attached to an open invoice")
    if intent["customer"] != invoice["customer"] or intent["currency"] != invoice["currency"]:
        raise Invalid("The payment is not of this invoice's customer and currency.", param="payment_intent")
    if invoice_payment.of(book, intent["id"]):
        raise Invalid("This PaymentIntent is already attached to an invoice.", param="payment_intent")
    payment = invoice_payment.attach(book, invoice, intent)
    return credit(book, invoice, payment) if intent["status"] == "succeeded" else invoice


def credit(book: Book, invoice: Document, payment: Document) -> Document:
    """Counts a payment that has succeeded; again changes nothing."""
    if payment["status"] == "paid":
        return invoice
    received = book.find("payment_intent", payment["_intent"])["amount_received"]
    counted = min(received, invoice["amount_remaining"])
    invoice_payment.receive(book, payment, received)
    invoice["amount_paid"] += counted
    invoice["amount_remaining"] -= counted
    invoice["amount_overpaid"] += received - counted
    ends_here = invoice["status"] == "open" and not invoice["amount_remaining"]
    return _settle(book, invoice) if ends_here else book.save(invoice)


def failed(book: Book, invoice: Document) -> None:
    """A card was tried and said no; the invoice stays open."""
    invoice |= {"attempted": True, "attempt_count": invoice["attempt_count"] + 1}
    book.emit("invoice.payment_failed", invoice)
    book.save(invoice)


def pay(book: Book, params: Params, invoice_id: str) -> Document:
    """By the named card, the customer's default, or out of band. Raises: Declined as a payment would."""
    understood(params, ("off_session", "paid_out_of_band", "payment_method"))
    invoice = book.find("invoice", invoice_id)
    if invoice["status"] == "draft":
        invoice = number(book, invoice)
    if invoice["status"] != "open":
        raise _unexpected(invoice, "Invoice is already paid" if invoice["status"] == "paid" else "Invoice is void")
    if params.get("paid_out_of_band"):
        invoice |= {"amount_remaining": 0, "amount_paid_off_stripe": invoice["amount_remaining"]}
        return _settle(book, invoice)
    return _collect(book, invoice, params)


def send(book: Book, params: Params, invoice_id: str) -> Document:
    """Stripe mails it; the sandbox only says that it would."""
    invoice = book.find("invoice", invoice_id)
    if invoice["status"] == "draft":
        invoice = number(book, invoice)
    if invoice["collection_method"] != "send_invoice" or invoice["status"] == "void":
        raise _unexpected(invoice, "You can only manually send an invoice whose collection method is send_invoice")
    book.emit("invoice.sent", invoice)
    return invoice


def void(book: Book, params: Params, invoice_id: str) -> Document:
    invoice = book.find("invoice", invoice_id)
    if invoice["status"] != "open":
        raise _unexpected(invoice, "You can only void an open invoice")
    move(invoice, "void", MOVES)
    invoice["status_transitions"]["voided_at"] = book.now
    book.emit("invoice.voided", invoice)
    return book.save(invoice)


def _collect(book: Book, invoice: Document, params: Params) -> Document:
    owner = book.find("customer", invoice["customer"])
    method = params.get("payment_method") or owner["invoice_settings"]["default_payment_method"]
    if method is None:
        raise Invalid("There is no payment method to pay this invoice with.", param="payment_method")
    wanted = {"amount": invoice["amount_remaining"], "currency": invoice["currency"], "customer": owner["id"]}
    intent = payment_intent.open_for(book, {**wanted, "payment_method": method}, reason=invoice["id"])
    payment = invoice_payment.attach(book, invoice, intent)
    off_session = params.get("off_session", True)
    intent = payment_intent.try_again(
        book, intent, {"off_session": off_session, "return_url": invoice["hosted_invoice_url"]}
    )
    return credit(book, invoice, payment) if intent["status"] == "succeeded" else invoice


def _settle(book: Book, invoice: Document) -> Document:
    move(invoice, "paid", MOVES)
    invoice |= {"attempted": True, "auto_advance": False}
    invoice["status_transitions"]["paid_at"] = book.now
    book.emit("invoice.paid", invoice)
    book.emit("invoice.payment_succeeded", invoice)
    return book.save(invoice)


def _write_words(invoice: Document, params: Params) -> None:
    if len(params.get("custom_fields") or []) > 4:
        raise Invalid("You may only specify up to 4 custom fields.", param="custom_fields")
    invoice |= {name: params[name] or None for name in _WORDS if name in params}


def _due(book: Book, invoice: Document, params: Params) -> int | None:
    sent = invoice["collection_method"] == "send_invoice"
    named = [name for name in ("days_until_due", "due_date") if name in params]
    if sent and len(named) != 1:
        raise Invalid("If invoices are sent, specify one of days_until_due or due_date.", param="days_until_due")
    if not sent and named:
        message = f"You can only specify {named[0]} if the collection method is send_invoice."
        raise Invalid(message, param=named[0])
    return params.get("due_date", book.now + _DAY * params.get("days_until_due", 0)) if sent else None


def _unexpected(invoice: Document, message: str) -> OutOfState:
    return OutOfState(f"{message} (it is {invoice['status']}).", code="invoice_not_editable")
