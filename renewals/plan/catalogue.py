"""placeholder"""
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Pattern:
    key: str
    at: int
    role: str

@dataclass(frozen=True)
class Catalogue:
    patterns: tuple[Pattern, ...]

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> "Catalogue":
        return cls(tuple(Pattern(t["key"], t["at"], t["role"]) for t in content["tasks"]))

    def patterns_for(self, segment: Any, touch: Any, health: Any, strategic: bool) -> tuple[Pattern, ...]:
        return self.patterns
