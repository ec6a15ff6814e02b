"""The customer's rooms: find the record, call its verb, show it."""

from types import ModuleType


def rooms() -> list[ModuleType]:
    """Every module with rooms in it."""
    from portal import ask, calendar, document, home, opt_out, payment, people, plan, renewal

    return [home, renewal, payment, ask, opt_out, document, people, plan, calendar]
