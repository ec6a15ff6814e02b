"""Form: a word of a form as what it means: a day, an amount, one of a list, somebody of the people offered."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import TypeVar

from admin.outcome import plain_amount
from pricing.money import Money, NotAnAmount
from renewals.errors import Malformed
from renewals.person import Person

LONGEST_AMOUNT = 30
"""Characters."""
Choice = TypeVar("Choice", bound=StrEnum)


def day(word: str, wish: str, field: str) -> date:
    """Raises: Malformed, which says the wish beside the field."""
    try:
        return date.fromisoformat(word)
    except ValueError:
        raise Malformed(wish, field) from None


def amount(word: str, currency: str, field: str) -> Money:
    """As people type it and as the page shows it: 72000, 72,000.50, USD 72,000. Raises: Malformed."""
    try:
        return Money.parse(plain_amount(word[:LONGEST_AMOUNT], currency), currency)
    except NotAnAmount:
        raise Malformed(f"This is no amount in {currency}. Write it like 72000 or 72,000.", field) from None


def one_of(choices: Iterable[Choice], word: str, wish: str, field: str) -> Choice:
    """Raises: Malformed, which says the wish beside the field."""
    for choice in choices:
        if choice.value == word:
            return choice
    raise Malformed(wish, field)


def somebody(people: Iterable[Person], word: str, wish: str, field: str) -> Person:
    """One of the people offered, by key. Raises: Malformed, which says the wish beside the field."""
    for person in people:
        if str(person.id) == word:
            return person
    raise Malformed(wish, field)
