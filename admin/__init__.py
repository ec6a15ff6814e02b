"""The staff's rooms: find the record, call its verb, show it."""

from types import ModuleType


def rooms() -> list[ModuleType]:
    """Every module with rooms in it."""
    from admin import account, audit, calendar, check, day, price, record, renewal, step

    return [day, renewal, record, price, account, audit, check, calendar, step]
