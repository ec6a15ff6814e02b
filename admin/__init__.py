"""The staff's rooms: find the record, call its verb, show it."""

from types import ModuleType


def rooms() -> list[ModuleType]:
    """Every module with rooms in it."""
    from admin import account, audit, check, day, letter, price, renewal, routing

    return [day, renewal, price, account, letter, routing, audit, check]
