"""The staff's rooms: find the record, call its verb, show it."""

from types import ModuleType


def rooms() -> list[ModuleType]:
    """Every module with rooms in it."""
    from admin import (
        account,
        audit,
        bulk,
        calendar,
        check,
        day,
        letter,
        milestone,
        notice,
        plan,
        price,
        record,
        renewal,
        routing,
        search,
        stake,
        step,
        task,
    )

    return [
        day, task, search, renewal, bulk, record, milestone, routing, plan, notice, step, price, account, stake,
        letter, calendar, audit, check,
    ]
