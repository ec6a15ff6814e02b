"""The staff's rooms: find the record, call its verb, show it."""

from types import ModuleType


def rooms() -> list[ModuleType]:
    """Every module with rooms in it."""
    from admin import (
        account,
        addition,
        approval,
        audit,
        billing,
        bulk,
        calendar,
        check,
        clause,
        day,
        letter,
        matrix,
        milestone,
        notice,
        objection,
        plan,
        price,
        quote,
        record,
        renewal,
        routing,
        search,
        stake,
        step,
        task,
        template,
        trade,
    )

    return [
        day, task, search, renewal, bulk, record, milestone, routing, plan, matrix, notice, clause, addition, step,
        price, quote, trade, account, billing, stake, objection, letter, template, calendar, approval, audit, check,
    ]
