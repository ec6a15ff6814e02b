"""A card of the tests as a payment method that belongs to nobody."""

from datetime import UTC, datetime
from typing import Any

from sandbox import cards
from sandbox.book import Book, Document, new_id


def new(
    book: Book, card: cards.Card, given: dict[str, Any] | None = None, billing: dict[str, Any] | None = None
) -> Document:
    """A new, unsaved payment method for one of the test cards."""
    year = datetime.fromtimestamp(book.now, UTC).year
    checks = {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"}
    return {
        "id": new_id("pm"),
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": {"address": None, "email": None, "name": None, "phone": None, "tax_id": None}
        | (billing or {}),
        "card": {
            "brand": card.brand,
            "checks": checks,
            "country": "US",
            "display_brand": card.brand,
            "exp_month": (given or {}).get("exp_month", 12),
            "exp_year": (given or {}).get("exp_year", year + 3),
            "fingerprint": card.fingerprint,
            "funding": "debit" if "visa_debit" in card.names else "credit",
            "generated_from": None,
            "last4": card.last4,
            "networks": {"available": [card.brand], "preferred": None},
            "three_d_secure_usage": {"supported": True},
            "wallet": None,
        },
        "created": book.now,
        "customer": None,
        "livemode": False,
        "metadata": {},
        "type": "card",
        "_number": card.number,
        "_set_up": card.authentication is cards.Authentication.ON_SESSION,
        "_used_up": False,
    }
