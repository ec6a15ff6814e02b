"""A priced offer is an exact price for a term, with everything that is shown of it read off its trace."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from hashlib import sha256

from pricing.discount import change
from pricing.money import Money
from pricing.policy import Strategy
from pricing.scope import Scope, ScopeLine
from pricing.term import YEAR, ends_on
from pricing.trace import Json, Step, canonical, subtotal


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as today.

    `kind` is `added`, `removed`, `quantity`, `price` (same quantity, another price) or `term`.
    Units: `before` and `after` in units of the product, of `term` in months; `money` a year, None for `term`.
    """

    kind: str
    product: str | None
    before: int
    after: int
    money: Money | None


@dataclass(frozen=True, slots=True)
class Framing:
    """What their growth and an offer's price have to do with each other. Units: basis points over a year.

    Source: Playbook S, "Pilihan Pembungkusan": a team grew by so much, this supports it for so much more.
    """

    people: int
    spending: int


@dataclass(frozen=True)
class Priced:
    """Everything shown, agreed and charged is read off `trace`; nothing is stated beside it.

    `warnings` are names for those who sell it. Units: `rise` and `people_growth` in basis points a year.
    """

    today: Scope
    starts_on: date
    months: int
    trace: Step
    strategy: Strategy
    reason: str
    people_growth: int | None
    rise: int
    warnings: tuple[str, ...]

    @property
    def currency(self) -> str:
        return self.today.currency

    @property
    def ends_on(self) -> date:
        """The first day after the term."""
        return ends_on(self.starts_on, self.months)

    @cached_property
    def lines(self) -> tuple[ScopeLine, ...]:
        """What a full first year holds and costs; these lines are the next term's scope."""
        steps = self.line_steps
        return tuple(
            ScopeLine(step.inputs["product"], step.inputs["quantity"], step.amount) for step in steps
        )

    @property
    def years(self) -> tuple[Money, ...]:
        """What each contract year costs, first to last; a term's odd months are the last one."""
        return tuple(year.amount for year in self.trace.parts)

    @property
    def total(self) -> Money:
        return self.trace.amount

    @property
    def due_now(self) -> Money:
        """The first yearly instalment."""
        return self.trace.parts[0].amount

    @cached_property
    def per_year(self) -> Money:
        """A full first year, whatever the length of the term."""
        return Money(subtotal(self.line_steps), self.currency)

    @property
    def against_today(self) -> Money:
        """More (or, below zero, less) a year than today."""
        return self.per_year - self.today.per_year

    @property
    def holds_price(self) -> bool:
        """Each year of several costs the same."""
        return self.months > YEAR and self.rise == 0

    @property
    def is_flat(self) -> bool:
        """Nothing changes, to the cent: the only case in which "flat" or "no change" may be said."""
        return not self.differences and self.against_today.minor == 0

    @property
    def below_list(self) -> int | None:
        """How far the first year is below list price, in basis points; None without a list price."""
        found = self.trace.parts[0].find("list_value")
        return int(found[0].inputs["bps"]) if found else None

    @property
    def framing(self) -> Framing | None:
        """None when either side of the comparison is unknown."""
        spending = change(self.today.per_year.minor, self.per_year.minor)
        if self.people_growth is None or spending is None:
            return None
        return Framing(self.people_growth, spending)

    @cached_property
    def differences(self) -> tuple[Difference, ...]:
        """What changes against today, line by line, then the term."""
        return (*self._line_differences(), *self._removed(), *self._term_difference())

    @property
    def told(self) -> dict[str, Json]:
        """What a customer gets and pays, and when, as JSON in minor units: the same however it was worked out."""
        return {
            "plan": self.today.plan,
            "currency": self.currency,
            "starts_on": self.starts_on.isoformat(),
            "ends_on": self.ends_on.isoformat(),
            "months": self.months,
            "lines": [_line(line) for line in self.lines],
            "years": [year.minor for year in self.years],
            "per_year": self.per_year.minor,
            "due_now": self.due_now.minor,
            "total": self.total.minor,
            "against_today": self.against_today.minor,
            "holds_price": self.holds_price,
        }

    def shown(self) -> dict[str, Json]:
        """What every kind of offer shows of itself, as JSON in minor units: that, and how it came about."""
        return {
            **self.told,
            "today": {"months": self.today.months, "lines": [_line(line) for line in self.today.lines]},
            "strategy": {"name": self.strategy.value, "reason": self.reason},
            "policy": self.trace.policy,
            "trace": self.trace.json,
        }

    @cached_property
    def content(self) -> dict[str, Json]:
        """The offer as JSON, in minor units: what is hashed, stored, approved, accepted and replayed."""
        raise NotImplementedError

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 of the canonical content, in hex: one changed cent, date or word is another hash."""
        return sha256(canonical(self.content).encode()).hexdigest()

    @cached_property
    def line_steps(self) -> tuple[Step, ...]:
        """The first year's products, one branch each."""
        return tuple(part for part in self.trace.parts[0].parts if part.rule == "line")

    def _line_differences(self) -> Iterator[Difference]:
        before = {line.product: line for line in self.today.lines}
        for line in self.lines:
            held = before.get(line.product)
            if held is None:
                yield Difference("added", line.product, 0, line.quantity, line.amount)
            elif held.quantity != line.quantity or held.amount != line.amount:
                kind = "price" if held.quantity == line.quantity else "quantity"
                yield Difference(kind, line.product, held.quantity, line.quantity, line.amount - held.amount)

    def _removed(self) -> Iterator[Difference]:
        kept = {line.product for line in self.lines}
        for line in self.today.lines:
            if line.product not in kept:
                yield Difference("removed", line.product, line.quantity, 0, -line.amount)

    def _term_difference(self) -> Iterator[Difference]:
        if self.months != self.today.months:
            yield Difference("term", None, self.today.months, self.months, None)


def _line(line: ScopeLine) -> dict[str, Json]:
    return {
        "product": line.product,
        "quantity": line.quantity,
        "unit": line.unit_price.minor,
        "amount": line.amount.minor,
    }
