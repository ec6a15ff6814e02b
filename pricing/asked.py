"""Asked is what a quote asks for beyond policy's own price and terms: all that a matrix judges."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from pricing.money import Money


class Axis(StrEnum):
    """What somebody may have to approve. Source: Playbook T, "Kelulusan Dalaman"."""

    DISCOUNT = "discount"
    LINE = "line"
    PAYMENT = "payment"
    EXPANSION = "expansion"
    CLAUSES = "clauses"
    PROPOSAL = "proposal"
    ECONOMICS = "economics"


AMOUNTS = ("acv", "total", "expansion")
"""The parts of what is asked that are money."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One quote, or by `together` several of one renewal.

    `effective` is how far the whole lies below policy's own price, the worse of first year and term; `earned` the part
    of it that published levers earned by themselves; `worst_line` the same for the line of `worst_product`. `expansion`
    is what new products cost a year, `expansion_bps` what is taken off them. `clauses` are ids of custom ones.
    `worth_less`: the economics say that renewals year by year are worth more.
    Units: discounts in basis points, `net_days` in days from the invoice, `acv` and `expansion` a year.
    """

    segment: str
    months: int
    net_days: int
    acv: Money
    total: Money
    expansion: Money
    effective: int = 0
    earned: int = 0
    worst_line: int = 0
    worst_product: str = ""
    expansion_bps: int = 0
    clauses: tuple[str, ...] = ()
    worth_less: bool = False
    quotes: tuple["Asked", ...] = ()

    @property
    def each(self) -> tuple["Asked", ...]:
        """The quotes it was put together from; itself when it is one."""
        return self.quotes or (self,)

    @property
    def json(self) -> dict[str, Any]:
        """As it is kept for approvers, precedents and replays; amounts in minor units beside the one currency."""
        plain = {part.name: getattr(self, part.name) for part in fields(self)}
        amounts = {name: plain[name].minor for name in AMOUNTS}
        return plain | amounts | {
            "currency": self.acv.currency, "clauses": list(self.clauses), "quotes": [one.json for one in self.quotes],
        }

    @classmethod
    def read(cls, content: Mapping[str, Any]) -> "Asked":
        """What `json` wrote."""
        known = dict(content)
        currency = known.pop("currency")
        amounts = {name: Money(known[name], currency) for name in AMOUNTS}
        clauses, quotes = tuple(known["clauses"]), tuple(cls.read(one) for one in known["quotes"])
        return cls(**known | amounts | {"clauses": clauses, "quotes": quotes})


class NotOneRenewal(ValueError):
    """Quotes of different segments are not of one renewal."""


def together(*asked: Asked) -> Asked:
    """Several quotes of one renewal, judged as one.

    What is counted in money is added up. Each quote's discount stays its own, and the largest counts: an average would
    be lowered by a second quote that nobody means to accept.
    Raises: NotOneRenewal, MixedCurrencies; ValueError for no quotes at all.
    Source: mission F1, "two quotes that split one discount are judged as one".
    """
    quotes = tuple(_each(asked))
    if len({quote.segment for quote in quotes}) > 1:
        raise NotOneRenewal("Quotes of one renewal are of one segment.")
    first, worst = quotes[0], max(quotes, key=lambda quote: quote.worst_line)
    none = Money.zero(first.acv.currency)
    return Asked(
        segment=first.segment,
        months=min(quote.months for quote in quotes),
        net_days=max(quote.net_days for quote in quotes),
        acv=sum((quote.acv for quote in quotes), none),
        total=sum((quote.total for quote in quotes), none),
        expansion=sum((quote.expansion for quote in quotes), none),
        effective=max(quote.effective for quote in quotes),
        earned=min(quote.earned for quote in quotes),
        worst_line=worst.worst_line,
        worst_product=worst.worst_product,
        expansion_bps=max(quote.expansion_bps for quote in quotes),
        clauses=tuple(sorted({clause for quote in quotes for clause in quote.clauses})),
        worth_less=any(quote.worth_less for quote in quotes),
        quotes=quotes if len(quotes) > 1 else (),
    )


def _each(asked: tuple[Asked, ...]) -> Iterator[Asked]:
    if not asked:
        raise ValueError("There is no quote to judge.")
    for one in asked:
        yield from one.each
