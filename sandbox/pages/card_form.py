"""The card form: what a buyer types, and what is wrong with it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sandbox import cards

_EXPIRY = re.compile(r"\s*(\d{1,2})\s*/?\s*(?:20)?(\d{2})\s*")


@dataclass(frozen=True)
class CardForm:
    """As typed. The sandbox takes Stripe's test numbers only."""

    number: str = "4242 4242 4242 4242"
    expiry: str = "12 / 34"
    cvc: str = "123"
    name: str = ""
    email: str = ""

    @classmethod
    def typed(cls, fields: Mapping[str, Any]) -> "CardForm":
        return cls(**{name: str(fields.get(name, "")).strip() for name in cls.__dataclass_fields__})

    def fault(self, now: int) -> str | None:
        """The first thing wrong, as a sentence."""
        if cards.numbered(self.number) is None:
            return "This is not one of the test cards. Real cards do not belong here."
        if not self._is_in_time(now):
            return "Your card's expiration date is in the past or not a date. Write it as 12 / 34."
        if not re.fullmatch(r"\d{3,4}", self.cvc):
            return "Your card's security code has three or four digits."
        if not self.name:
            return "Please write the name on the card."
        return None

    @property
    def card(self) -> dict[str, Any]:
        month, year = self._month_and_year()
        return {"number": self.number, "exp_month": month, "exp_year": year, "cvc": self.cvc}

    @property
    def buyer(self) -> dict[str, str]:
        return {name: value for name, value in (("name", self.name), ("email", self.email)) if value}

    def _is_in_time(self, now: int) -> bool:
        today = datetime.fromtimestamp(now, UTC)
        month, year = self._month_and_year()
        return 1 <= month <= 12 and (year, month) >= (today.year, today.month)

    def _month_and_year(self) -> tuple[int, int]:
        """(0, 0) for what is no date."""
        match = _EXPIRY.fullmatch(self.expiry)
        return (int(match[1]), 2000 + int(match[2])) if match else (0, 0)


TEST_CARDS = (
    ("4242 4242 4242 4242", "pays"),
    ("5555 5555 5555 4444", "pays (Mastercard)"),
    ("4000 0025 0000 3155", "asks the bank once, then pays by itself"),
    ("4000 0027 6000 3184", "asks the bank each time"),
    ("4000 0000 0000 0341", "can be saved, declines when charged"),
    ("4000 0000 0000 9995", "insufficient funds"),
    ("4000 0000 0000 0069", "expired card"),
    ("4000 0000 0000 0002", "declined"),
)
