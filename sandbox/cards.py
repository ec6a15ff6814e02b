"""Stripe's test cards: what each number is called, and what the bank says when it is used.

Source: Stripe, "Test card numbers" (cards by brand, declined payments, 3D Secure, disputes and refunds).
"""

import hashlib
from dataclasses import dataclass
from enum import StrEnum


class Authentication(StrEnum):
    """When the bank wants to see the card's owner."""

    NEVER = "never"
    ALWAYS = "always"
    UNLESS_SET_UP = "unless set up"
    ON_SESSION = "on session only"


@dataclass(frozen=True)
class Decline:
    """A bank's no. The reason is Stripe's `decline_code`, which most codes do not have."""

    code: str
    reason: str | None
    message: str


GENERIC = Decline("card_declined", "generic_decline", "Your card was declined.")
FUNDS = Decline("card_declined", "insufficient_funds", "Your card has insufficient funds.")
LOST = Decline("card_declined", "lost_card", "Your card was declined.")
STOLEN = Decline("card_declined", "stolen_card", "Your card was declined.")
EXPIRED = Decline("expired_card", None, "Your card has expired.")
CVC = Decline("incorrect_cvc", None, "Your card's security code is incorrect.")
PROCESSING = Decline("processing_error", None, "An error occurred while processing your card.")
UNPROVEN = Decline(
    "authentication_required",
    "authentication_required",
    "Your card was declined. This transaction requires authentication.",
)
UNAUTHENTICATED = Decline(
    "payment_intent_authentication_failure",
    None,
    "The provided PaymentMethod has failed authentication. Provide a new PaymentMethod to attempt this payment again.",
)


@dataclass(frozen=True)
class Card:
    """A card of the tests. One that may be kept can be attached even if it declines when charged."""

    number: str
    names: tuple[str, ...]
    brand: str = "visa"
    decline: Decline | None = None
    may_be_kept: bool = True
    authentication: Authentication = Authentication.NEVER
    slow_refund: bool = False

    @property
    def last4(self) -> str:
        return self.number[-4:]

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(self.number.encode()).hexdigest()[:16]

    def wants_its_owner(self, *, off_session: bool, set_up: bool) -> bool:
        """Whether this payment needs the bank's page; `set_up` means saved for later with authentication."""
        if self.authentication is Authentication.UNLESS_SET_UP:
            return not (off_session and set_up)
        if self.authentication is Authentication.ON_SESSION:
            return not off_session
        return self.authentication is Authentication.ALWAYS


def _refusing(number: str, name: str, decline: Decline) -> Card:
    names = (f"chargeDeclined{name}", f"visa_chargeDeclined{name}")
    return Card(number, names, decline=decline, may_be_kept=False)


CARDS = (
    Card("4242424242424242", ("visa",)),
    Card("4000056655665556", ("visa_debit",)),
    Card("5555555555554444", ("mastercard",), "mastercard"),
    Card("378282246310005", ("amex",), "amex"),
    Card("4000002500003155", ("authenticationRequiredOnSetup",), authentication=Authentication.UNLESS_SET_UP),
    Card("4000002760003184", ("authenticationRequired",), authentication=Authentication.ALWAYS),
    Card("4000003800000446", ("authenticationRequiredSetupForOffSession",), authentication=Authentication.ON_SESSION),
    Card(
        "4000008260003178",
        ("authenticationRequiredChargeDeclinedInsufficientFunds",),
        decline=FUNDS,
        authentication=Authentication.ALWAYS,
    ),
    Card("4000000000000341", ("chargeCustomerFail",), decline=GENERIC),
    Card("4000000000007726", ("pendingRefund",), slow_refund=True),
    _refusing("4000000000000002", "", GENERIC),
    _refusing("4000000000009995", "InsufficientFunds", FUNDS),
    _refusing("4000000000009987", "LostCard", LOST),
    _refusing("4000000000009979", "StolenCard", STOLEN),
    _refusing("4000000000000069", "ExpiredCard", EXPIRED),
    _refusing("4000000000000127", "IncorrectCvc", CVC),
    _refusing("4000000000000119", "ProcessingError", PROCESSING),
)

_BY_NUMBER = {card.number: card for card in CARDS}
_BY_NAME = {f"{prefix}_{name}": card for card in CARDS for name in card.names for prefix in ("pm_card", "tok")}


def numbered(number: str) -> Card | None:
    """The card with this number, spaces aside."""
    return _BY_NUMBER.get("".join(number.split()))


def named(token: str) -> Card | None:
    """The card behind `pm_card_visa`, `tok_visa` and their like."""
    return _BY_NAME.get(token)
