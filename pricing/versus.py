"""What a quote changes against the term that ends: each line's money split into causes, and each term that moved."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from pricing.deal import Deal
from pricing.instalments import Billing
from pricing.money import Money
from pricing.multiyear import Shape
from pricing.quoting import Quoted
from pricing.scope import Scope
from pricing.trace import Json, Step

CAUSES = ("quantity", "price", "term", "payment", "discount", "rounding")
"""In the order in which they are told."""

CAUSE_OF: Mapping[str, str] = {
    "returned": "quantity",
    "expansion": "quantity",
    "uplift": "price",
    "payment_days": "payment",
    "lower_base": "term",
    "term_discount": "term",
    "line_discount": "discount",
    "discount": "discount",
    "coin": "rounding",
}
"""Each rule of a line but those of its base, and levers, which say themselves what they are for."""

CAUSE_OF_LEVER: Mapping[str, str] = {
    "prepayment": "payment",
    "payment_days": "payment",
    "sign_by": "discount",
    "volume": "quantity",
}


@dataclass(frozen=True, slots=True)
class Cause:
    """Units: `money` a year, below zero where it makes the line cheaper."""

    name: str
    money: Money


@dataclass(frozen=True, slots=True)
class LineChange:
    """One product before and after; zero units stand for a product that is new or gone.

    The causes add up to the difference between the two amounts, to the last unit.
    """

    product: str
    quantity: tuple[int, int]
    amount: tuple[Money, Money]
    causes: tuple[Cause, ...]

    @property
    def money(self) -> Money:
        return self.amount[1] - self.amount[0]

    @property
    def unit_price(self) -> tuple[Money, Money]:
        """What a unit cost and costs a year, rounded: to show, not to add up."""
        before, after = (
            amount.share(1, max(1, count)) for amount, count in zip(self.amount, self.quantity, strict=True)
        )
        return before, after

    @property
    def is_unchanged(self) -> bool:
        return self.quantity[0] == self.quantity[1] and not self.money


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """What the term that ends says besides its lines. Units: `months`; `net_days` after the invoice."""

    months: int
    net_days: int = 0
    billing: Billing = Billing.ANNUAL
    prepaid: bool = False
    shape: Shape | None = None
    clauses: tuple[str, ...] = ()

    @classmethod
    def of(cls, deal: Deal) -> "Agreed":
        return cls(
            months=deal.months,
            net_days=deal.net_days,
            billing=deal.billing,
            prepaid=deal.prepaid,
            shape=deal.shape,
            clauses=deal.clauses,
        )


@dataclass(frozen=True, slots=True)
class TermChange:
    """`name` is a field of `Agreed`; before and after are as JSON has them, lists for clauses."""

    name: str
    before: Json
    after: Json


@dataclass(frozen=True, slots=True)
class Versus:
    """Source: mission L1, "what changed since you last signed"."""

    lines: tuple[LineChange, ...]
    terms: tuple[TermChange, ...]
    currency: str

    @property
    def money(self) -> Money:
        """What all of it comes to a year."""
        return sum((line.money for line in self.lines), Money.zero(self.currency))

    @property
    def causes(self) -> tuple[Cause, ...]:
        """The causes of all lines together."""
        return _together(chain.from_iterable(line.causes for line in self.lines), self.currency)


def versus(agreed: Agreed, quoted: Quoted) -> Versus:
    """What changes from the term that ends to the quote."""
    return Versus(tuple(_lines(quoted)), tuple(_terms(agreed, Agreed.of(quoted.deal))), quoted.currency)


def _lines(quoted: Quoted) -> Iterator[LineChange]:
    """Every product on either side, in the order of their names."""
    steps = {step.inputs["product"]: step for step in quoted.line_steps}
    for product in sorted(steps.keys() | quoted.today.quantities.keys()):
        yield _line(quoted.today, product, steps.get(product))


def _line(today: Scope, product: str, step: Step | None) -> LineChange:
    held = next((line for line in today.lines if line.product == product), None)
    before = held.amount if held else Money.zero(today.currency)
    after, count = (step.amount, step.inputs["quantity"]) if step else (Money.zero(today.currency), 0)
    causes = _causes(step, before) if step else [Cause("quantity", -before)]
    return LineChange(
        product, (held.quantity if held else 0, count), (before, after), _together(causes, today.currency)
    )


def _causes(line: Step, before: Money) -> Iterator[Cause]:
    """What is not named in the tables is the line's base: how it differs from today is its price."""
    yield Cause("price", -before)
    for step in line.parts:
        lever = step.inputs.get("lever", "")
        yield Cause(CAUSE_OF_LEVER.get(lever) or CAUSE_OF.get(step.rule, "price"), step.amount)


def _together(causes: Iterator[Cause] | list[Cause], currency: str) -> tuple[Cause, ...]:
    """One of each kind, without those that come to nothing."""
    sums = dict.fromkeys(CAUSES, Money.zero(currency))
    for cause in causes:
        sums[cause.name] += cause.money
    return tuple(Cause(name, money) for name, money in sums.items() if money)


def _terms(before: Agreed, after: Agreed) -> Iterator[TermChange]:
    for name in ("months", "shape", "billing", "prepaid", "net_days", "clauses"):
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            yield TermChange(name, _plain(old), _plain(new))


def _plain(value: Json) -> Json:
    return list(value) if isinstance(value, tuple) else value
