"""Authority is how far each role may go: a table with one row for every role, segment and length of term."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product as every
from typing import Any

from pricing.discount import WHOLE
from pricing.reading import Reading

POLICY = "policy"
"""The floor: what needs nobody."""

ROLES: Mapping[str, str] = {
    POLICY: "policy",
    "csm": "a CSM",
    "specialist": "a renewal specialist",
    "ae": "an account executive",
    "finance": "finance",
    "legal": "legal",
    "product": "product",
    "manager": "a manager",
    "executive": "an executive",
}
"""Who may be given authority, as sentences name them. Among equals the first is named first."""

APPROVERS = tuple(role for role in ROLES if role != POLICY)

SEGMENTS: Mapping[str, str] = {"enterprise": "enterprise", "mid-market": "mid-market", "smb": "SMB"}

FIGURES = ("discount", "line", "net_days")
"""What a row limits."""

Cell = tuple[str, str, int | None]
"""A role, a segment, and the most months of a term; None has no end."""


@dataclass(frozen=True, slots=True)
class Row:
    """What one role may grant in one segment for terms up to so many months, beyond those of the row before.

    `earned`, which only policy's own rows have, is how far levers may bring a price by themselves.
    Units: `discount`, `line` (of the worst line) and `earned` in basis points, `net_days` in days.
    """

    role: str
    segment: str
    up_to: int | None
    discount: int
    line: int
    net_days: int
    earned: int = 0

    @property
    def cell(self) -> Cell:
        return self.role, self.segment, self.up_to

    @property
    def content(self) -> dict[str, Any]:
        earned = {"earned": self.earned} if self.role == POLICY else {}
        return {
            "role": self.role, "segment": self.segment, "up_to": self.up_to, "discount": self.discount, **earned,
            "line": self.line, "net_days": self.net_days,
        }

    @classmethod
    def parse(cls, content: Reading, bands: tuple[int | None, ...]) -> "Row":
        role = content["role"].one_of(*ROLES)
        earns = ("earned",) if role == POLICY else ()
        content.only("role", "segment", "up_to", "discount", "line", "net_days", *earns)
        up_to = content["up_to"].value
        if up_to not in bands or (up_to is not None and type(up_to) is not int):
            raise content["up_to"].refused(f"is not one of {', '.join(map(str, bands[:-1]))} or null")
        return cls(
            role, content["segment"].one_of(*SEGMENTS), up_to,
            content["discount"].count(0, WHOLE), content["line"].count(0, WHOLE), content["net_days"].count(),
            content["earned"].count(0, WHOLE) if earns else 0,
        )


@dataclass(frozen=True, slots=True)
class Line:
    """Roles that may grant the same in one segment, whatever the length of the term: one row by length."""

    roles: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def is_bare(self) -> bool:
        """They grant no discount and no payment days."""
        return not any(row.discount or row.line or row.net_days or row.earned for row in self.rows)


@dataclass(frozen=True, slots=True)
class Rung:
    """The roles that share one limit, and in `deciders` they and all whose limit is higher, the lowest first."""

    limit: int
    roles: tuple[str, ...]
    deciders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """The authority of everybody over one segment and length of term.

    `floor` is policy's own row; `rungs` are the others' limits by the name of the figure, rising.
    """

    floor: Row
    rungs: Mapping[str, tuple[Rung, ...]]

    def deciders(self, figure: str, asked: int) -> tuple[str, ...]:
        """Who may grant so much, the lowest authority first."""
        return next((rung.deciders for rung in self.rungs[figure] if rung.limit >= asked), ())

    def lowest(self, figure: str, deciders: tuple[str, ...]) -> tuple[str, ...]:
        """Those among them with the lowest limit; the first of them has it."""
        found = next((rung for rung in self.rungs[figure] if deciders and deciders[0] in rung.roles), None)
        return tuple(role for role in found.roles if role in deciders) if found else ()

    def short(self, figure: str, asked: int) -> Rung | None:
        """The highest rung that is not enough."""
        return next((rung for rung in reversed(self.rungs[figure]) if rung.limit < asked), None)


@dataclass(frozen=True, slots=True)
class Authority:
    """`bands` are the most months of each length of term, rising; the last is None, for all longer ones."""

    bands: tuple[int | None, ...]
    rows: tuple[Row, ...]
    columns: Mapping[tuple[str, int | None], Column]

    @classmethod
    def parse(cls, bands: Reading, rows: Reading) -> "Authority":
        """Raises: PolicyError that names the cell which has no row, or two."""
        known = _bands(bands)
        found: dict[Cell, Row] = {}
        for content in rows.each():
            row = Row.parse(content, known)
            if row.cell in found:
                raise rows.refused(f"has two rows for {told(row.cell, known)}")
            found[row.cell] = row
        for cell in every(ROLES, SEGMENTS, known):
            if cell not in found:
                raise rows.refused(f"has no row for {told(cell, known)}")
        ordered = tuple(found[cell] for cell in every(ROLES, SEGMENTS, known))
        return cls(known, ordered, dict(_columns(ordered)))

    def lines(self, segment: str) -> tuple[Line, ...]:
        """Policy's own first; roles that may grant the same stand together, at the first of them."""
        found: dict[tuple[Any, ...], list[str]] = {}
        rows = {(row.role, row.up_to): row for row in self.rows if row.segment == segment}
        for role in ROLES:
            limits = [(row.discount, row.line, row.net_days) for row in (rows[role, band] for band in self.bands)]
            found.setdefault((role == POLICY, *limits), []).append(role)
        return tuple(
            Line(tuple(roles), tuple(rows[roles[0], band] for band in self.bands)) for roles in found.values()
        )

    def over(self, segment: str, months: int) -> Column:
        """Raises: KeyError for a segment nobody knows."""
        band = next(up_to for up_to in self.bands if up_to is None or months <= up_to)
        return self.columns[segment, band]


