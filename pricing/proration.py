"""A proration is the part of a term's price that falls on some of its days, day by day and exact."""

from datetime import date

from pricing.money import Money


def prorated(price: Money, days: int, of_days: int) -> Money:
    """What `days` of `of_days` cost. Raises: ValueError for days outside the period."""
    if not 0 <= days <= of_days or of_days == 0:
        raise ValueError(f"{days} of {of_days} days is no part of a period.")
    return price.share(days, of_days)


def remaining(price: Money, starts_on: date, ends_on: date, on: date) -> Money:
    """What the days from `on` to the end cost, of a price for [`starts_on`, `ends_on`).

    Used and remaining always sum to the price: only one of them is computed, the other is what is left.
    """
    return prorated(price, (ends_on - on).days, (ends_on - starts_on).days)


def used(price: Money, starts_on: date, ends_on: date, on: date) -> Money:
    """What the days before `on` cost."""
    return price - remaining(price, starts_on, ends_on, on)
