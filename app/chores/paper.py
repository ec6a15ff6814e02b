"""Papers: invoices and agreements, issued and printed into the customer's room."""

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from dateutil.relativedelta import relativedelta
from sqlalchemy import select

from app import papers, proposals
from app.work import Work
from renewals.account import Account
from renewals.addition import Addition
from renewals.billed import Billed
from renewals.owing import OwedFor, reason_of
from renewals.paper import Agreement, Invoice
from renewals.payment import Payment

LATER = {
    OwedFor.TRUE_UP: "Seats used beyond the agreement", OwedFor.ENDING: "Settlement for ending early",
    OwedFor.PART: "Next part of the contract", OwedFor.ADDED: "Added to the contract",
}


def issue_invoice(work: Work, subject: UUID) -> Any:
    """The numbered invoice at Stripe for money that arrived, and its paper in the customer's room."""
    payment = Payment.find(work.session, subject, lock=True)
    if _invoice_of(work, payment) is None:
        lines, billed = _invoice_lines(work, payment), _billed(work, payment)
        stripe_id, number = yield partial(
            work.house.stripe.issue_invoice, payment, billed, lines=lines, key=payment.key
        )
        payment = Payment.find(work.session, subject, lock=True)
        if _invoice_of(work, payment) is None:
            work.session.add(
                Invoice(
                    account_id=payment.account_id, renewal_id=payment.renewal_id, payment_id=payment.id,
                    stripe_id=stripe_id, number=number, issued_on=work.now.date(), amount_minor=payment.amount_minor,
                    currency=payment.currency,
                )
            )
            work.session.flush()  # the paper names the row
    invoice = _invoice_of(work, payment)
    if invoice is not None and invoice.document_id is None:
        papers.file_invoice(work, invoice, payment)


def _invoice_of(work: Work, payment: Payment) -> Invoice | None:
    return work.session.scalars(select(Invoice).where(Invoice.payment_id == payment.id)).one_or_none()


def _billed(work: Work, payment: Payment) -> Billed:
    """Written down before Stripe is asked."""
    return Billed.of(payment, Account.find(work.session, payment.account_id))


def _invoice_lines(work: Work, payment: Payment) -> list[tuple[str, int]]:
    """What was paid for at Stripe, in one line; the printed invoice has every line."""
    if not payment.renews:
        reason = reason_of(payment.instalment)
        period = f"{reason.starts_on.isoformat()} to {(reason.ends_on - timedelta(days=1)).isoformat()}"
        return [(f"{LATER[reason.what]}, {period}", payment.amount_minor)]
    offer = payment.instalment.acceptance.offer
    last_day = min(offer.ends_on, offer.starts_on + relativedelta(years=1)) - timedelta(days=1)
    plan = str(offer.content["plan"]).replace("_", " ").capitalize()
    return [(f"{plan}, {offer.starts_on.isoformat()} to {last_day.isoformat()}", payment.amount_minor)]


def print_addition(work: Work, subject: UUID) -> None:
    proposals.file_addition(work, Addition.find(work.session, subject))


def print_agreement(work: Work, subject: UUID) -> None:
    agreement = Agreement.find(work.session, subject, lock=True)
    if agreement.document_id is None:
        papers.file_agreement(work, agreement)
