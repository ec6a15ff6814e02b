"""An envelope is a region that an approver granted once: a counter-offer inside it is approved already."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from pricing.asked import Asked, Axis
from pricing.discount import WHOLE
from pricing.money import Money
from pricing.reading import MOST, Reading

DEPENDS: Mapping[Axis, frozenset[str]] = {
    Axis.DISCOUNT: frozenset({"discount", "months", "acv", "until"}),
    Axis.LINE: frozenset({"line", "months", "acv", "until"}),
    Axis.PAYMENT: frozenset({"payment", "until"}),
    Axis.EXPANSION: frozenset({"expansion", "until"}),
    Axis.CLAUSES: frozenset({"clauses", "until"}),
    Axis.PROPOSAL: frozenset({"months", "acv", "until"}),
    Axis.ECONOMICS: frozenset({"discount", "line", "months", "acv", "until"}),
}
"""What must hold for an axis to stay approved: a discount is given for its term and size, payment days for neither."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A limit of None is not part of the region: the axis it belongs to was not granted.

    `proposal` and `economics` say that the whole proposal was read, and that it may be worth less than yearly renewals.
    Units: discounts in basis points, `least_acv` and `most_expansion` a year; `until` is the last day it holds.
    Source: mission L10, "up to 18 % if two years or more, up to Net 45, until 30 September".
    """

    until: date
    most_discount: int | None = None
    most_line: int | None = None
    least_months: int = 1
    most_months: int | None = None
    most_net_days: int | None = None
    least_acv: Money | None = None
    most_expansion: Money | None = None
    most_expansion_bps: int = 0
    clauses: tuple[str, ...] | None = None
    proposal: bool = False
    economics: bool = False

    @property
    def axes(self) -> tuple[Axis, ...]:
        """What it grants."""
        granted = {
            Axis.DISCOUNT: self.most_discount is not None,
            Axis.LINE: self.most_line is not None,
            Axis.PAYMENT: self.most_net_days is not None,
            Axis.EXPANSION: self.most_expansion is not None,
            Axis.CLAUSES: self.clauses is not None,
            Axis.PROPOSAL: self.proposal,
            Axis.ECONOMICS: self.economics and self.most_discount is not None,
        }
        return tuple(axis for axis in Axis if granted[axis])

    def covers(self, asked: Asked, on: date) -> tuple[str, ...]:
        """What lies outside of it, by name; empty inside. It says nothing of axes that it does not grant."""
        return tuple(self._broken(asked, on))

    def answers(self, axis: Axis, asked: Asked, on: date) -> bool:
        """Whether this axis is approved already. Outside, only what is broken is asked again."""
        return axis in self.axes and DEPENDS[axis].isdisjoint(self.covers(asked, on))

    def corner(self, asked: Asked, months: int) -> Asked:
        """The furthest it lets this quote go over a term of so many months."""
        return replace(
            asked,
            months=months,
            net_days=self.most_net_days or 0,
            expansion=self.most_expansion or Money.zero(asked.expansion.currency),
            effective=self.most_discount or 0,
            earned=0,
            worst_line=self.most_line or 0,
            expansion_bps=self.most_expansion_bps,
            clauses=self.clauses or (),
            worth_less=self.economics,
            quotes=(),
        )

    def _broken(self, asked: Asked, on: date) -> Iterator[str]:
        if _above(asked.effective, self.most_discount):
            yield "discount"
        if _above(asked.worst_line, self.most_line):
            yield "line"
        if any(quote.months < self.least_months or _above(quote.months, self.most_months) for quote in asked.each):
            yield "months"
        if _above(asked.net_days, self.most_net_days):
            yield "payment"
        if self.least_acv is not None and asked.acv < self.least_acv:
            yield "acv"
        if self._expands_beyond(asked):
            yield "expansion"
        if self.clauses is not None and not set(asked.clauses) <= set(self.clauses):
            yield "clauses"
        if on > self.until:
            yield "until"

    def _expands_beyond(self, asked: Asked) -> bool:
        most = self.most_expansion
        return most is not None and (asked.expansion > most or asked.expansion_bps > self.most_expansion_bps)

    @property
    def json(self) -> dict[str, Any]:
        """What `read` reads back; limits that are not part of it are left out."""
        written = {name: getattr(self, name) for name in self.__slots__}
        return {name: _written(value) for name, value in written.items() if value is not None}

    @classmethod
    def read(cls, content: Mapping[str, Any]) -> "Envelope":
        """Raises: PolicyError with the place, for what `json` could not have written."""
        page = Reading(dict(content), "The envelope")
        page.only(*cls.__slots__)
        clauses = page.get("clauses")
        return cls(
            until=page["until"].day(),
            most_discount=_count(page, "most_discount", WHOLE),
            most_line=_count(page, "most_line", WHOLE),
            least_months=page["least_months"].count(1),
            most_months=_count(page, "most_months"),
            most_net_days=_count(page, "most_net_days"),
            least_acv=_money(page, "least_acv"),
            most_expansion=_money(page, "most_expansion"),
            most_expansion_bps=page["most_expansion_bps"].count(0, WHOLE),
            clauses=clauses.names() if clauses else None,
            proposal=page["proposal"].yes(),
            economics=page["economics"].yes(),
        )


def _above(asked: int, most: int | None) -> bool:
    return most is not None and asked > most


def _written(value: Any) -> Any:
    if isinstance(value, Money):
        return {value.currency: value.decimal_text}
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _count(page: Reading, name: str, most: int = MOST) -> int | None:
    found = page.get(name)
    return found.count(0, most) if found else None


def _money(page: Reading, name: str) -> Money | None:
    """Written `{"USD": "8640.00"}`."""
    found = page.get(name)
    if found is None:
        return None
    amounts = [amount.money(currency) for currency, amount in found.items()]
    if len(amounts) != 1:
        raise found.refused("is not one amount in one currency")
    return amounts[0]
