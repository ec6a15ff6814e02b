"""Economics is the maths done first: is a commitment worth more than renewing each year at full price?"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from pricing.discount import WHOLE
from pricing.money import Money


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
        return self.committed.minor < self.full.minor * self._expected_years

    @property
    def _expected_years(self) -> Fraction:
        """The first year is certain, each later one only if every renewal before it was won."""
        chance = Fraction(self.retention, WHOLE)
        return sum((chance**later for later in range(len(self.years))), Fraction(0))
