"""Economics is the maths done first: is a commitment worth more than renewing each year at full price?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate

from pricing.discount import WHOLE
from pricing.money import Money


@dataclass(frozen=True, slots=True)
class Year:
    """One line of the arithmetic, shown to whoever approves.

    `expected` is the full price times the `chance` that the customer is still there; `committed_so_far` and
    `expected_so_far` add up, the latter exactly, before it is rounded. Units: money of one year; `chance` from 0 to 1.
    """

    number: int
    committed: Money
    chance: Fraction
    expected: Money
    committed_so_far: Money
    expected_so_far: Money


@dataclass(frozen=True, slots=True)
class Economics:
    """Compares what a commitment brings for certain with what yearly renewals would bring, some of them lost.

    Units: `retention` is the chance in basis points that this customer renews in any one year; `full` is the
    scope a year without the term discount. A last year of odd months counts as a whole one.
    Source: Playbook S, "Struktur Insentif Yang Berfungsi".
    """

    years: Sequence[Money]
    full: Money
    retention: int

    @property
    def committed(self) -> Money:
        return sum(self.years, Money.zero(self.full.currency))

    @property
    def yearly(self) -> Money:
        """The expected value of renewing each year, rounded."""
        return self.full.times(self._expected_years)

    @property
    def is_worth_less(self) -> bool:
        """Compared exactly, before any rounding of the expected value."""
        return self._is_worth_less_at(self.retention)

    @property
    def vendor_gives(self) -> Money:
        """What yearly renewals are expected to bring beyond the commitment; below zero, what the commitment wins."""
        return self.yearly - self.committed

    @property
    def customer_saves(self) -> Money:
        """Against staying as long and paying the full price each year."""
        return self.full * len(self.years) - self.committed

    @property
    def break_even(self) -> int | None:
        """The highest retention at which the commitment is worth no less, in whole basis points.

        None when it is worth less even if the customer would leave after a year.
        """
        if self._is_worth_less_at(0):
            return None
        least, most = 0, WHOLE
        while least < most:
            middle = (least + most + 1) // 2
            least, most = (least, middle - 1) if self._is_worth_less_at(middle) else (middle, most)
        return least

    @property
    def break_even_year(self) -> int | None:
        """The first year by whose end the commitment has brought as much; None when it never does."""
        exact = accumulate(self._chances())
        sums = zip(accumulate(year.minor for year in self.years), exact, strict=True)
        return next((number for number, (sure, years) in enumerate(sums, 1) if sure >= self.full.minor * years), None)

    @property
    def lines(self) -> tuple[Year, ...]:
        """Year by year, first to last: both sides of the comparison and how they add up."""
        chances = self._chances()
        sums = zip(accumulate(self.years), accumulate(chances), strict=True)
        return tuple(
            Year(number, self.years[number - 1], chance, self.full.times(chance), sure, self.full.times(years))
            for number, (chance, (sure, years)) in enumerate(zip(chances, sums, strict=True), 1)
        )

    @property
    def _expected_years(self) -> Fraction:
        return sum(self._chances(), Fraction(0))

    def _chances(self) -> tuple[Fraction, ...]:
        return tuple(_staying(self.retention, len(self.years)))

    def _is_worth_less_at(self, retention: int) -> bool:
        expected = sum(_staying(retention, len(self.years)), Fraction(0))
        return self.committed.minor < self.full.minor * expected


def _staying(retention: int, years: int) -> Iterator[Fraction]:
    """The first year is certain, each later one only if every renewal before it was won."""
    chance = Fraction(retention, WHOLE)
    return (chance**later for later in range(years))
