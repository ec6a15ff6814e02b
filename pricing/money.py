"""Money is a whole number of a currency's minor units, and never anything between two of them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from pricing.currency import DECIMALS, decimals

_DECIMAL_TEXT = re.compile(r"(-?)([0-9]{1,40})(?:\.([0-9]{1,40}))?")


class MixedCurrencies(ValueError):
    """Two currencies met in one sum; Kekal never converts."""


class NotAnAmount(ValueError):
    """A text that is not a plain decimal amount of its currency."""


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount.

    Units: `minor` counts the currency's smallest unit: cents, sen, yen, fils.
    Raises: TypeError for anything but an int, UnknownCurrency for a code outside ISO 4217.
    """

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError(f"Money counts whole minor units, not {self.minor!r}.")
        if self.currency not in DECIMALS:
            decimals(self.currency)

    @classmethod
    def zero(cls, currency: str) -> "Money":
        return cls(0, currency)

    @classmethod
    def parse(cls, text: str, currency: str) -> "Money":
        """The amount a file or a form wrote as plain decimal text: `8640`, `8640.5`, `-8640.00`.

        Raises: NotAnAmount for separators, exponents, spaces or more decimals than the currency has.
        """
        places = decimals(currency)
        found = _DECIMAL_TEXT.fullmatch(text)
        if found is None:
            raise NotAnAmount(f"{text[:40]!r} is not an amount; write it like 8640.00, without separators.")
        sign, whole, part = found[1], found[2], found[3] or ""
        if len(part) > places:
            raise NotAnAmount(f"{text!r} has {len(part)} decimals; {currency} has {places}.")
        return cls(int(sign + whole + part.ljust(places, "0")), currency)

    @property
    def decimal_text(self) -> str:
        """Plain decimal text that `parse` reads back, such as `8640.00`."""
        places = decimals(self.currency)
        digits = str(abs(self.minor)).rjust(places + 1, "0")
        sign = "-" if self.minor < 0 else ""
        return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"

    @property
    def grouped(self) -> str:
        """As a sentence has it: `USD 240,000.00`."""
        whole, dot, part = self.decimal_text.partition(".")
        return f"{self.currency} {int(whole):,}{dot}{part}" if self.minor >= 0 else f"-{(-self).grouped}"

    def __str__(self) -> str:
        return f"{self.currency} {self.decimal_text}"

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __mul__(self, count: int) -> "Money":
        if type(count) is not int:
            raise TypeError(f"Money is multiplied by whole numbers; use times() for {count!r}.")
        return Money(self.minor * count, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.minor <= self._same(other)

    def __gt__(self, other: "Money") -> bool:
        return self.minor > self._same(other)

    def __ge__(self, other: "Money") -> bool:
        return self.minor >= self._same(other)

    def __bool__(self) -> bool:
        return self.minor != 0

    def times(self, factor: Fraction) -> "Money":
        """The amount times an exact fraction, rounded half away from zero to a whole minor unit."""
        if not isinstance(factor, Fraction):
            raise TypeError(f"times() takes an exact Fraction, not {factor!r}.")
        return self.share(factor.numerator, factor.denominator)

    def share(self, part: int, whole: int) -> "Money":
        """`part` of `whole` equal parts of the amount, rounded half away from zero."""
        return Money(rounded(self.minor * part, whole), self.currency)

    def split(self, weights: Sequence[int]) -> tuple["Money", ...]:
        """Parts in proportion to `weights` that sum to the amount.

        Spare units go to the largest remainders, among equals to the earlier part.

        Raises: ValueError unless every weight is at least zero and one is above.
        """
        whole = sum(weights)
        if whole <= 0 or min(weights) < 0:
            raise ValueError(f"Weights are at least zero and not all zero, not {list(weights)}.")
        sign, amount = (-1, -self.minor) if self.minor < 0 else (1, self.minor)
        floors = [amount * weight // whole for weight in weights]
        by_remainder = sorted(range(len(floors)), key=lambda place: -(amount * weights[place] % whole))
        for place in by_remainder[: amount - sum(floors)]:
            floors[place] += 1
        return tuple(Money(sign * floor, self.currency) for floor in floors)

    def _same(self, other: "Money") -> int:
        if not isinstance(other, Money):
            raise TypeError(f"Money meets only Money, not {other!r}.")
        if other.currency != self.currency:
            raise MixedCurrencies(f"{self} and {other} are different currencies.")
        return other.minor


def rounded(numerator: int, denominator: int) -> int:
    """The quotient as a whole number, a half going away from zero; the only rounding rule in the house."""
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    if numerator < 0:
        return -((-2 * numerator + denominator) // (2 * denominator))
    return (2 * numerator + denominator) // (2 * denominator)
