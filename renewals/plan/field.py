"""Task field: one answer that a task asks for, and how what somebody typed becomes it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from pricing.currency import UnknownCurrency
from pricing.money import Money, NotAnAmount
from renewals.errors import Malformed

LONGEST_TEXT, LONGEST_NAME, MOST_PEOPLE, LARGEST = 4_000, 200, 30, 10**15

UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""What no text holds: control characters and halves of a character."""

_DAY = re.compile(r"(19[7-9]|20[0-9]|21[0-9])[0-9]-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"[0-9]{1,15}")
_TICKS = {"on": True, "yes": True, "true": True, "no": False, "false": False}


class FieldKind(StrEnum):
    """What an answer is."""

    CHOICE = "choice"
    TEXT = "text"
    DATE = "date"
    MONEY = "money"
    NUMBER = "number"
    PEOPLE = "people"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Words:
    """One text in both languages."""

    en: str
    ms: str

    def label(self, locale: str) -> str:
        return self.ms if locale.startswith("ms") else self.en


@dataclass(frozen=True, slots=True)
class Question(Words):
    """One entry of a checklist, or one option of a choice."""

    key: str


@dataclass(frozen=True, slots=True)
class Field(Words):
    """One answer of an outcome. A required flag must be ticked; another one may be left open."""

    key: str
    kind: FieldKind
    options: tuple[Question, ...]
    required: bool

    def read(self, given: object) -> Any:
        """The answer as JSON keeps it, None when it was left open. Raises: Malformed naming the field."""
        if given in (None, [], ()) or (isinstance(given, str) and not given.strip()):
            given = False if self.kind is FieldKind.FLAG else None
        if self.required and (given is None or given is False):
            raise self.refused("is still needed")
        return None if given is None else READERS[self.kind](self, given)

    def refused(self, why: str) -> Malformed:
        return Malformed(f"“{self.en}” {why}.", self.key)


def _choice(field: Field, given: object) -> str:
    if given not in [option.key for option in field.options]:
        raise field.refused(f"is one of {', '.join(option.en for option in field.options)}")
    return str(given)


def _text(field: Field, given: object) -> str:
    return _written(field, given, LONGEST_TEXT)


def _date(field: Field, given: object) -> str:
    text = given.isoformat() if isinstance(given, date) else given
    try:
        if isinstance(text, str) and _DAY.fullmatch(text):
            return date.fromisoformat(text).isoformat()
    except ValueError:
        pass
    raise field.refused("is a day of the calendar, written like 2026-09-04")


def _number(field: Field, given: object) -> int:
    if isinstance(given, str) and _NUMBER.fullmatch(given.strip()):
        given = int(given)
    if type(given) is not int or not 0 <= given <= LARGEST:
        raise field.refused("is a whole number, zero or more")
    return given


def _money(field: Field, given: object) -> dict[str, Any]:
    """From `{"amount": "8640.00", "currency": "USD"}` or from what is kept, `{"minor": 864000, "currency": "USD"}`."""
    try:
        money = _amount(dict(given)) if isinstance(given, Mapping) else None
    except (NotAnAmount, UnknownCurrency, KeyError, TypeError):
        money = None
    if money is None or not 0 <= money.minor <= LARGEST:
        raise field.refused("is an amount with its currency, such as 8640.00 USD")
    return {"minor": money.minor, "currency": money.currency}


def _amount(given: dict[str, Any]) -> Money:
    if "minor" in given:
        return Money(given["minor"], given["currency"])
    return Money.parse(given["amount"], given["currency"])


def _people(field: Field, given: object) -> list[str]:
    """Names or keys, each once."""
    named = [given] if isinstance(given, str) else given
    if not isinstance(named, list | tuple) or len(named) > MOST_PEOPLE:
        raise field.refused(f"is a list of at most {MOST_PEOPLE} people")
    return list(dict.fromkeys(_written(field, name, LONGEST_NAME) for name in named))


def _flag(field: Field, given: object) -> bool:
    tick = _TICKS.get(given) if isinstance(given, str) else given
    if not isinstance(tick, bool):
        raise field.refused("is ticked or not")
    if field.required and not tick:
        raise field.refused("is still needed")
    return tick


def _written(field: Field, given: object, limit: int) -> str:
    if not isinstance(given, str) or not given.strip() or UNWRITABLE.search(given):
        raise field.refused("is written in words")
    if len(given.strip()) > limit:
        raise field.refused(f"is longer than {limit:,} characters")
    return given.strip()


READERS: dict[FieldKind, Callable[[Field, Any], Any]] = {
    FieldKind.CHOICE: _choice, FieldKind.TEXT: _text, FieldKind.DATE: _date, FieldKind.MONEY: _money,
    FieldKind.NUMBER: _number, FieldKind.PEOPLE: _people, FieldKind.FLAG: _flag,
}
