"""The staff's rooms: find the record, call its verb, show it."""

from types import ModuleType


def rooms() -> list[ModuleType]:
    """Every module with rooms in it."""
    from admin import account, audit, check, day, notice, price, record, renewal

    return [day, renewal, record, notice, price, account, audit, check]
