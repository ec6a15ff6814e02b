"""An uplift is a yearly price increase on what the customer has, never above the cap in their contract."""

from dataclasses import dataclass

from pricing.discount import WHOLE
from pricing.money import Money
from pricing.trace import Pen, Step


@dataclass(frozen=True, slots=True)
class Uplift:
    """Units: rates in basis points. `cap` is the contract's own limit, and may lie below policy's range."""

    asked: int
    cap: int | None = None

    @property
    def bps(self) -> int:
        return self.asked if self.cap is None else min(self.asked, self.cap)

    def step(self, pen: Pen, price: Money) -> Step:
        """The increase on `price`; says what was asked where the cap cut it."""
        inputs = {"bps": self.bps} if self.bps == self.asked else {"bps": self.bps, "asked": self.asked}
        return pen.step("uplift", price.share(self.bps, WHOLE).minor, inputs)
