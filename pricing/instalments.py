"""Instalments are when a term's price is asked for, and by when it is to be paid."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from pricing.currency import coin
from pricing.money import Money
from pricing.term import YEAR, contract_years, ends_on
from pricing.trace import Json


class Billing(StrEnum):
    """How often a contract year is paid, always in advance."""

    ANNUAL = "annual"
    QUARTERLY = "quarterly"
    MONTHLY = "monthly"

    @property
    def months(self) -> int:
        return {Billing.ANNUAL: YEAR, Billing.QUARTERLY: 3, Billing.MONTHLY: 1}[self]


@dataclass(frozen=True, slots=True)
class Instalment:
    """Invoiced on a day, due on another."""

    on: date
    due_on: date
    amount: Money

    @property
    def json(self) -> dict[str, Json]:
        return {"on": self.on.isoformat(), "due_on": self.due_on.isoformat(), "amount": self.amount.minor}


@dataclass(frozen=True, slots=True)
class Schedule:
    """Units: `net_days` after the invoice. `prepaid` means the whole term at once, on its first day."""

    billing: Billing
    prepaid: bool
    net_days: int

    def instalments(self, years: Sequence[Money], months: int, starts_on: date) -> tuple[Instalment, ...]:
        """The years' prices cut into what is invoiced when; together exactly the years."""
        if self.prepaid:
            return (self._asked(starts_on, sum(years[1:], years[0])),)
        return tuple(
            self._asked(ends_on(starts_on, begins), amount) for begins, amount in self._parts(years, months)
        )

    def _parts(self, years: Sequence[Money], months: int) -> Iterator[tuple[int, Money]]:
        """Months since the start, and the amount, by months; what does not divide goes in whole coins."""
        for number, (price, length) in enumerate(zip(years, contract_years(months), strict=True)):
            starts = range(0, length, self.billing.months)
            lengths = [min(self.billing.months, length - start) for start in starts]
            for start, amount in zip(starts, _in_coins(price, lengths), strict=True):
                yield number * YEAR + start, amount

    def _asked(self, on: date, amount: Money) -> Instalment:
        return Instalment(on, on + timedelta(days=self.net_days), amount)


def _in_coins(price: Money, weights: Sequence[int]) -> tuple[Money, ...]:
    size = coin(price.currency)
    coins = Money(price.minor // size, price.currency).split(weights)
    return tuple(part * size for part in coins)
