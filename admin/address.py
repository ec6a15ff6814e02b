"""Address: where a list stands: its filters, order and page, as they are written behind the question mark."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from math import ceil
from typing import TypeVar
from urllib.parse import urlencode

Kind = TypeVar("Kind", bound=StrEnum)

FURTHEST = 10_000
"""Pages; nobody pages further, and no offset overflows."""


@dataclass(frozen=True, slots=True)
class Address:
    """What cannot be understood counts as not said: an old link still leads to a list."""

    path: str
    said: Mapping[str, str]
    names: tuple[str, ...]

    def word(self, name: str) -> str:
        return self.said.get(name, "").strip()[:200]

    def choice(self, name: str, kind: type[Kind]) -> Kind | None:
        word = self.word(name)
        return kind(word) if word in {member.value for member in kind} else None

    def number(self, name: str) -> int | None:
        word = self.word(name)
        return int(word) if word.isascii() and word.isdigit() and len(word) < 19 else None

    def day(self, name: str) -> date | None:
        try:
            return date.fromisoformat(self.word(name))
        except ValueError:
            return None

    @property
    def page(self) -> int:
        return min(max(self.number("page") or 1, 1), FURTHEST)

    def order(self, known: tuple[str, ...], default: str) -> tuple[str, bool]:
        """A column and whether it falls: `sort=-value` is the largest first."""
        word = self.word("sort")
        name = word.removeprefix("-")
        return (name, word.startswith("-")) if name in known else (default, False)

    @property
    def is_filtered(self) -> bool:
        return any(self.word(name) for name in self.names if name not in ("sort", "page"))

    def to(self, **changes: object) -> str:
        """The same list with something else; a change of anything but the page begins at the first."""
        kept = {name: self.word(name) for name in self.names}
        if set(changes) != {"page"}:
            kept.pop("page", None)
        words = {name: str(word) for name, word in (kept | changes).items() if word}
        return f"{self.path}?{urlencode(words)}" if words else self.path


@dataclass(frozen=True, slots=True)
class Pages:
    """Which rows of how many are shown. Units: `first` and `last` count rows from 1."""

    number: int
    total: int
    size: int
    first: int = field(init=False)
    last: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "first", (self.number - 1) * self.size + 1)
        object.__setattr__(self, "last", min(self.number * self.size, self.total))

    @property
    def count(self) -> int:
        return max(1, ceil(self.total / self.size))
