"""Papers: the printed forms of what was agreed and paid, filed in the customer's room."""

from app.work import Work
from renewals.paper import Agreement, Invoice
from renewals.payment import Payment


def file_agreement(work: Work, agreement: Agreement) -> None:
    raise NotImplementedError


def file_invoice(work: Work, invoice: Invoice, payment: Payment) -> None:
    raise NotImplementedError
