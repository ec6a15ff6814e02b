"""Readiness: what would hold a renewal up on its last day, looked at while there is time to mend it.

Each check is one predicate over facts. Pure: no database, no clock. What nobody told us is unknown, never good.
Source: mission L8.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pricing.money import Money
from renewals.billing import PaysBy

FROM_DAYS = 90
"""Days before the renewal date from which it is looked at. Source: timeline, T-90."""


class Check(StrEnum):
    """What has to be in order."""

    CARD = "card"
    TAX_ID = "tax_id"
    PURCHASE_ORDER = "purchase_order"
    BILLING_EMAIL = "billing_email"
    SIGNER = "signer"


class Verdict(StrEnum):
    """`UNKNOWN`: the fact is not in our data."""

    READY = "ready"
    PROBLEM = "problem"
    UNKNOWN = "unknown"


class Why(StrEnum):
    """What the verdict rests on."""

    IN_ORDER = "in_order"
    NOT_SAID = "not_said"
    EXPIRES = "expires"
    NO_CARD = "no_card"
    NO_ORDER = "no_order"
    ORDER_TOO_SMALL = "order_too_small"
    ORDER_WITHOUT_AMOUNT = "order_without_amount"
    SIGNER_LEFT = "signer_left"


VERDICTS = {
    Why.IN_ORDER: Verdict.READY, Why.NOT_SAID: Verdict.UNKNOWN, Why.ORDER_WITHOUT_AMOUNT: Verdict.UNKNOWN,
}
"""Whatever else it rests on is a problem."""


@dataclass(frozen=True, slots=True)
class Facts:
    """As far as they are known. `signers`: of each who may sign, whether they are still there.

    Units: `card_until` is the card's last good day; `due` is the price of a year, tax excluded, `order` what their
    purchase order covers.
    """

    renews_on: date
    due: Money
    pays_by: PaysBy | None = None
    card_until: date | None = None
    tax_id: str = ""
    billing_email: str = ""
    needs_order: bool | None = None
    order_number: str = ""
    order: Money | None = None
    signers: Sequence[bool] = ()

    @property
    def is_invoiced(self) -> bool:
        return self.pays_by is PaysBy.INVOICE


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found."""

    check: Check
    why: Why

    @property
    def verdict(self) -> Verdict:
        return VERDICTS.get(self.why, Verdict.PROBLEM)

    @property
    def is_ready(self) -> bool:
        return self.verdict is Verdict.READY


def findings(facts: Facts) -> list[Finding]:
    """Of every check that concerns this renewal, in the order of `CHECKS`."""
    return [Finding(check, judge(facts)) for check, concerns, judge in CHECKS if concerns(facts)]


def card(facts: Facts) -> Why:
    """It is good on the day the new term begins."""
    if facts.card_until is None:
        return Why.NO_CARD if facts.pays_by is PaysBy.CARD else Why.NOT_SAID
    return Why.IN_ORDER if facts.card_until >= facts.renews_on else Why.EXPIRES


def tax_id(facts: Facts) -> Why:
    """Somebody said it; no format is checked, for we know none by heart for every country."""
    return Why.IN_ORDER if facts.tax_id else Why.NOT_SAID


def billing_email(facts: Facts) -> Why:
    return Why.IN_ORDER if facts.billing_email else Why.NOT_SAID


def purchase_order(facts: Facts) -> Why:
    """It is there, and covers a year."""
    if not facts.order_number:
        return Why.NO_ORDER if facts.needs_order else Why.NOT_SAID
    if facts.order is None:
        return Why.ORDER_WITHOUT_AMOUNT
    return Why.IN_ORDER if facts.order >= facts.due else Why.ORDER_TOO_SMALL


def signer(facts: Facts) -> Why:
    """Somebody who may sign is known and still there."""
    if not facts.signers:
        return Why.NOT_SAID
    return Why.IN_ORDER if any(facts.signers) else Why.SIGNER_LEFT


Concerns = Callable[[Facts], bool]
Judge = Callable[[Facts], Why]
CHECKS: tuple[tuple[Check, Concerns, Judge], ...] = (
    (Check.CARD, lambda facts: not facts.is_invoiced, card),
    (Check.TAX_ID, lambda facts: facts.is_invoiced, tax_id),
    (Check.BILLING_EMAIL, lambda facts: facts.is_invoiced, billing_email),
    (Check.PURCHASE_ORDER, lambda facts: facts.is_invoiced and facts.needs_order is not False, purchase_order),
    (Check.SIGNER, lambda facts: True, signer),
)
