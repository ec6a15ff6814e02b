"""A checkout session before anybody has seen its page."""

from typing import Any

from sandbox.book import Book, Document, new_id
from sandbox.objects import metadata
from sandbox.validate import Params, understood

_DAY = 86400


def new(book: Book, params: Params, lines: list[Document]) -> Document:
    session_id = new_id("cs_test", 58)
    total = sum(line["amount_total"] for line in lines)
    owner = book.find("customer", params["customer"], "customer")["id"] if "customer" in params else None
    making: dict[str, Any] = params.get("invoice_creation", {"enabled": False})
    data: dict[str, Any] = making.get("invoice_data", {})
    understood(data, ("custom_fields", "description", "footer", "metadata"), "invoice_creation[invoice_data]")
    return {
        "id": session_id,
        "object": "checkout.session",
        **dict.fromkeys(_EMPTY),
        "amount_subtotal": total,
        "amount_total": total,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "billing_address_collection": params.get("billing_address_collection"),
        "cancel_url": params.get("cancel_url"),
        "client_reference_id": params.get("client_reference_id"),
        "created": book.now,
        "currency": lines[0]["currency"],
        "custom_fields": [],
        "custom_text": dict.fromkeys(("after_submit", "shipping_address", "submit", "terms_of_service_acceptance"))
        | params.get("custom_text", {}),
        "customer": owner,
        "customer_creation": None if owner else params.get("customer_creation", "if_required"),
        "customer_email": params.get("customer_email"),
        "expires_at": params.get("expires_at", book.now + _DAY),
        "invoice_creation": {"enabled": making["enabled"], "invoice_data": dict.fromkeys(_INVOICE) | data},
        "livemode": False,
        "locale": params.get("locale"),
        "metadata": metadata.written(params.get("metadata")),
        "mode": "payment",
        "payment_method_collection": "if_required",
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": params.get("allowed_payment_method_types", ["card"]),
        "payment_status": "unpaid",
        "phone_number_collection": {"enabled": False},
        "shipping_options": [],
        "status": "open",
        "submit_type": params.get("submit_type"),
        "success_url": params["success_url"],
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
        "url": f"{book.origin}/c/pay/{session_id}",
        "_buyer": {},
        "_intent": None,
        "_intent_data": params.get("payment_intent_data", {}),
        "_invoice_data": data if making["enabled"] else None,
        "_line_items": lines,
    }


_INVOICE = ("account_tax_ids", "custom_fields", "description", "footer", "issuer", "metadata", "rendering_options")
_EMPTY = (
    "adaptive_pricing",
    "after_expiration",
    "allow_promotion_codes",
    "collected_information",
    "client_secret",
    "consent",
    "consent_collection",
    "currency_conversion",
    "customer_details",
    "discounts",
    "invoice",
    "origin_context",
    "payment_intent",
    "payment_link",
    "payment_method_configuration_details",
    "permissions",
    "recovered_from",
    "saved_payment_method_options",
    "setup_intent",
    "shipping_address_collection",
    "shipping_cost",
    "subscription",
    "wallet_options",
)
