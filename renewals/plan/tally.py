"""Tally: how many open renewals something would happen to, and to which."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from renewals.renewal import Renewal

EXAMPLES = 20
MORE, FEWER, ELSEWHERE, OTHERWISE = "more", "fewer", "elsewhere", "otherwise"
"""Something comes that did not, comes no longer, comes on another day, or comes otherwise."""


@dataclass(slots=True)
class Tally:
    """One kind of change. `many` counts what changes, `renewals` those it happens to: key -> whose."""

    name: str
    words: str
    what: str
    many: int = 0
    renewals: dict[UUID, str] = field(default_factory=dict)

    @property
    def examples(self) -> Sequence[tuple[UUID, str]]:
        return list(self.renewals.items())[:EXAMPLES]


@dataclass(slots=True)
class Tallies:
    """Changes of one sort. `names` are all they can be about, in their order, with what people call each."""

    names: Mapping[str, str]
    by_name: dict[tuple[str, str], Tally] = field(default_factory=dict)

    def count(self, name: str, what: str, renewal: Renewal, many: int = 1) -> None:
        tally = self.by_name.setdefault((name, what), Tally(name, self.names[name], what))
        tally.many += many
        tally.renewals[renewal.id] = renewal.account.name

    def number(self, name: str, what: str) -> int:
        return self.by_name[name, what].many if (name, what) in self.by_name else 0

    @property
    def rows(self) -> Sequence[Tally]:
        return [
            self.by_name[name, what] for name in self.names for what in (MORE, FEWER, ELSEWHERE, OTHERWISE)
            if (name, what) in self.by_name
        ]
