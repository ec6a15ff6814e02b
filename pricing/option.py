"""An option is one exact way to go on, shown as good, better or best beside the others."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from pricing.money import Money
from pricing.priced import Priced
from pricing.trace import Json, Step, subtotal


class OptionTier(StrEnum):
    """Source: Playbook S, "Pilihan Pembungkusan"; Playbook T, "Bundling Expansion"."""

    GOOD = "good"
    BETTER = "better"
    BEST = "best"


@dataclass(frozen=True)
class Option(Priced):
    """`standing` says that policy may offer this price by itself."""

    tier: OptionTier
    standing: bool

    @property
    def before_term_discount(self) -> Money:
        """The recurring scope a year before any multi-year incentive: what makes good <= better <= best."""
        after = (*self._steps_of_lines("term_discount"), *self._steps_of_lines("coin"))
        return self.per_year - Money(subtotal(after), self.currency)

    @cached_property
    def content(self) -> dict[str, Json]:
        return {
            "schema": "option@1",
            "tier": self.tier.value,
            "before_term_discount": self.before_term_discount.minor,
            **self.shown(),
        }

    def _steps_of_lines(self, rule: str) -> Iterator[Step]:
        return (part for line in self.line_steps for part in line.parts if part.rule == rule)
