"""The staff's rooms: find the record, call its verb, show it."""

from types import ModuleType


def rooms() -> list[ModuleType]:
    """Every module with rooms in it."""
    from admin import account, audit, check, day, price, renewal

    return [day, renewal, price, account, audit, check]
