"""Critical path: steps planned backwards from the last day to decide, and forwards from today. Pure: no database,
no clock."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

Working = Callable[[date], bool]
"""Whether people work on a day."""
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Work:
    """One step. Units: `days` are working days, at least one; `given` is the day somebody said it will be done."""

    key: Hashable
    days: int
    needs: frozenset[Hashable] = frozenset()
    given: date | None = None
    done: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """A step that is not done yet: as it stands (`starts_on` to `ends_on`), and at the latest (`start_by`, `end_by`).

    Units: `slack` is working days between the two ends, less than zero when it would miss.
    """

    work: Work
    starts_on: date
    ends_on: date
    start_by: date
    end_by: date
    slack: int

    @property
    def is_late(self) -> bool:
        return self.slack < 0

    @property
    def is_given_late(self) -> bool:
        """It is the day somebody gave that makes it late."""
        return self.is_late and self.work.given is not None and self.work.given == self.ends_on


@dataclass(frozen=True, slots=True)
class Route:
    """All that is left to do before the last day to decide, in the order given; `path` is the longest way to it."""

    deadline: date
    placed: Mapping[Hashable, Placed]
    path: tuple[Hashable, ...]

    @property
    def ends_on(self) -> date | None:
        """The day everything is done as it stands; None when nothing is left."""
        return max((one.ends_on for one in self.placed.values()), default=None)

    @property
    def misses(self) -> bool:
        return any(one.is_late for one in self.placed.values())

    @property
    def urgent(self) -> Placed | None:
        """What to speak of first: a day that somebody gave too late, else what can begin now and must begin soonest."""
        given = [one for one in self.placed.values() if one.is_given_late]
        ready = [one for one in self.placed.values() if not one.work.needs & self.placed.keys()]
        return min(given or ready, key=lambda one: (one.slack, one.start_by), default=None)


def route(works: Sequence[Work], deadline: date, today: date, is_working: Working) -> Route:
    """Where every step stands between today and the deadline.

    Raises: ValueError when steps wait for each other in a circle.
    Source: `mission.md` L9; the method is the critical path's two passes, forwards and backwards.
    """
    left = {work.key: work for work in works if not work.done}
    order = _order(left)
    now = _forwards(left, order, today, is_working)
    latest = _backwards(left, order, deadline, is_working)
    placed = {
        key: Placed(work, *now[key], *latest[key], between(now[key][1], latest[key][1], is_working))
        for key, work in left.items()
    }
    return Route(deadline, placed, _path(left, now))


def between(first: date, last: date, is_working: Working) -> int:
    """Working days after `first` up to `last`; counted backwards, and less than zero, when `last` comes first."""
    if last < first:
        return -between(last, first, is_working)
    return sum(is_working(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))


def _order(left: Mapping[Hashable, Work]) -> list[Hashable]:
    """Each after what it needs."""
    order: list[Hashable] = []
    while len(order) < len(left):
        ready = [key for key, work in left.items() if key not in order and not work.needs & left.keys() - set(order)]
        if not ready:
            raise ValueError("These steps wait for each other in a circle.")
        order += ready
    return order


def _forwards(
    left: Mapping[Hashable, Work], order: Sequence[Hashable], today: date, is_working: Working
) -> dict[Hashable, tuple[date, date]]:
    """The first and the last day of each, begun as soon as what it needs is done; a day given later holds it."""
    found: dict[Hashable, tuple[date, date]] = {}
    for key in order:
        work = left[key]
        before = max((found[need][1] for need in work.needs if need in found), default=today - A_DAY)
        start = _later(max(before, today - A_DAY), 1, is_working)
        end = _later(start, work.days - 1, is_working)
        if work.given and work.given > end:
            start, end = max(start, _span(work.given, work.days, is_working)), work.given
        found[key] = start, end
    return found


def _backwards(
    left: Mapping[Hashable, Work], order: Sequence[Hashable], deadline: date, is_working: Working
) -> dict[Hashable, tuple[date, date]]:
    """The latest first and last day of each."""
    found: dict[Hashable, tuple[date, date]] = {}
    for key in reversed(order):
        followers = [found[other][0] for other in found if key in left[other].needs]
        end = _sooner(min(followers) - A_DAY if followers else deadline, is_working)
        found[key] = _span(end, left[key].days, is_working), end
    return found


def _path(
    left: Mapping[Hashable, Work], now: Mapping[Hashable, tuple[date, date]]
) -> tuple[Hashable, ...]:
    """From the one that ends last back to what it waited for; one that waits for a given day waits for nothing else."""
    path: list[Hashable] = []
    key = max(now, key=lambda one: now[one][1], default=None)
    while key is not None:
        path.insert(0, key)
        held = left[key].given == now[key][1]
        needs = [need for need in left[key].needs if need in now and not held]
        key = max(needs, key=lambda one: now[one][1], default=None)
    return tuple(path)


def _later(day: date, days: int, is_working: Working) -> date:
    """So many working days after a day."""
    while days > 0:
        day += A_DAY
        days -= is_working(day)
    return day


def _sooner(day: date, is_working: Working) -> date:
    """The day itself, or the last working day before it."""
    while not is_working(day):
        day -= A_DAY
    return day


def _span(end: date, days: int, is_working: Working) -> date:
    """The first of so many working days that end on a day."""
    day = _sooner(end, is_working)
    for _ in range(days - 1):
        day = _sooner(day - A_DAY, is_working)
    return day
