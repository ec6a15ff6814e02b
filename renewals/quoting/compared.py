"""Compared: versions of a quote side by side, after what the customer has today."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from pricing.money import Money
from renewals.offer import Approval, Offer
from renewals.quoting.quote import Quote
from renewals.subscription import Term

TERMS = (
    "months", "shape", "rise", "discount", "levers", "prepaid", "billing", "net_days", "sign_by", "extras", "clauses",
    "strategy",
)
"""The parts of a deal beside its lines, in the order in which they are told."""
NOTHING: Mapping[str, Any] = dict.fromkeys(TERMS) | {
    "rise": 0, "discount": 0, "levers": [], "prepaid": False, "extras": [], "clauses": [],
}
"""What a term has of them that nobody asked anything of."""


@dataclass(frozen=True, slots=True)
class Line:
    """Units: `amount` a year, `discount` in basis points asked off this line alone."""

    quantity: int
    amount: Money
    discount: int


@dataclass(frozen=True, slots=True)
class Column:
    """`number` is the version's, None for what they have today. Units: `effective` in basis points."""

    number: int | None
    lines: Mapping[str, Line]
    terms: Mapping[str, Any]
    a_year: Money
    effective: int | None

    @classmethod
    def today(cls, version: Offer, term: Term) -> "Column":
        """What they had when the version was priced, paid as their term says."""
        lines = _lines(version.content["today"]["lines"], {}, version.currency)
        terms = dict(NOTHING) | {
            "months": version.content["today"]["months"], "billing": term.billing.value,
            "net_days": term.net_days,
        }
        a_year = sum((line.amount for line in lines.values()), Money.zero(version.currency))
        return cls(None, lines, terms, a_year, None)

    @classmethod
    def of(cls, version: Offer) -> "Column":
        content, deal = version.content, version.content["deal"]
        discounts = {line["product"]: line["discount"] for line in deal["lines"]}
        terms = {name: deal[name] for name in TERMS}
        return cls(
            version.number, _lines(content["lines"], discounts, version.currency), terms,
            Money(content["per_year"], version.currency), version.asked["effective"],
        )


@dataclass(frozen=True, slots=True)
class Compared:
    """Source: mission L1, "what changed", for the approver."""

    columns: Sequence[Column]

    @classmethod
    def of(cls, session: Session, quote: Quote, version: Offer) -> "Compared":
        """Today, what was last approved before it, if anything, and the version itself."""
        before = last_approved(session, quote, version)
        middle = [Column.of(before)] if before else []
        return cls([Column.today(version, quote.renewal.term), *middle, Column.of(version)])

    @property
    def products(self) -> list[str]:
        """In the order of their names."""
        return sorted({product for column in self.columns for product in column.lines})

    @property
    def terms(self) -> list[str]:
        """Those that are not alike everywhere."""
        return [name for name in TERMS if any(one.terms[name] != self.columns[0].terms[name] for one in self.columns)]


def last_approved(session: Session, quote: Quote, version: Offer) -> Offer | None:
    """What lies before the customer, else the newest version before this one that was approved."""
    if quote.shown and quote.shown_id != version.id:
        return quote.shown
    before = (each for each in reversed(quote.versions) if (each.number or 0) < (version.number or 0))
    return next((each for each in before if Approval.of(session, each)), None)


def _lines(lines: Sequence[Mapping[str, Any]], discounts: Mapping[str, int], currency: str) -> dict[str, Line]:
    return {
        line["product"]: Line(line["quantity"], Money(line["amount"], currency), discounts.get(line["product"], 0))
        for line in lines
    }
