"""Asking: what the matrix was asked about a version, as it is kept with it: for approvers, precedents and replays."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from pricing.asked import Asked
from pricing.money import Money

_MONEY = ("acv", "total", "expansion")


def written(asked: Asked) -> dict[str, Any]:
    """As JSON; amounts in minor units beside the one currency."""
    plain = {part.name: getattr(asked, part.name) for part in fields(asked)}
    amounts = {name: plain[name].minor for name in _MONEY}
    return plain | amounts | {
        "currency": asked.acv.currency, "clauses": list(asked.clauses),
        "quotes": [written(each) for each in asked.quotes],
    }


def read(content: Mapping[str, Any]) -> Asked:
    """What `written` wrote."""
    known = dict(content)
    currency = known.pop("currency")
    amounts = {name: Money(known[name], currency) for name in _MONEY}
    clauses, quotes = tuple(known["clauses"]), tuple(read(each) for each in known["quotes"])
    return Asked(**known | amounts | {"clauses": clauses, "quotes": quotes})
