"""Effort: the minutes a renewal is given, planned against booked."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from renewals.plan.catalogue import Catalogue, Phase
from renewals.plan.profile import Profile
from renewals.plan.task import Task, TaskState
from renewals.policy import PolicyKind, shipped
from renewals.segment import Segment


class Verdict(StrEnum):
    """Whether what was booked is inside the budget."""

    INSIDE = "inside"
    NEAR = "near"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Budget:
    """What a renewal of this segment should take.

    Units: minutes; `flagged_from` is the first that is too many; `warned_at` in percent of `most`.
    Source: framework: "Peruntukkan 15-25 jam masa team" for enterprise, "5-10 jam" for mid-market, "1-3 jam maksimum"
    for SMB and "tiga jam setiap renewal SMB, anda melakukannya dengan salah"; the warning is ours.
    """

    least: int
    most: int
    flagged_from: int
    warned_at: int

    @classmethod
    def of(cls, segment: Segment, policy: Mapping[str, Any]) -> "Budget":
        """A version of the `plan` policy that is older than the rule is read with the shipped one."""
        known = policy.get("effort") or shipped(PolicyKind.PLAN)["effort"]
        return cls(**known[segment.value], warned_at=known["warned_at"])

    def verdict(self, booked: int) -> Verdict:
        if booked >= self.flagged_from:
            return Verdict.OVER
        return Verdict.NEAR if booked * 100 >= self.most * self.warned_at else Verdict.INSIDE


@dataclass(frozen=True, slots=True)
class Spent:
    """One phase. Units: minutes."""

    phase: Phase
    planned: int
    booked: int


@dataclass(frozen=True, slots=True)
class Effort:
    """One renewal's time. Units: minutes."""

    budget: Budget
    phases: Sequence[Spent]

    @property
    def planned(self) -> int:
        return sum(one.planned for one in self.phases)

    @property
    def booked(self) -> int:
        return sum(one.booked for one in self.phases)

    @property
    def verdict(self) -> Verdict:
        return self.budget.verdict(self.booked)

    @classmethod
    def of(
        cls, profile: Profile, tasks: Collection[Task], catalogue: Catalogue, policy: Mapping[str, Any]
    ) -> "Effort":
        """Planned is every task its plan asks for but those that were waived; booked is what people said."""
        waived = {task.pattern for task in tasks}
        waived -= {task.pattern for task in tasks if task.state is not TaskState.WAIVED}
        booked = Counter[str]()
        for task in tasks:
            booked[task.pattern] += task.minutes
        phase_of = {pattern.key: pattern.phase for pattern in catalogue.patterns}
        planned = {
            pattern.key: pattern.minutes
            for pattern in catalogue.patterns_for(profile.segment, profile.touch, profile.health, profile.strategic)
            if pattern.key not in waived
        }
        keys = planned.keys() | {key for key in booked if key in phase_of}
        phases = [
            Spent(
                phase, sum(planned.get(key, 0) for key in keys if phase_of[key] is phase),
                sum(booked.get(key, 0) for key in keys if phase_of[key] is phase),
            )
            for phase in Phase
        ]
        return cls(Budget.of(profile.segment, policy), [one for one in phases if one.planned or one.booked])
