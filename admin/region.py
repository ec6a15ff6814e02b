"""Region: an envelope as a form draws it, and what somebody typed as the envelope it means."""

import re
from collections.abc import Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from admin.form import day
from pricing.discount import as_typed
from pricing.discount import typed as percentage
from pricing.envelope import Envelope
from renewals.errors import Malformed

FIELDS = ("most_discount", "most_line", "least_months", "most_net_days", "until")
WHOLE = re.compile(r"\d{1,3}")


def drawn(begun: Envelope, form: Mapping[str, str]) -> Envelope:
    """What was typed, over what else it begins with. A limit left empty is not granted. Raises: Malformed."""
    months = _count(form, "least_months")
    limits: dict[str, Any] = {
        "most_discount": _percent(form, "most_discount"), "most_line": _percent(form, "most_line"),
        "most_net_days": _count(form, "most_net_days"), "least_months": 1 if months is None else months,
    }
    if limits["least_months"] < 1:
        raise Malformed("A term has a month at least.", "least_months")
    return replace(begun, until=day(form.get("until", ""), "Choose the last day it holds.", "until"), **limits)


def written(envelope: Envelope) -> SimpleNamespace:
    """What stands in the fields."""
    return SimpleNamespace(
        most_discount=_said(envelope.most_discount), most_line=_said(envelope.most_line),
        least_months=envelope.least_months,
        most_net_days="" if envelope.most_net_days is None else envelope.most_net_days,
        until=envelope.until.isoformat(),
    )


def typed(form: Mapping[str, str]) -> SimpleNamespace:
    return SimpleNamespace(**{name: form.get(name, "") for name in FIELDS})


def _percent(form: Mapping[str, str], name: str) -> int | None:
    """Units: basis points. Raises: Malformed."""
    word = form.get(name, "").strip()
    try:
        return percentage(word) if word else None
    except ValueError:
        raise Malformed("Write it like 18 or 18.5.", name) from None


def _count(form: Mapping[str, str], name: str) -> int | None:
    """Raises: Malformed."""
    word = form.get(name, "").strip()
    if word and not (word.isascii() and WHOLE.fullmatch(word)):
        raise Malformed("Give a whole number.", name)
    return int(word) if word else None


def _said(bps: int | None) -> str:
    return "" if bps is None else as_typed(bps)
