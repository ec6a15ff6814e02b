"""Cell: how the text of one cell is read: every reader gives the value or raises Malformed with a reason."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

from pricing.currency import UnknownCurrency, decimals
from pricing.money import Money, NotAnAmount
from renewals.errors import Malformed
from renewals.person import ENCODED, Role
from renewals.stake import BuyingRole

Reader = Callable[[str], Any]

MOST = 9_000_000_000_000_000
"""The largest amount of anything. Units: minor units, or counted things; fits a BIGINT with room to sum."""

LOCALES = ("en", "ms")

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")
_WHOLE = re.compile(r"-?[0-9]{1,18}")
_DECIMAL = re.compile(r"-?[0-9]{1,14}(\.[0-9]{1,4})?")
_COUNTRY = re.compile(r"[A-Z]{2}")
_MAIL = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]")
_METRIC = re.compile(r"[a-z][a-z0-9_]{0,59}")
_YES_NO = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def text(limit: int) -> Reader:
    def read(cell: str) -> str:
        if len(cell) > limit:
            raise Malformed(f"is {len(cell)} characters long; {limit} are allowed")
        return cell

    return read


def name(cell: str) -> str:
    """Of a company or a person, as a mail's header can carry it."""
    if ENCODED in cell:
        raise Malformed(f"holds {ENCODED}, which a mail would read as other characters")
    return text(200)(cell)  # type: ignore[no-any-return]


def choice(kind: type[StrEnum]) -> Reader:
    return one_of(*(member.value for member in kind))


def one_of(*known: str) -> Reader:
    def read(cell: str) -> str:
        if cell not in known:
            raise Malformed(f"{_shown(cell)} is not one of {', '.join(known)}")
        return cell

    return read


def count(least: int, most: int) -> Reader:
    def read(cell: str) -> int:
        if not _WHOLE.fullmatch(cell):
            raise Malformed(f"{_shown(cell)} is not a whole number")
        if not least <= int(cell) <= most:
            raise Malformed(f"{cell} is not between {least} and {most}")
        return int(cell)

    return read


def yes_no(cell: str) -> bool:
    if cell.lower() not in _YES_NO:
        raise Malformed(f"{_shown(cell)} is neither true nor false")
    return _YES_NO[cell.lower()]


@lru_cache(maxsize=10_000)
def day(cell: str) -> date:
    """Raises: Malformed for any other form than 2026-09-04, and for a year outside 1970 to 2199."""
    if not _DAY.fullmatch(cell):
        raise Malformed(f"{_shown(cell)} is not a date; write it like 2026-09-04")
    try:
        found = date.fromisoformat(cell)
    except ValueError:
        raise Malformed(f"{cell} is no day of the calendar") from None
    if not 1970 <= found.year < 2200:
        raise Malformed(f"{cell} is not between 1970 and 2199")
    return found


@lru_cache(maxsize=10_000)
def month(cell: str) -> date:
    """The first day of the month."""
    if not _MONTH.fullmatch(cell):
        raise Malformed(f"{_shown(cell)} is not a month; write it like 2026-09")
    return day(f"{cell}-01")


def currency(cell: str) -> str:
    try:
        decimals(cell)
    except UnknownCurrency as problem:
        raise Malformed(_sentence(problem)) from None
    return cell


def country(cell: str) -> str:
    if not _COUNTRY.fullmatch(cell):
        raise Malformed(f"{_shown(cell)} is not a country; write its ISO 3166 code, such as US")
    return cell


def timezone(cell: str) -> str:
    if cell not in _timezones():
        raise Malformed(f"{_shown(cell)} is no time zone Kekal knows; write it like Asia/Kuala_Lumpur")
    return cell


def mail(cell: str) -> str:
    """Mail addresses are kept in lower case."""
    found = cell.lower()
    if not _MAIL.fullmatch(found) or len(found) > 254 or len(found.partition("@")[0]) > 64:
        raise Malformed(f"{_shown(cell)} is not a mail address")
    return found


def metric(cell: str) -> str:
    if not _METRIC.fullmatch(cell):
        raise Malformed(f"{_shown(cell)} is not the name of a metric; write it like hours_saved")
    return cell


def roles(cell: str) -> list[str]:
    """Separated by `;`, each once, in the order of `Role`."""
    return _some_of(Role, cell)


def buying_roles(cell: str) -> list[str]:
    """Separated by `;`, each once, in the order of `BuyingRole`."""
    return _some_of(BuyingRole, cell)


def _some_of(kind: type[StrEnum], cell: str) -> list[str]:
    wanted = {role.strip() for role in cell.split(";") if role.strip()}
    if unknown := sorted(wanted - {role.value for role in kind}):
        raise Malformed(f"{_shown(unknown[0])} is no role; the roles are {', '.join(kind)}")
    return [role.value for role in kind if role in wanted]


def number(cell: str) -> Decimal:
    if not _DECIMAL.fullmatch(cell):
        raise Malformed(f"{_shown(cell)} is not a number of at most four decimals; write it like 4.7")
    return Decimal(cell)


def price(cell: str, of: str) -> int:
    """Units: minor units of the currency `of`. Raises: Malformed for a negative amount too."""
    if len(cell) > 24:
        raise Malformed(f"{_shown(cell)} is too long for an amount")
    try:
        minor = Money.parse(cell, of).minor
    except NotAnAmount as problem:
        raise Malformed(_sentence(problem)) from None
    if not 0 <= minor <= MOST:
        raise Malformed(f"{_shown(cell)} is below zero or too large")
    return minor


@lru_cache
def _timezones() -> frozenset[str]:
    return frozenset(available_timezones())


def _shown(cell: str) -> str:
    return repr(cell if len(cell) <= 60 else cell[:57] + "...")


def _sentence(problem: Exception) -> str:
    return str(problem).rstrip(".")
