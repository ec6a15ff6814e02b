"""A deal is what a quote asks for: products and quantities, for how long, how it is paid, and what is taken off."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from functools import partial
from typing import Any, TypeVar

from pricing.concessions import LEVERS
from pricing.discount import WHOLE
from pricing.instalments import Billing, Schedule
from pricing.multiyear import Shape
from pricing.policy import Strategy
from pricing.scope import Scope
from pricing.term import YEAR
from pricing.trace import Json

LONGEST = 60
"""Months."""

MOST_NET_DAYS = 180

Choice = TypeVar("Choice", bound=StrEnum)


class DealError(ValueError):
    """What can not be asked for, in a sentence; `field` is the part of the deal it is about."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, slots=True)
class DealLine:
    """Units: `discount` in basis points asked off this line alone."""

    product: str
    quantity: int
    discount: int = 0

    def __post_init__(self) -> None:
        _count(f"lines.{self.product}.quantity", self.quantity, 1, 10_000_000)
        _count(f"lines.{self.product}.discount", self.discount, 0, WHOLE)

    @property
    def json(self) -> dict[str, Json]:
        return {"product": self.product, "quantity": self.quantity, "discount": self.discount}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """One aim, not three: a price is held, rises, is locked, or has a low base with overage.

    Lines stand in the order of their products and names in theirs, whatever order they came in. `strategy` is None
    for the policy's own. `clauses` are carried, not priced.

    Units: `months` 1 to 60; `rise` and `discount` in basis points; `net_days` after the invoice.
    Raises: DealError.
    Source: Playbook S, "Pendekatan Harga untuk Multi-Year"; mission E2, E3, F3.
    """

    lines: tuple[DealLine, ...]
    months: int
    shape: Shape | None = None
    rise: int = 0
    discount: int = 0
    levers: tuple[str, ...] = ()
    prepaid: bool = False
    net_days: int = 30
    billing: Billing = Billing.ANNUAL
    sign_by: date | None = None
    extras: tuple[str, ...] = ()
    bundle: bool = True
    strategy: Strategy | None = None
    reason: str = ""
    clauses: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self._put_in_order()
        _count("months", self.months, 1, LONGEST)
        _count("rise", self.rise, 0, WHOLE)
        _count("discount", self.discount, 0, WHOLE)
        _count("net_days", self.net_days, 0, MOST_NET_DAYS)
        self._must_have_one_aim()
        if self.prepaid and self.billing is not Billing.ANNUAL:
            raise DealError("billing", "A term that is paid in advance has no quarterly or monthly invoices.")
        if strange := sorted(set(self.levers) - set(LEVERS)):
            raise DealError("levers", f"There is no lever {', '.join(strange)}; there are {', '.join(LEVERS)}.")

    @classmethod
    def as_today(cls, scope: Scope, **changes: Any) -> "Deal":
        """What they have, for as long as they have it, at a held price; with some of its parts changed."""
        lines = tuple(DealLine(line.product, line.quantity) for line in scope.lines)
        months = changes.get("months", scope.months)
        held = Shape.FIXED if months > YEAR else None
        return cls(**{"lines": lines, "months": months, "shape": held} | changes)

    @classmethod
    def read(cls, json: Mapping[str, Json]) -> "Deal":
        """What `json` wrote, or a form of the same parts; a part left out is as in a plain deal. Raises: DealError."""
        if not isinstance(json, Mapping):
            raise DealError("", "A deal is an object of its parts.")
        known = {part.name for part in fields(cls)}
        if strange := sorted(set(json) - known):
            raise DealError(strange[0], f"A deal has no part called {strange[0]}.")
        if lacking := {"lines", "months"} - set(json):
            raise DealError(min(lacking), f"A deal says its {min(lacking)}.")
        return cls(**{name: _READ.get(name, _as_it_is)(name, value) for name, value in json.items()})

    @property
    def json(self) -> dict[str, Json]:
        plain = {part.name: getattr(self, part.name) for part in fields(self)}
        written = {
            "lines": [line.json for line in self.lines],
            "sign_by": self.sign_by.isoformat() if self.sign_by else None,
            **{name: list(getattr(self, name)) for name in ("levers", "extras", "clauses")},
            **{name: _value(getattr(self, name)) for name in ("shape", "billing", "strategy")},
        }
        return plain | written

    @property
    def quantities(self) -> dict[str, int]:
        return {line.product: line.quantity for line in self.lines}

    @property
    def schedule(self) -> Schedule:
        return Schedule(self.billing, self.prepaid, self.net_days)

    def _put_in_order(self) -> None:
        if len(self.quantities) != len(self.lines) or not self.lines:
            raise DealError("lines", "A deal has at least one line, and one for each product.")
        object.__setattr__(self, "lines", tuple(sorted(self.lines, key=lambda line: line.product)))
        for name in ("levers", "extras", "clauses"):
            object.__setattr__(self, name, tuple(sorted(set(getattr(self, name)))))
        object.__setattr__(self, "reason", self.reason.strip())

    def _must_have_one_aim(self) -> None:
        if self.months > YEAR and self.shape is None:
            raise DealError("shape", "More than a year needs a price path: fixed, escalating, lock or overage.")
        if self.months <= YEAR and self.shape is not None:
            raise DealError("shape", f"Up to a year has one price; {self.shape.value} is for longer terms.")
        if self.rise and self.shape is not Shape.ESCALATING:
            raise DealError("rise", "Only an escalating price rises from year to year; choose one aim.")
        if self.shape is Shape.ESCALATING and not self.rise:
            raise DealError("rise", "An escalating price says by how much it rises a year.")


