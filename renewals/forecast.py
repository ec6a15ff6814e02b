"""Forecast: how likely a renewal is, as a number with its parts, and how much it is at risk."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pricing.reading import Reading
from renewals.health import Health
from renewals.policy import Policy, PolicyKind, shipped
from renewals.renewal import CLOSED, RenewalState, place
from renewals.segment import Segment

Rules = Mapping[str, Any]


class Risk(StrEnum):
    """What a colleague should look at first."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Timeliness(StrEnum):
    """Whether the stage is where it should be so many days before the renewal date."""

    IN_TIME = "in_time"
    LATE = "late"
    OVERDUE = "overdue"

    @classmethod
    def of(cls, stage: RenewalState, segment: Segment | None, days_left: int, rules: Rules) -> "Timeliness":
        """Overdue once the date has passed; late while the stage is behind the one due by now.

        Units: `rules["due"][segment][stage]`: days before the renewal date by which the stage is reached.
        Source: framework, "Automasi mengikut tarikh"; timeline, T-60, T-30 and T-14; SMB's days are ours.
        """
        if stage in CLOSED:
            return cls.IN_TIME
        if days_left < 0:
            return cls.OVERDUE
        due = rules["due"].get(segment.value, {}) if segment else {}
        wanted = [place(RenewalState(name)) for name, days in due.items() if days_left <= days]
        return cls.LATE if place(stage) < max(wanted, default=0) else cls.IN_TIME


@dataclass(frozen=True, slots=True)
class Part:
    """One reason for the number. Units: `points` are percentage points."""

    kind: str
    value: str
    points: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """The parts add up to the probability. Units: percent."""

    probability: int
    risk: Risk
    timeliness: Timeliness
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Doubts:
    """What should have been said by now and was not. `raised`: far from done at T-14, with no blocker named;
    `silent`: yellow, and by T-45 nobody wrote down whether they stay, so that it counts as red."""

    raised: bool = False
    silent: bool = False


NO_DOUBTS = Doubts()
WEIGHTS = {Health.GREEN: 0, Health.YELLOW: 1, Health.UNKNOWN: 1, Health.RED: 2}
DELAYS = {Timeliness.IN_TIME: 0, Timeliness.LATE: 1, Timeliness.OVERDUE: 2}


def forecast(
    stage: RenewalState, health: Health, timeliness: Timeliness, rules: Rules, *, declined: bool = False,
    doubts: Doubts = NO_DOUBTS,
) -> Forecast:
    """A pure function of what is known.

    Source: `forecast` policy; all its numbers are ours.
    """
    if stage in CLOSED:
        sure = 100 if stage is RenewalState.WON else 0
        return Forecast(sure, Risk.LOW, timeliness, (Part("stage", stage.value, sure),))
    known = [
        Part("stage", stage.value, rules["stage"][stage.value]),
        Part("health", health.value, rules["health"][health.value]),
        Part("timeliness", timeliness.value, rules["timeliness"][timeliness.value]),
    ]
    if doubts.silent:
        known.append(Part("silent", "", rules["health"][Health.RED] - rules["health"][health.value]))
    if doubts.raised:
        known.append(Part("raised", "", rules["raised"]))
    raw = sum(part.points for part in known)
    probability = _bounded(min(raw, rules["declined"]) if declined else raw, rules)
    if probability != raw:
        known.append(Part("declined" if declined and raw > probability else "limit", "", probability - raw))
    return Forecast(probability, risk(health, timeliness, declined=declined, doubts=doubts), timeliness, tuple(known))


def risk(health: Health, timeliness: Timeliness, *, declined: bool = False, doubts: Doubts = NO_DOUBTS) -> Risk:
    """The health band and the delay together, and one level more when raised; a customer who said no is always high."""
    weight = WEIGHTS[Health.RED if doubts.silent else health] + DELAYS[timeliness] + doubts.raised
    if declined or weight >= 2:
        return Risk.HIGH
    return Risk.MEDIUM if weight else Risk.LOW


def rules_of(policy: Policy | None) -> Rules:
    """A version that is older than a rule is read with the shipped one."""
    return shipped(PolicyKind.FORECAST) | (policy.content if policy else {})


def check_forecast(content: Any) -> None:
    """Raises: PolicyError, for a policy that would leave a renewal without its number."""
    page = Reading(content, "The forecast policy")
    page.only(*shipped(PolicyKind.FORECAST))
    running = [stage for stage in RenewalState if stage not in CLOSED]
    for part, kinds in (("stage", running), ("health", Health), ("timeliness", Timeliness)):
        page[part].only(*kinds)
        for kind in kinds:
            page[part][kind].count(-100, 100)
    page["due"].only(*Segment)
    for _, due in page["due"].items():
        due.only(*running)
        for _, days in due.items():
            days.count()
    page["raised"].count(-100, 0)
    page["declined"].count(0, 100)
    page["most"].count(page["least"].count(0, 100), 100)


def _bounded(points: int, rules: Rules) -> int:
    bounded: int = max(rules["least"], min(rules["most"], points))
    return bounded
