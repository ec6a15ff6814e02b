"""The customer's rooms: find the record, call its verb, show it."""

from types import ModuleType


def rooms() -> list[ModuleType]:
    """Every module with rooms in it."""
    from portal import ask, calendar, document, home, opt_out, payment, people, plan, renewal, snooze

    return [home, renewal, plan, payment, ask, opt_out, snooze, document, people, calendar]
