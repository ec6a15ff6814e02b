"""Concessions are what the vendor's policy gives in a negotiation: levers, a base with overage, and extras."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from pricing.currency import DECIMALS
from pricing.discount import WHOLE
from pricing.money import Money
from pricing.multiyear import Shape
from pricing.reading import Reading

LEVERS = ("term", "prepayment", "sign_by", "volume", "payment_days")
"""What a buyer can move to earn a price. Source: mission L2."""


@dataclass(frozen=True, slots=True)
class PaymentDays:
    """Units: `usual` and `step` in days after the invoice; `surcharge` for each step begun beyond the usual days,
    and `sooner` for paying at least one step before them, in basis points. (K)
    """

    usual: int = 30
    step: int = 15
    surcharge: int = 0
    sooner: int = 0

    @classmethod
    def parse(cls, content: Reading) -> "PaymentDays":
        content.only(*cls.__slots__)
        return cls(
            content["usual"].count(),
            content["step"].count(1),
            content["surcharge"].count(0, WHOLE),
            content["sooner"].count(0, WHOLE),
        )

    def surcharge_for(self, net_days: int) -> int:
        """What later payment adds to the price."""
        return max(0, -((self.usual - net_days) // self.step)) * self.surcharge

    def earned_for(self, net_days: int) -> int:
        return self.sooner if net_days <= self.usual - self.step else 0


@dataclass(frozen=True, slots=True)
class Levers:
    """What is earned besides the incentive for a long term.

    Units: basis points. `prepayment` for each further year paid in advance; `sign_by` for signing `days_before` the
    new term or earlier; `volume` pairs of growth of the plan's units and what it earns.
    """

    prepayment: int = 0
    sign_by: int = 0
    days_before: int = 0
    volume: tuple[tuple[int, int], ...] = ()
    payment: PaymentDays = field(default_factory=PaymentDays)

    @classmethod
    def parse(cls, content: Reading | None) -> "Levers":
        if content is None:
            return cls()
        content.only("prepayment", "sign_by", "volume", "payment_days")
        content["sign_by"].only("bps", "days_before")
        return cls(
            content["prepayment"].count(0, WHOLE),
            content["sign_by"]["bps"].count(0, WHOLE),
            content["sign_by"]["days_before"].count(),
            _rising(content["volume"]),
            PaymentDays.parse(content["payment_days"]),
        )

    def volume_for(self, growth: int) -> int:
        """What the last step that `growth` reaches earns. Units: basis points."""
        return max((bps for least, bps in self.volume if growth >= least), default=0)


@dataclass(frozen=True, slots=True)
class Overage:
    """Units: basis points. `base` is how much lower the base is, `unit` how far a unit above it costs more than
    the same unit within.

    Source: Playbook S, "Pendekatan Harga untuk Multi-Year"; the figures are Kekal's (K).
    """

    base: int
    unit: int

    @classmethod
    def parse(cls, content: Reading | None) -> "Overage | None":
        if content is None:
            return None
        content.only("base", "unit")
        return cls(content["base"].count(0, WHOLE), content["unit"].count())


@dataclass(frozen=True, slots=True)
class Extra:
    """An incentive that is not a discount, with what it costs the vendor: a sum a year, or basis points of the price.

    Source: Playbook S, "Struktur Insentif Yang Berfungsi"; mission E8.
    """

    id: str
    name: str
    bps: int | None
    sums: Mapping[str, Money]
    not_with: tuple[str, ...]

    @classmethod
    def parse_all(cls, content: Reading | None) -> dict[str, "Extra"]:
        return {id: cls.parse(id, extra) for id, extra in content.items()} if content else {}

    @classmethod
    def parse(cls, id: str, content: Reading) -> "Extra":
        content.only("name", "bps", "cost", "not_with")
        if ("bps" in content.value) == ("cost" in content.value):
            raise content.refused("has either a cost or basis points")
        bps, sums, without = content.get("bps"), content.get("cost"), content.get("not_with")
        return cls(
            id,
            content["name"].text(),
            bps.count(0, WHOLE) if bps else None,
            {currency: _sum(currency, one) for currency, one in sums.items()} if sums else {},
            without.names(*Shape) if without else (),
        )

    def cost(self, asked: Money) -> Money | None:
        """What it costs a year when policy asks `asked` a year; None where no sum is known in the currency."""
        return asked.share(self.bps, WHOLE) if self.bps is not None else self.sums.get(asked.currency)


def _rising(content: Reading) -> tuple[tuple[int, int], ...]:
    pairs = (step.pair() for step in content.each())
    steps = tuple((growth.count(1), bps.count(0, WHOLE)) for growth, bps in pairs)
    if list(steps) != sorted(set(steps)) or any(after[1] <= before[1] for before, after in pairwise(steps)):
        raise content.refused("does not rise from step to step")
    return steps


def _sum(currency: str, content: Reading) -> Money:
    if currency not in DECIMALS:
        raise content.refused("is not in an ISO 4217 currency Kekal knows")
    return content.money(currency)
