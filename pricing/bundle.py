"""A bundle is the special price of expanding together with the renewal."""

from dataclasses import dataclass

from pricing.discount import Discount
from pricing.money import Money
from pricing.trace import Pen, Step


@dataclass(frozen=True, slots=True)
class Bundle:
    """Applies to what is added only, never to what the customer already has.

    Source: Playbook T, "Harga dan Packaging", expansion bundle.
    """

    discount: Discount

    def steps(self, pen: Pen, added: Money) -> tuple[Step, ...]:
        if not self.discount.bps:
            return ()
        return (pen.step("bundle", -self.discount.of(added).minor, {"bps": self.discount.bps}),)
