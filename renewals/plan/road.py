"""Road: what is ahead of one renewal under one version of the playbook: milestones, messages, tasks."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from renewals.plan.catalogue import Catalogue, Pattern
from renewals.plan.milestone import MilestoneState
from renewals.plan.opening import place_of
from renewals.plan.profile import Profile
from renewals.plan.rule import ActionKind, key_of, rules
from renewals.plan.schedule import rungs

SILENT = frozenset(
    {ActionKind.OPEN_TASKS, ActionKind.READINESS, ActionKind.PRELIMINARY_TERMS, ActionKind.CLOSE, ActionKind.RETRY}
)
"""What the machine does without writing to anybody."""


class Mark(NamedTuple):
    """A milestone as it stands. Units: `days` before the renewal date; `due_at` the moment it comes."""

    renewal_id: UUID
    key: str
    days: int
    due_at: datetime
    quiet: bool
    by_hand: bool
    state: MilestoneState

    @property
    def is_loud(self) -> bool:
        return not self.quiet and self.state is MilestoneState.PLANNED


@dataclass(frozen=True, slots=True)
class Book:
    """One version of both policies, read once for each profile. `otherwise` are the tasks that differ from before."""

    plan: Mapping[str, Any]
    catalogue: Catalogue
    otherwise: frozenset[str] = frozenset()
    _letters: dict[Profile, dict[str, list[ActionKind]]] = field(default_factory=dict)
    _work: dict[Profile, list[tuple[Pattern, str]]] = field(default_factory=dict)

    def letters(self, profile: Profile) -> Mapping[str, Sequence[ActionKind]]:
        """Milestone -> what is written at it."""
        if profile not in self._letters:
            found = self._letters[profile] = {}
            for rule in rules(self.plan):
                for key in rule.keys if rule.suits(profile) and rule.kind not in SILENT else ():
                    found.setdefault(key, []).append(rule.kind)
        return self._letters[profile]

    def work(self, profile: Profile) -> Sequence[tuple[Pattern, str]]:
        """Every task such a renewal is given, and the milestone where it opens."""
        if profile not in self._work:
            loud = rungs(profile, self.plan["plans"])
            self._work[profile] = [
                (pattern, key_of(place_of(pattern.at, loud))) for pattern in self.catalogue.patterns_for(
                    profile.segment, profile.touch, profile.health, profile.strategic
                )
            ]
        return self._work[profile]


@dataclass(frozen=True, slots=True)
class Road:
    """What is ahead of one renewal under one version: its milestones that have not happened, by key."""

    profile: Profile
    marks: Mapping[str, Mark]
    book: Book
    opened: frozenset[str]

    def letters(self, until: datetime) -> Counter[tuple[ActionKind, datetime]]:
        kinds = self.book.letters(self.profile)
        near = [mark for mark in self.marks.values() if mark.due_at <= until]
        return Counter((kind, mark.due_at) for mark in near for kind in kinds.get(mark.key, ()))

    def tasks(self) -> dict[str, tuple[Pattern, str]]:
        """Pattern -> the task, and the milestone that will open it."""
        return {
            pattern.key: (pattern, key) for pattern, key in self.book.work(self.profile)
            if key in self.marks and pattern.key not in self.opened
        }