def _value(choice: StrEnum | None) -> str | None:
    return choice.value if choice is not None else None


def _count(field: str, value: Json, least: int, most: int) -> None:
    if type(value) is not int or not least <= value <= most:
        raise DealError(field, f"{value!r} is not a whole number from {least} to {most}.")


def _as_it_is(field: str, value: Json) -> Json:
    return value


def _lines(field: str, value: Json) -> tuple[DealLine, ...]:
    if not isinstance(value, list):
        raise DealError(field, "The lines of a deal are a list.")
    return tuple(_line(field, line) for line in value)


def _line(field: str, value: Json) -> DealLine:
    if not isinstance(value, dict) or not {"product", "quantity"} <= set(value) <= {"product", "quantity", "discount"}:
        raise DealError(field, "A line says its product and quantity, and what is asked off it.")
    return DealLine(_text(field, value["product"]), value["quantity"], value.get("discount", 0))


def _text(field: str, value: Json) -> str:
    if not isinstance(value, str):
        raise DealError(field, f"{value!r} is not a text.")
    return value


def _names(field: str, value: Json) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise DealError(field, f"The {field} of a deal are a list of names.")
    return tuple(_text(field, name) for name in value)


def _truth(field: str, value: Json) -> bool:
    if not isinstance(value, bool):
        raise DealError(field, f"{value!r} is neither true nor false.")
    return value


def _day(field: str, value: Json) -> date | None:
    try:
        return date.fromisoformat(value) if value is not None else None
    except (TypeError, ValueError):
        raise DealError(field, f"{value!r} is not a day such as 2026-09-30.") from None


def _one_of(kind: type[Choice], field: str, value: Json) -> Choice:
    try:
        return kind(value)
    except ValueError:
        raise DealError(field, f"{value!r} is not one of {', '.join(kind)}.") from None


def _one_of_or_none(kind: type[Choice], field: str, value: Json) -> Choice | None:
    return _one_of(kind, field, value) if value is not None else None


_READ: Mapping[str, Callable[[str, Json], Json]] = {
    "lines": _lines,
    "shape": partial(_one_of_or_none, Shape),
    "levers": _names,
    "prepaid": _truth,
    "billing": partial(_one_of, Billing),
    "sign_by": _day,
    "extras": _names,
    "bundle": _truth,
    "strategy": partial(_one_of_or_none, Strategy),
    "reason": _text,
    "clauses": _names,
}
"""What reads each part; whole numbers are looked at by the deal itself."""
