"""What is foreseen of a price before anything is offered: a figure, or from where to where."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pricing.money import Money
from pricing.quoting import Quoted
from pricing.versus import Agreed, Cause, TermChange, Versus, versus


class Direction(StrEnum):
    """Where a price goes against today."""

    LESS = "less"
    SAME = "same"
    MORE = "more"
    EITHER = "either"


@dataclass(frozen=True, slots=True)
class Foreseen:
    """`quoted` has what policy gives by itself, and nothing more; it is the price where `standing` says that nobody
    has to be asked. Units: `least` and `most` a full first year.
    """

    quoted: Quoted
    standing: bool

    @property
    def months(self) -> int:
        return self.quoted.months

    @property
    def least(self) -> Money:
        return self.quoted.per_year

    @property
    def most(self) -> Money:
        """What policy asks by itself, where the price is not settled yet."""
        return self.least if self.standing else max(self.least, self.quoted.asked_per_year)

    @property
    def is_exact(self) -> bool:
        return self.least == self.most

    @property
    def against_today(self) -> tuple[Money, Money]:
        """How much more (or, below zero, less) a year than today, at least and at most."""
        today = self.quoted.today.per_year
        return self.least - today, self.most - today

    @property
    def direction(self) -> Direction:
        least, most = (money.minor for money in self.against_today)
        if least == most == 0:
            return Direction.SAME
        if least >= 0:
            return Direction.MORE
        return Direction.LESS if most <= 0 else Direction.EITHER

    def holds(self, price: Money) -> bool:
        """Whether a price is what was foreseen."""
        return self.least <= price <= self.most


@dataclass(frozen=True, slots=True)
class Departure:
    """How an offer differs from what was foreseen, and why: the causes add up to the money, to the last unit.

    `rules` are the price policies of both, where they are not the same.
    """

    foreseen: Foreseen
    quoted: Quoted
    causes: tuple[Cause, ...]
    terms: tuple[TermChange, ...]
    rules: tuple[str, str] | None

    @property
    def money(self) -> Money:
        """Units: a year, against the lower end of what was foreseen."""
        return self.quoted.per_year - self.foreseen.least

    @property
    def is_inside(self) -> bool:
        return self.foreseen.holds(self.quoted.per_year)

    @property
    def is_none(self) -> bool:
        return not self.causes and not self.terms


def departure(foreseen: Sequence[Foreseen], quoted: Quoted) -> Departure:
    """Beside what was foreseen for the same length, else for the nearest. Source: mission E9."""
    before = min(foreseen, key=lambda one: (abs(one.months - quoted.months), one.months))
    rules = before.quoted.trace.policy, quoted.trace.policy
    return Departure(
        before, quoted, tuple(_causes(before.quoted, quoted)), _beside(before.quoted, quoted).terms,
        None if rules[0] == rules[1] else rules,
    )


def _causes(before: Quoted, after: Quoted) -> Iterable[Cause]:
    """Each cause against today in the one, less the same in the other; what they pay today may be another by now."""
    moved = after.today.per_year - before.today.per_year
    if moved:
        yield Cause("held", moved)
    earlier = {cause.name: cause.money for cause in _beside(before, before).causes}
    later = {cause.name: cause.money for cause in _beside(before, after).causes}
    zero = Money.zero(after.currency)
    for name in dict.fromkeys((*later, *earlier)):
        if money := later.get(name, zero) - earlier.get(name, zero):
            yield Cause(name, money)


def _beside(before: Quoted, after: Quoted) -> Versus:
    return versus(Agreed.of(before.deal), after)
