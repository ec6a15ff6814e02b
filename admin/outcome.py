"""Outcome: a task's answers as a form asks for them, and what somebody typed as the catalogue reads it."""

import re
from collections.abc import Mapping
from typing import Any

from pricing.money import Money
from renewals.errors import Malformed
from renewals.plan.catalogue import Pattern
from renewals.plan.field import Field, FieldKind

PREFIX = "answer."
"""What the name of an answer's field begins with, so that no answer is taken for a field of the page."""
GROUPED = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?")
"""An amount as the page itself shows it: 72,000."""


def typed(pattern: Pattern, form: Mapping[str, str], currency: str) -> dict[str, object]:
    """What was typed, each answer in the shape the catalogue reads."""
    return {field.key: _read(field, form.get(PREFIX + field.key, ""), currency) for field in pattern.outcome}


def kept(pattern: Pattern, outcome: Mapping[str, Any]) -> dict[str, str]:
    """The same back again: what stands in each field when the page is opened."""
    return {field.key: _shown(field, outcome[field.key]) for field in pattern.outcome if field.key in outcome}


def again(pattern: Pattern, form: Mapping[str, str]) -> dict[str, str]:
    """What was typed, as it was typed."""
    return {field.key: form.get(PREFIX + field.key, "") for field in pattern.outcome}


def minutes(word: str) -> int:
    """Raises: Malformed."""
    if not (word.isascii() and word.isdigit() and len(word) < 6):
        raise Malformed("Give the minutes as a whole number.", "minutes")
    return int(word)


def plain_amount(word: str, currency: str) -> str:
    """An amount as people type it: 72000, 72,000.50, USD 72,000."""
    plain = word.strip().removeprefix(currency).strip()
    return plain.replace(",", "") if GROUPED.fullmatch(plain) else plain


def _read(field: Field, word: str, currency: str) -> object:
    if field.kind is FieldKind.PEOPLE:
        return [name.strip() for name in re.split(r"[,;\n]", word) if name.strip()]
    if field.kind is FieldKind.MONEY and word.strip():
        return {"amount": plain_amount(word, currency), "currency": currency}
    return word


def _shown(field: Field, value: Any) -> str:
    if field.kind is FieldKind.PEOPLE:
        return ", ".join(value)
    if field.kind is FieldKind.MONEY:
        return Money(value["minor"], value["currency"]).decimal_text
    if field.kind is FieldKind.FLAG:
        return "on" if value else ""
    return str(value)
