"""A term is how long the parties commit: whole months from a first day, paid in contract years."""

from calendar import monthrange
from datetime import date, timedelta

YEAR = 12
"""Months."""


def ends_on(starts_on: date, months: int) -> date:
    """The first day no longer covered; the 31st becomes a shorter month's last day."""
    years, month = divmod(starts_on.month - 1 + months, YEAR)
    year = starts_on.year + years
    return date(year, month + 1, min(starts_on.day, monthrange(year, month + 1)[1]))


def last_day(starts_on: date, months: int) -> date:
    """The last day covered, as people write it on paper."""
    return ends_on(starts_on, months) - timedelta(days=1)


def contract_years(months: int) -> tuple[int, ...]:
    """The months of each contract year, first to last: 30 months are 12, 12 and 6."""
    if months < 1:
        raise ValueError(f"A term has at least one month, not {months}.")
    whole, rest = divmod(months, YEAR)
    return (YEAR,) * whole + ((rest,) if rest else ())
