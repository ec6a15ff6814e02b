"""A discount is a share of a price that is not asked for, in whole basis points."""

import re
from dataclasses import dataclass

from pricing.money import Money, rounded

WHOLE = 10_000
"""Basis points in the whole: 100 of them are one percent."""

_TYPED = re.compile(r"([0-9]{1,3})(?:[.,]([0-9]{1,2}))?\s*%?")


@dataclass(frozen=True, slots=True, order=True)
class Discount:
    """Units: `bps` in basis points, from 0 (nothing) to 10,000 (free)."""

    bps: int

    def __post_init__(self) -> None:
        if type(self.bps) is not int:
            raise TypeError(f"A discount counts whole basis points, not {self.bps!r}.")
        if not 0 <= self.bps <= WHOLE:
            raise ValueError(f"A discount lies between 0 and {WHOLE} basis points, not at {self.bps}.")

    def of(self, price: Money) -> Money:
        """What is taken off."""
        return price.share(self.bps, WHOLE)

    def off(self, price: Money) -> Money:
        """What is left to pay."""
        return price - self.of(price)


def typed(text: str) -> int:
    """A percentage as people type it, `12`, `12.5` or `12,5 %`, in basis points. Raises: ValueError."""
    found = _TYPED.fullmatch(text.strip())
    bps = int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0")) if found else -1
    if not 0 <= bps <= WHOLE:
        raise ValueError(f"{text!r} is not a percentage from 0 to 100.")
    return bps


def as_typed(bps: int) -> str:
    """What `typed` reads: `12.5` for 1,250 basis points."""
    whole, part = divmod(bps, 100)
    return f"{whole}.{part:02}".rstrip("0") if part else str(whole)


def change(before: int, after: int) -> int | None:
    """The change against `before`, nearest basis point; None when there is nothing to compare with."""
    return rounded((after - before) * WHOLE, before) if before > 0 else None
