"""A reading is a value from a policy's JSON together with its place, so that a refusal can say where."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from pricing.money import Money

MOST = 10**15
"""What a count is at most where nothing less is said: beyond any sum or number of days that is meant, and small enough
for every column it is compared with."""


class PolicyError(ValueError):
    """A policy that can not be used, with the place and what is wanted there.

    `place` and `why` say the same apart, where there is one place: `draft.clauses.roles`, `is not a list`.
    """

    def __init__(self, sentence: str, place: str = "", why: str = "") -> None:
        super().__init__(sentence)
        self.place, self.why = place, why


@dataclass(frozen=True, slots=True)
class Reading:
    value: Any
    place: str

    def __getitem__(self, key: str) -> "Reading":
        if key not in self._object():
            raise self.refused(f"has no {key!r}")
        return Reading(self.value[key], f"{self.place}.{key}")

    def get(self, key: str) -> "Reading | None":
        return self[key] if self._object().get(key) is not None else None

    def items(self) -> Iterator[tuple[str, "Reading"]]:
        for key in self._object():
            yield key, self[key]

    def pair(self) -> "tuple[Reading, Reading]":
        values = tuple(self.each())
        if len(values) != 2:
            raise self.refused("is not a list of two")
        return values[0], values[1]

    def each(self) -> Iterator["Reading"]:
        if not isinstance(self.value, list):
            raise self.refused("is not a list")
        for number, value in enumerate(self.value):
            yield Reading(value, f"{self.place}[{number}]")

    def only(self, *known: str) -> None:
        """Refuses a key nobody would read: a misspelt rule must not be silently ignored."""
        if unknown := sorted(set(self._object()) - set(known)):
            raise self.refused(f"has keys Kekal does not know: {', '.join(unknown)}")

    def text(self) -> str:
        if not isinstance(self.value, str) or not self.value:
            raise self.refused("is not a text")
        return self.value

    def one_of(self, *choices: str) -> str:
        if self.value not in choices:
            raise self.refused(f"is {self.value!r}, not one of {', '.join(choices)}")
        return str(self.value)

    def names(self, *choices: str) -> tuple[str, ...]:
        return tuple(name.one_of(*choices) if choices else name.text() for name in self.each())

    def count(self, least: int = 0, most: int = MOST) -> int:
        if type(self.value) is not int or not least <= self.value <= most:
            span = f"from {least} to {most}" if most < MOST else f"of at least {least}, and no more than {MOST}"
            raise self.refused(f"is {self.value!r}, not a whole number {span}")
        return self.value

    def rate(self) -> int:
        """A rate with the range it must lie in, written `{"bps": 500, "within": [300, 1000]}`."""
        self.only("bps", "within")
        return self["bps"].count(*self.span())

    def span(self) -> tuple[int, int]:
        """The range of such a rate."""
        least, most = self["within"].pair()
        return least.count(), most.count()

    def money(self, currency: str) -> Money:
        try:
            return Money.parse(self.text(), currency)
        except ValueError as problem:
            raise self.refused(f"is not a price: {problem}") from problem

    def day(self) -> date:
        try:
            return date.fromisoformat(self.text())
        except ValueError as problem:
            raise self.refused("is not a day such as 2026-09-30") from problem

    def yes(self) -> bool:
        if type(self.value) is not bool:
            raise self.refused(f"is {self.value!r}, not true or false")
        return self.value

    def refused(self, why: str) -> PolicyError:
        return PolicyError(f"{self.place} {why}.", self.place, why)

    def _object(self) -> dict[str, Any]:
        if not isinstance(self.value, dict):
            raise self.refused("is not an object")
        return self.value
