"""A proration is the part of a term's price that falls on some of its days, day by day and exact."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pricing.discount import WHOLE, Discount
from pricing.money import Money
from pricing.scope import ScopeLine
from pricing.term import YEAR, contract_years, ends_on
from pricing.trace import Pen, Step, subtotal


def prorated(price: Money, days: int, of_days: int) -> Money:
    """What `days` of `of_days` cost. Raises: ValueError for days outside the period."""
    if not 0 <= days <= of_days or of_days == 0:
        raise ValueError(f"{days} of {of_days} days is no part of a period.")
    return price.share(days, of_days)


def remaining(price: Money, starts_on: date, ends_on: date, on: date) -> Money:
    """What the days from `on` to the end cost, of a price for [`starts_on`, `ends_on`).

    Used and remaining always sum to the price: only one of them is computed, the other is what is left.
    """
    return prorated(price, (ends_on - on).days, (ends_on - starts_on).days)


def used(price: Money, starts_on: date, ends_on: date, on: date) -> Money:
    """What the days before `on` cost."""
    return price - remaining(price, starts_on, ends_on, on)


@dataclass(frozen=True, slots=True)
class Running:
    """A term that runs. Units: whole `months` from `starts_on`."""

    starts_on: date
    months: int

    @property
    def ends_on(self) -> date:
        return ends_on(self.starts_on, self.months)

    def year_of(self, on: date) -> int:
        """In which contract year a day of the term lies, counted from 0."""
        return max(number for number, (begins, _, _) in enumerate(self.years()) if begins <= on)

    def years(self) -> Iterator[tuple[date, date, int]]:
        """First day, first day after, and months of each contract year."""
        for number, length in enumerate(contract_years(self.months)):
            begins = ends_on(self.starts_on, number * YEAR)
            yield begins, ends_on(self.starts_on, number * YEAR + length), length


def anniversary(term: Running, after: date) -> date | None:
    """The first day of a contract year that comes after a day; None when the term ends before the next."""
    return next((begins for begins, _, _ in term.years() if begins > after), None)


def risen(line: ScopeLine, rise: int, years: int) -> ScopeLine:
    """The line so many years on, each a rise above the one before. Units: `rise` in basis points a year."""
    amount = line.amount
    for _ in range(years):
        amount = amount.share(WHOLE + rise, WHOLE)
    return ScopeLine(line.product, line.quantity, amount)


def co_term(pen: Pen, line: ScopeLine, term: Running, on: date) -> Step:
    """What a line added on `on` costs until the term ends: "212 of 365 days", contract year by contract year.

    Units: the line's amount is for a full year. Raises: ValueError for a day outside the term.
    Source: Playbook S, "Bina Dalam Fleksibiliti"; mission E4.
    """
    _must_be_inside(term, on)
    parts = [
        _part(pen, line.amount.share(months, YEAR), (ends - max(begins, on)).days, (ends - begins).days)
        for begins, ends, months in term.years()
        if on < ends
    ]
    inputs = {"product": line.product, "quantity": line.quantity, "on": on.isoformat()}
    return pen.sum("co_term", (*parts, *pen.coins(parts)), inputs)


def true_up(pen: Pen, lines: Sequence[ScopeLine], counted: Mapping[str, int], term: Running, on: date) -> Step | None:
    """What units in use beyond those agreed cost from `on` to the end of the term, at the line's own price.

    Units: the lines' amounts are those of the contract year that runs. None where nobody uses more than is agreed:
    a true-up never lowers a price.
    """
    parts = [co_term(pen, line, term, on) for line in beyond(lines, counted)]
    return pen.sum("true_up", parts, {"on": on.isoformat()}) if parts else None


def beyond(lines: Sequence[ScopeLine], counted: Mapping[str, int]) -> tuple[ScopeLine, ...]:
    """The units in use beyond those agreed, at the line's own price a year."""
    return tuple(
        ScopeLine(line.product, more, line.amount.share(more, line.quantity))
        for line in lines
        if (more := counted.get(line.product, 0) - line.quantity) > 0
    )


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some days of a term, [`begins`, `ends`), and what they cost together."""

    begins: date
    ends: date
    price: Money


@dataclass(frozen=True, slots=True)
class OffRamp:
    """Leave to end a term early. Units: `notice_days` before leaving; `fee` in basis points of what is left."""

    notice_days: int
    fee: Discount

    def leaves_on(self, term: Running, told_on: date) -> date:
        """The first day no longer covered: the notice has run, or the term ended by itself."""
        return min(told_on + timedelta(days=self.notice_days), term.ends_on)

    def step(
        self, pen: Pen, years: Sequence[Money], paid: Money, term: Running, told_on: date,
        added: Sequence[Stretch] = (),
    ) -> Step:
        """What is still owed when a term is left early; below zero it is returned.

        `years` are what the contract years cost as agreed, `added` what joined them on a day of theirs, `paid` what
        was paid of all of it so far.
        Raises: ValueError for a day outside the term.
        """
        _must_be_inside(term, told_on)
        leaves = self.leaves_on(term, told_on)
        agreed = [Stretch(begins, ends, price) for (begins, ends, _), price in zip(term.years(), years, strict=True)]
        stretches = (*agreed, *added)
        bought = [
            _part(pen, one.price, max(0, (min(leaves, one.ends) - one.begins).days), (one.ends - one.begins).days)
            for one in stretches
        ]
        left = sum(one.price.minor for one in stretches) - subtotal(bought)
        fee = pen.step("fee", self.fee.of(pen.money(left)).minor, {"bps": self.fee.bps, "of": left})
        parts = (*bought, fee, pen.step("paid", -paid.minor, {"paid": paid.minor}))
        inputs = {"told_on": told_on.isoformat(), "leaves_on": leaves.isoformat(), "notice_days": self.notice_days}
        return pen.sum("off_ramp", (*parts, *pen.coins(parts)), inputs)


def _part(pen: Pen, price: Money, days: int, of: int) -> Step:
    return pen.step("prorated", prorated(price, days, of).minor, {"price": price.minor, "days": days, "of": of})


def _must_be_inside(term: Running, on: date) -> None:
    if not term.starts_on <= on < term.ends_on:
        raise ValueError(f"{on.isoformat()} lies outside a term from {term.starts_on} to {term.ends_on}.")
