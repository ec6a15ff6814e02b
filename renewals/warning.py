"""Warning: what is wrong with our ties to a customer's people before a renewal. Pure: no database, no clock."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from renewals.segment import Segment
from renewals.stake import BuyingRole, Strength

KEY = frozenset({BuyingRole.CHAMPION, BuyingRole.ECONOMIC_BUYER, BuyingRole.DECISION_MAKER})
"""Whose word the renewal hangs on; that it is these three is ours."""
LIVING = frozenset({Strength.STRONG, Strength.MEDIUM})
THREADS = 2
"""Living relationships that are not a single thread. Source: framework, "Jangan Single-Thread"; the number is ours."""
COLD = timedelta(days=60)
"""No contact for longer is cold. Ours."""
REBUILD_FROM = 90
"""Days before the renewal date. Source: timeline, "Penyiapan Pemetaan Hubungan", T-90."""


class Doubt(StrEnum):
    """Which kind of warning."""

    SINGLE_THREAD = "single_thread"
    WEAK_DECISION_MAKER = "weak_decision_maker"
    NO_DECISION_MAKER = "no_decision_maker"
    COLD = "cold"
    CHAMPION_LEFT = "champion_left"


@dataclass(frozen=True, slots=True)
class Tie:
    """One of their people, as far as a warning needs to know."""

    name: str
    active: bool = True
    parts: Sequence[BuyingRole] = ()
    strength: Strength | None = None
    last_contact_on: date | None = None

    @property
    def is_living(self) -> bool:
        """Somebody who is there, and of whom somebody said that the tie is more than weak."""
        return self.active and self.strength in LIVING

    def plays(self, part: BuyingRole) -> bool:
        return self.active and part in self.parts


@dataclass(frozen=True, slots=True)
class Warned:
    """`names` are the people it is about; `last_contact_on` of the one who is cold, None when no contact is known."""

    doubt: Doubt
    names: tuple[str, ...] = ()
    last_contact_on: date | None = None


def warnings(ties: Sequence[Tie], segment: Segment | None, days_left: int | None, on: date) -> list[Warned]:
    """Everything that is wrong, the most pressing first. `days_left` is None when nothing is to be renewed.

    A small customer may be one buyer: a single thread and an unknown decision maker count from mid-market up.
    Source: framework, "Jangan Single-Thread"; timeline, "Pemetaan Stakeholder", "Penyiapan Pemetaan Hubungan".
    """
    is_large = segment in (Segment.MID_MARKET, Segment.ENTERPRISE)
    found = [*_champion_left(ties), *_decision_maker(ties, is_large=is_large)]
    if is_large and sum(tie.is_living for tie in ties) < THREADS:
        found.append(Warned(Doubt.SINGLE_THREAD, tuple(tie.name for tie in ties if tie.is_living)))
    if days_left is not None and days_left <= REBUILD_FROM:
        found += _cold(ties, on)
    return found


def _champion_left(ties: Sequence[Tie]) -> Iterator[Warned]:
    """As long as nobody has taken their place."""
    left = tuple(tie.name for tie in ties if not tie.active and BuyingRole.CHAMPION in tie.parts)
    if left and not any(tie.plays(BuyingRole.CHAMPION) for tie in ties):
        yield Warned(Doubt.CHAMPION_LEFT, left)


def _decision_maker(ties: Sequence[Tie], *, is_large: bool) -> Iterator[Warned]:
    deciding = [tie for tie in ties if tie.plays(BuyingRole.DECISION_MAKER)]
    weak = tuple(tie.name for tie in deciding if tie.strength is Strength.WEAK)
    if weak:
        yield Warned(Doubt.WEAK_DECISION_MAKER, weak)
    if is_large and not deciding:
        yield Warned(Doubt.NO_DECISION_MAKER)


def _cold(ties: Sequence[Tie], on: date) -> Iterator[Warned]:
    for tie in ties:
        if tie.active and KEY.intersection(tie.parts):
            last = tie.last_contact_on
            if last is None or on - last > COLD:
                yield Warned(Doubt.COLD, (tie.name,), last)
