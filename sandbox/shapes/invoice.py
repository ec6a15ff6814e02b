"""An invoice as a draft without lines."""

from typing import Any

from sandbox.book import Book, Document, new_id
from sandbox.listing import enclose


def new(book: Book, customer: Document, money: str) -> Document:
    invoice_id = new_id("in")
    amounts = ("amount_due", "amount_overpaid", "amount_paid", "amount_remaining", "amount_shipping")
    totals = ("attempt_count", "subtotal", "subtotal_excluding_tax", "total", "total_excluding_tax")
    credited = ("post_payment_credit_notes_amount", "pre_payment_credit_notes_amount", "starting_balance")
    nothing: dict[str, Any] = dict.fromkeys((*amounts, *totals, *credited), 0)
    moments = ("finalized_at", "marked_uncollectible_at", "paid_at", "voided_at")
    return {
        "id": invoice_id,
        "object": "invoice",
        **nothing,
        **dict.fromkeys(_EMPTY),
        "account_country": "US",
        "account_name": "Kekal sandbox",
        "attempted": False,
        "auto_advance": False,
        "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None, "status": None},
        "billing_reason": "manual",
        "created": book.now,
        "currency": money,
        "customer": customer["id"],
        "customer_address": customer["address"],
        "customer_email": customer["email"],
        "customer_name": customer["name"],
        "customer_phone": customer["phone"],
        "customer_tax_exempt": customer["tax_exempt"],
        "customer_tax_ids": [],
        "default_tax_rates": [],
        "discounts": [],
        "issuer": {"type": "self"},
        "lines": enclose([], f"/v1/invoices/{invoice_id}/lines"),
        "livemode": False,
        "metadata": {},
        "payment_settings": {
            "default_mandate": None,
            "payment_method_options": None,
            "payment_method_types": None,
        },
        "period_end": book.now,
        "period_start": book.now,
        "status": "draft",
        "status_transitions": dict.fromkeys(moments),
        "total_discount_amounts": [],
        "total_pretax_credit_amounts": [],
        "total_taxes": [],
        "_token": new_id("", 32)[1:],
    }


_EMPTY = (
    "account_tax_ids",
    "application",
    "automatically_finalizes_at",
    "custom_fields",
    "customer_shipping",
    "default_payment_method",
    "default_source",
    "description",
    "due_date",
    "effective_at",
    "ending_balance",
    "footer",
    "from_invoice",
    "hosted_invoice_url",
    "invoice_pdf",
    "last_finalization_error",
    "latest_revision",
    "next_payment_attempt",
    "number",
    "on_behalf_of",
    "parent",
    "receipt_number",
    "rendering",
    "shipping_cost",
    "shipping_details",
    "statement_descriptor",
    "test_clock",
    "webhooks_delivered_at",
)
