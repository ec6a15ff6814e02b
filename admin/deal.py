"""Deal: the form of a quote: each field is named as the part of the deal that it says."""

import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from pricing.concessions import LEVERS
from pricing.deal import Deal, DealError
from pricing.discount import as_typed, typed
from pricing.instalments import Billing
from pricing.multiyear import Shape
from pricing.policy import Strategy
from pricing.term import YEAR
from renewals.errors import Malformed

LINE = re.compile(r"lines\.([\w-]+)\.quantity")
USUAL = ("12", "24", "36")
"""Months that are offered by a press; any other number is typed."""


def read(form: Mapping[str, str]) -> Deal:
    """The deal that a form says. Raises: Malformed."""
    with fields_named():
        return Deal.read(_said(form))


@contextmanager
def fields_named() -> Iterator[None]:
    """What a deal can not be is said beside its field. Raises: Malformed."""
    try:
        yield
    except DealError as no:
        raise Malformed(str(no), no.field) from None


def written(deal: Deal, library: Collection[str] = ()) -> dict[str, str]:
    """The form that says a deal; clauses that are in no library are typed."""
    months = str(deal.months)
    free = [clause for clause in deal.clauses if clause not in library]
    form = {
        "months": months if months in USUAL else "other", "months.other": "" if months in USUAL else months,
        "shape": deal.shape.value if deal.shape else "", "rise": rate(deal.rise), "discount": rate(deal.discount),
        "net_days": str(deal.net_days), "billing": deal.billing.value,
        "sign_by": deal.sign_by.isoformat() if deal.sign_by else "", "clauses": ", ".join(free),
        "strategy": deal.strategy.value if deal.strategy else "", "reason": deal.reason, "note": "",
    }
    for line in deal.lines:
        form[f"lines.{line.product}.quantity"] = str(line.quantity)
        form[f"lines.{line.product}.discount"] = rate(line.discount)
    ticked = [
        *(f"levers.{name}" for name in deal.levers), *(f"extras.{name}" for name in deal.extras),
        *(f"clauses.{name}" for name in deal.clauses if name in library),
    ]
    truths = [name for name in ("prepaid", "bundle") if getattr(deal, name)]
    return form | dict.fromkeys([*ticked, *truths], "on")


def products(form: Mapping[str, str]) -> list[str]:
    """Those that a form has a line for."""
    return [found[1] for name in form if (found := LINE.fullmatch(name))]


def rate(bps: int) -> str:
    """As it is typed; nothing for nothing. Units: basis points."""
    return as_typed(bps) if bps else ""


def _said(form: Mapping[str, str]) -> dict[str, Any]:
    """As `Deal.read` takes it. A price path is for more than a year, a rise for an escalating one."""
    months = count(form, "months.other" if form.get("months") == "other" else "months", "months")
    shape = _one_of(Shape, form, "shape") if months > YEAR else None
    return {
        "lines": _lines(form), "months": months, "shape": shape,
        "rise": _rate(form, "rise") if shape == Shape.ESCALATING else 0, "discount": _rate(form, "discount"),
        "levers": [name for name in LEVERS if f"levers.{name}" in form], "prepaid": "prepaid" in form,
        "net_days": count(form, "net_days"), "billing": _one_of(Billing, form, "billing"),
        "sign_by": form.get("sign_by") or None, "extras": _ticked(form, "extras."), "bundle": "bundle" in form,
        "strategy": _one_of(Strategy, form, "strategy"), "reason": form.get("reason", ""),
        "clauses": [*_ticked(form, "clauses."), *_typed(form.get("clauses", ""))],
    }


def _lines(form: Mapping[str, str]) -> list[dict[str, Any]]:
    """An empty quantity, or none, takes a product out."""
    kept = [
        {"product": product, "quantity": quantity, "discount": _rate(form, f"lines.{product}.discount")}
        for product in products(form) if (quantity := count(form, f"lines.{product}.quantity", empty=0))
    ]
    if added := form.get("add", ""):
        kept.append({"product": added, "quantity": count(form, "add.quantity", "add")})
    return kept


def _typed(names: str) -> list[str]:
    """Names with commas between them."""
    return [name for part in names.split(",") if (name := part.strip())]


def _ticked(form: Mapping[str, str], prefix: str) -> list[str]:
    return [name.removeprefix(prefix) for name in form if name.startswith(prefix)]


def _one_of(kind: type[Shape] | type[Billing] | type[Strategy], form: Mapping[str, str], name: str) -> str | None:
    """Empty is None. Raises: Malformed."""
    word = form.get(name, "")
    if word and word not in {each.value for each in kind}:
        raise Malformed("Choose one of these.", name)
    return word or None


def count(form: Mapping[str, str], name: str, field: str = "", *, empty: int | None = None) -> int:
    """Raises: Malformed for what is no whole number."""
    word = form.get(name, "").strip().replace(",", "").replace("\N{NO-BREAK SPACE}", "")
    if not word and empty is not None:
        return empty
    if not (word.isascii() and word.isdigit() and len(word) < 10):
        raise Malformed("Write a whole number.", field or name)
    return int(word)


def _rate(form: Mapping[str, str], name: str) -> int:
    """A percentage as people type it, in basis points; empty is none. Raises: Malformed."""
    try:
        return typed(form.get(name, "").strip() or "0")
    except ValueError:
        raise Malformed("Write a percentage from 0 to 100, like 12 or 12.5.", name) from None
