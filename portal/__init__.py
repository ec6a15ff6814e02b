"""The customer's rooms: find the record, call its verb, show it."""

from types import ModuleType


def rooms() -> list[ModuleType]:
    """Every module with rooms in it."""
    from portal import (
        ask,
        auto_renewal,
        calendar,
        document,
        forward,
        guest,
        home,
        instalment,
        opt_out,
        payment,
        people,
        plan,
        proposal,
        readiness,
        renewal,
        snooze,
    )

    return [
        home, renewal, proposal, forward, guest, plan, readiness, payment, instalment, auto_renewal, ask, opt_out,
        snooze, document, people, calendar,
    ]
