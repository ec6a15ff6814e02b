"""An addition is what was priced for a term and joins it later: it costs the days that are left, and ends with it."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from pricing.instalments import Billing, Instalment, Schedule
from pricing.money import Money
from pricing.proration import Running, Stretch, prorated, risen
from pricing.quoting import Quoted
from pricing.scope import ScopeLine
from pricing.trace import Pen, Step


@dataclass(frozen=True)
class Addition:
    """`quoted` is the price of the whole term, joined on `on`, or on its first day while that is to come.

    Every invoice of the whole term asks for what is left of its own days, so that an addition agreed before the term
    begins costs exactly what was quoted. Raises: ValueError for a day after the term.
    Source: Playbook S, "Bina Dalam Fleksibiliti"; mission E4.
    """

    quoted: Quoted
    on: date

    def __post_init__(self) -> None:
        if self.on >= self.quoted.ends_on:
            raise ValueError(f"{self.on.isoformat()} lies after the term, which ends on {self.quoted.ends_on}.")

    @property
    def begins_on(self) -> date:
        return max(self.on, self.quoted.starts_on)

    @cached_property
    def lines(self) -> tuple[ScopeLine, ...]:
        """At what they cost a year in the contract year that runs."""
        year = Running(self.quoted.starts_on, self.quoted.months).year_of(self.begins_on)
        return tuple(risen(line, self.quoted.rise, year) for line in self.quoted.lines)

    @cached_property
    def step(self) -> Step:
        """How its price comes about: "212 of 365 days", invoice by invoice."""
        pen = Pen(self.quoted.currency, self.quoted.trace.policy)
        parts = [self._part(pen, one.amount, one.on, ends) for one, ends in self._left]
        return pen.sum("addition", (*parts, *pen.coins(parts)), {"on": self.begins_on.isoformat()})

    @cached_property
    def invoices(self) -> tuple[Instalment, ...]:
        """What each stretch of the term that is left costs; what makes no whole coin is given up in the first."""
        later = [part.amount for part in self.step.parts if part.rule == "prorated"][1:]
        first = self.step.amount - sum(later, Money.zero(self.quoted.currency))
        return tuple(
            self._asked(max(one.on, self.begins_on), amount)
            for (one, _), amount in zip(self._left, (first, *later), strict=True)
        )

    @property
    def stretches(self) -> list[Stretch]:
        """What each invoice is for."""
        return [Stretch(one.on, ends, one.amount) for one, (_, ends) in zip(self.invoices, self._left, strict=True)]

    @property
    def instalments(self) -> tuple[Instalment, ...]:
        """What is invoiced when; all of it at once where the quote is paid in advance."""
        if self.quoted.deal.prepaid:
            return (self._asked(self.begins_on, self.step.amount),)
        return self.invoices

    @property
    def days(self) -> tuple[int, int]:
        """How many days of how many are paid for at first."""
        first = self.step.parts[0].inputs
        return first["days"], first["of"]

    @cached_property
    def _left(self) -> list[tuple[Instalment, date]]:
        """The invoices of the whole term whose days are not all gone, each with the first day that it does not cover.
        """
        quoted, deal = self.quoted, self.quoted.deal
        billing = Billing.ANNUAL if deal.prepaid else deal.billing
        asked = Schedule(billing, False, deal.net_days).instalments(quoted.years, quoted.months, quoted.starts_on)
        ends = (*(one.on for one in asked[1:]), quoted.ends_on)
        return [(one, end) for one, end in zip(asked, ends, strict=True) if self.begins_on < end]

    def _part(self, pen: Pen, price: Money, begins: date, ends: date) -> Step:
        days, of = (ends - max(begins, self.begins_on)).days, (ends - begins).days
        return pen.step("prorated", prorated(price, days, of).minor, {"price": price.minor, "days": days, "of": of})

    def _asked(self, on: date, amount: Money) -> Instalment:
        return Instalment(on, on + timedelta(days=self.quoted.deal.net_days), amount)
