"""Replaying past quotes against a draft of the matrix shows what it would have changed, before it is published."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from pricing.asked import Asked
from pricing.authority import APPROVERS
from pricing.discount import WHOLE
from pricing.matrix import Matrix, Need
from pricing.money import Money, rounded

Quarter = tuple[int, int]
"""A year, and from 1 to 4."""


@dataclass(frozen=True, slots=True)
class Past:
    """A quote that was decided: what it asked, when, who decided and how long each of them took.

    Of several that were judged together `asked.each` has this one first.
    Units: `price` is what policy asked by itself a year; `decided` names roles with the minutes they took.
    """

    id: str
    asked: Asked
    on: date
    price: Money
    decided: tuple[tuple[str, int], ...] = ()

    @property
    def quarter(self) -> Quarter:
        return self.on.year, (self.on.month + 2) // 3

    @property
    def given(self) -> Money:
        """The discount a year."""
        return self.price - self.asked.each[0].acv


@dataclass(frozen=True, slots=True)
class Side:
    """What one version of the matrix makes of the past quotes.

    `decisions` counts how often each role would be asked, by quarter; of several that may decide the first is asked,
    and nobody twice for one quote. Units: `minutes` of waiting by role, the median of those the role took before times
    its decisions; roles that have decided nothing yet count with the median of all.
    """

    quotes: int
    at_once: int
    decisions: Mapping[str, Mapping[Quarter, int]]
    minutes: Mapping[str, int]

    @property
    def share_at_once(self) -> int:
        """Units: basis points of the quotes that nobody is asked about."""
        return rounded(self.at_once * WHOLE, self.quotes) if self.quotes else 0

    @property
    def bottleneck(self) -> str | None:
        """The role that quotes would wait for the longest in all; None when none would wait."""
        return max(self.minutes, key=lambda role: self.minutes[role], default=None)


@dataclass(frozen=True, slots=True)
class Replayed:
    """`tightened` quotes were approved at once and would not be, `freed` ones the other way round.

    `tightened_margin` and `freed_margin` are the discounts given in them a year, by currency: what somebody would look
    at now, and what nobody would any more. `refused` are those that nobody would have the authority to grant.
    """

    before: Side
    after: Side
    tightened: tuple[str, ...]
    freed: tuple[str, ...]
    refused: tuple[str, ...]
    tightened_margin: Mapping[str, Money]
    freed_margin: Mapping[str, Money]

    @property
    def moved(self) -> tuple[str, ...]:
        """Whose price could have come out otherwise: it would need somebody's consent now, or nobody could give it."""
        return tuple(dict.fromkeys((*self.tightened, *self.refused)))


def replay(before: Matrix, after: Matrix, past: Iterable[Past]) -> Replayed:
    """What the matrix `after` would have done to quotes that were decided. Source: mission L15."""
    quotes = tuple(past)
    old = [before.needs(quote.asked) for quote in quotes]
    new = [after.needs(quote.asked) for quote in quotes]
    pairs = tuple(zip(quotes, old, new, strict=True))
    tightened = tuple(quote for quote, was, now in pairs if now and not was)
    freed = tuple(quote for quote, was, now in pairs if was and not now)
    refused = (quote.id for quote, was, now in pairs if _is_refused(now) and not _is_refused(was))
    pace = _pace(quotes)
    return Replayed(
        _side(quotes, old, pace), _side(quotes, new, pace), _ids(tightened), _ids(freed), tuple(refused),
        _margin(tightened), _margin(freed),
    )


def _side(quotes: tuple[Past, ...], found: list[tuple[Need, ...]], pace: Mapping[str, int]) -> Side:
    counts = Counter(
        (role, quote.quarter) for quote, needs in zip(quotes, found, strict=True) for role in _asked_roles(needs)
    )
    decisions: dict[str, dict[Quarter, int]] = {}
    for (role, quarter), count in sorted(counts.items()):
        decisions.setdefault(role, {})[quarter] = count
    minutes = {role: sum(by_quarter.values()) * pace[role] for role, by_quarter in decisions.items()}
    return Side(len(quotes), sum(not needs for needs in found), decisions, minutes)


def _asked_roles(needs: tuple[Need, ...]) -> set[str]:
    return {need.roles[0] for need in needs if need.roles}


def _is_refused(needs: tuple[Need, ...]) -> bool:
    return any(not need.roles for need in needs)


def _pace(quotes: tuple[Past, ...]) -> dict[str, int]:
    """The median of the minutes that each role took."""
    took: dict[str, list[int]] = {}
    for quote in quotes:
        for role, minutes in quote.decided:
            took.setdefault(role, []).append(minutes)
    usual = _median([minutes for each in took.values() for minutes in each] or [1])
    return {role: _median(took[role]) if role in took else usual for role in APPROVERS}


def _median(values: list[int]) -> int:
    """The lower of the two in the middle."""
    return sorted(values)[(len(values) - 1) // 2]


def _margin(quotes: tuple[Past, ...]) -> dict[str, Money]:
    sums: dict[str, Money] = {}
    for quote in quotes:
        currency = quote.price.currency
        sums[currency] = sums.get(currency, Money.zero(currency)) + quote.given
    return sums


def _ids(quotes: tuple[Past, ...]) -> tuple[str, ...]:
    return tuple(quote.id for quote in quotes)
