"""The customer's rooms: find the record, call its verb, show it."""

from types import ModuleType


def rooms() -> list[ModuleType]:
    """Every module with rooms in it."""
    from portal import ask, document, home, opt_out, payment, people, renewal, snooze

    return [home, renewal, payment, ask, opt_out, snooze, document, people]