def _bands(content: Reading) -> tuple[int | None, ...]:
    least, bands = 1, []
    for band in content.each():
        bands.append(band.count(least))
        least = bands[-1] + 1
    return (*bands, None)


def _columns(rows: Iterable[Row]) -> Iterator[tuple[tuple[str, int | None], Column]]:
    beside: dict[tuple[str, int | None], list[Row]] = {}
    for row in rows:
        beside.setdefault((row.segment, row.up_to), []).append(row)
    for place, (floor, *others) in beside.items():
        yield place, Column(floor, {figure: _rungs(others, figure) for figure in FIGURES})


def _rungs(rows: Iterable[Row], figure: str) -> tuple[Rung, ...]:
    """Among equals the order of `ROLES` stays."""
    limits = {row.role: int(getattr(row, figure)) for row in rows}
    rising = sorted(limits, key=lambda role: limits[role])
    return tuple(
        Rung(
            limit,
            tuple(role for role in rising if limits[role] == limit),
            tuple(role for role in rising if limits[role] >= limit),
        )
        for limit in sorted(set(limits.values()))
    )


def span(up_to: int | None, bands: tuple[int | None, ...]) -> str:
    """A length of term as people say it: `13 to 24 months`."""
    below = [band for band in bands[:-1] if band is not None and (up_to is None or band < up_to)]
    if up_to is None:
        return f"more than {below[-1]} months" if below else "any number of months"
    return f"{below[-1] + 1} to {up_to} months" if below else f"up to {up_to} months"


def told(cell: Cell, bands: tuple[int | None, ...]) -> str:
    role, segment, up_to = cell
    return f"{ROLES[role]}, {SEGMENTS[segment]}, {span(up_to, bands)}"


def percent(bps: int) -> str:
    """`18.0 %`, `18.25 %`: as exact as basis points are."""
    whole, part = divmod(bps, 100)
    return f"{whole}.{part:02} %" if part % 10 else f"{whole}.{part // 10} %"
