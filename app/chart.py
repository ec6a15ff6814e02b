"""A picture of numbers: plain geometry that a template writes down as SVG."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate, pairwise

from pricing.trace import Step

HEADROOM = 26
"""Pixels above the highest point, so that the label of the last month is never cut off."""
FOOTROOM = 24
"""Pixels below the base line, for the names of the months."""
LETTERS = 16
"""Pixels a line of words needs."""
FEWEST = 3
"""Months; fewer are too few for a picture."""
FEWEST_SCORES = 2
FULL = 100
"""The highest score there is."""
SPAN = 1000
"""The stretched coordinate system is this wide whatever the page is."""


@dataclass(frozen=True)
class Mark:
    """A place in the picture that carries words. Units: `x` in percent of the width, `y` in pixels."""

    x: str
    y: float
    anchor: str
    value: float
    day: date | None = None


@dataclass(frozen=True)
class Area:
    """Months as a filled line; `limit` is the level they are measured against, and `words_y` where the last month is
    named. Units: pixels down, thousandths of the width across.
    """

    height: int
    base: int
    line: str
    fill: str
    ticks: tuple[Mark, ...]
    names: tuple[Mark, ...]
    end: Mark
    words_y: float
    limit: Mark | None


def area(months: Sequence[tuple[date, float]], limit: float | None = None, height: int = 180) -> Area | None:
    """The picture of a year, or None when there are fewer than three months to draw."""
    if len(months) < FEWEST:
        return None
    base = height - FOOTROOM
    top = max(1, limit or 0, *(value for _, value in months))
    xs = [SPAN * place / (len(months) - 1) for place in range(len(months))]
    ys = [_down(value, top, base) for _, value in months]
    level = None if limit is None else Mark("0", _down(limit, top, base), "start", limit)
    line = "M" + "L".join(f"{x:.1f} {y}" for x, y in zip(xs, ys, strict=True))
    return Area(
        height=height,
        base=base,
        line=line,
        fill=f"{line}L{SPAN} {base}L0 {base}Z",
        ticks=tuple(tick for tick in _ticks(top, base) if not level or abs(tick.y - level.y) > LETTERS),
        names=_names(months, height),
        end=Mark("100%", ys[-1], "end", months[-1][1], months[-1][0]),
        words_y=_clear_of(level, ys[-1] - 11),
        limit=level,
    )


@dataclass(frozen=True)
class Line:
    """Scores of 0 to 100 over time, with the levels that divide them; a day without a score leaves a gap.

    Units: pixels down, thousandths of the width across.
    """

    height: int
    base: int
    path: str
    levels: tuple[Mark, ...]
    names: tuple[Mark, ...]
    end: Mark
    words_y: float


def line(scores: Sequence[tuple[date, int | None]], levels: Sequence[int], height: int = 160) -> Line | None:
    """The picture of a history, earliest first; the last score of a day counts. None when there are fewer than two
    days with a score to draw.
    """
    days = dict(scores)
    known = {day: score for day, score in days.items() if score is not None}
    if len(known) < FEWEST_SCORES:
        return None
    base, first, last = height - FOOTROOM, min(days), max(days)
    across = {day: (day - first).days / (last - first).days for day in days}
    newest = max(known)
    y = _down(known[newest], FULL, base)
    return Line(
        height=height,
        base=base,
        path="".join(_stretch(run, across, base) for run in _runs(days)),
        levels=tuple(Mark("0", _down(level, FULL, base), "start", level) for level in levels),
        names=tuple(
            Mark(f"{100 * across[day]:.2f}%", height - 4, anchor, 0, day)
            for day, anchor in ((first, "start"), (last, "end"))
        ),
        end=Mark(f"{100 * across[newest]:.2f}%", y, "end" if across[newest] > 0.1 else "start", known[newest], newest),
        words_y=y - 11,
    )


def _runs(days: dict[date, int | None]) -> Iterator[list[tuple[date, int]]]:
    """What is drawn in one go: until a day on which nothing was known."""
    run: list[tuple[date, int]] = []
    for day, score in days.items():
        if score is None:
            yield run
            run = []
        else:
            run.append((day, score))
    yield run


def _stretch(run: Sequence[tuple[date, int]], across: dict[date, float], base: int) -> str:
    """One score alone is a dot."""
    places = [f"{SPAN * across[day]:.1f} {_down(score, FULL, base)}" for day, score in run]
    return f"M{'L'.join(places if places[1:] else places * 2)}" if places else ""


def _down(value: float, top: float, base: int) -> float:
    """How far down a value lies."""
    return round(base - (base - HEADROOM) * max(value, 0) / top, 1)


def _clear_of(level: Mark | None, y: float) -> float:
    """Above the level, where the words would otherwise be crossed out by it."""
    return level.y - 7 if level and 0 <= y - level.y < LETTERS else y


def nice_ticks(highest: float, about: int = 3) -> list[float]:
    """At most `about` round values above zero, up to `highest`: 1, 2 or 5 times a power of ten apart."""
    step = _nice_step(max(highest, 1) / about)
    return [step * count for count in range(1, about + 1) if step * count <= highest]


def _nice_step(rough: float) -> float:
    power = 1.0
    while power * 10 <= rough:
        power *= 10
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)


def _ticks(top: float, base: int) -> tuple[Mark, ...]:
    return tuple(Mark("0", _down(value, top, base), "start", value) for value in nice_ticks(top))


def _names(months: Sequence[tuple[date, float]], height: int) -> tuple[Mark, ...]:
    """First, middle and last month: enough to read the year, few enough for a phone."""
    last = len(months) - 1
    places = {0: "start", last // 2: "middle", last: "end"} if last > 2 else {0: "start", last: "end"}
    return tuple(
        Mark(f"{100 * place / last:.2f}%", height - 4, anchor, months[place][1], months[place][0])
        for place, anchor in places.items()
    )


@dataclass(frozen=True)
class Rung:
    """One step of a price and its bar; `product` is its line's, or "". Units: percent of the width."""

    step: Step
    product: str
    x: str
    width: str


def waterfall(whole: Step) -> list[Rung]:
    """Each leaf of a price hanging from the sum before it; the last rung is the whole, from the left edge."""
    leaves = list(_leaves(whole, ""))
    sums = list(accumulate((leaf.amount.minor for leaf, _ in leaves), initial=0))
    widest = max(1, *sums)
    hanging = [
        _rung(leaf, product, min(span), max(span), widest)
        for (leaf, product), span in zip(leaves, pairwise(sums), strict=True)
    ]
    return [*hanging, _rung(whole, "", 0, whole.amount.minor, widest)]


def _leaves(step: Step, product: str) -> Iterator[tuple[Step, str]]:
    product = step.inputs.get("product", product)
    if not step.parts:
        yield step, product
    for part in step.parts:
        yield from _leaves(part, product)


def _rung(step: Step, product: str, start: int, end: int, widest: int) -> Rung:
    """A bar that is never thinner than can be seen."""
    width = max(100 * (end - start) / widest, 0.8)
    return Rung(step, product, f"{min(100 * start / widest, 100 - width):.2f}%", f"{width:.2f}%")
