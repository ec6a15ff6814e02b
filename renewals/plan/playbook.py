"""Playbook: the plan of one kind of renewal as people read it: each milestone, what the machine does, who does what."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from renewals.health import Health
from renewals.plan.catalogue import Catalogue, Pattern
from renewals.plan.effort import Budget
from renewals.plan.opening import place_of
from renewals.plan.profile import Profile
from renewals.plan.rule import ActionKind, Rule, key_of, rules
from renewals.plan.schedule import quiet_days, rungs, said_of
from renewals.plan.touch import Touch
from renewals.segment import Segment

USUAL = {Segment.ENTERPRISE: Touch.NEGOTIATED, Segment.MID_MARKET: Touch.NEGOTIATED, Segment.SMB: Touch.ASSISTED}
"""How much of each is done by hand, where nothing speaks for another way. Source: the shipped `touch` policy."""
BANDS = (Health.GREEN, Health.YELLOW, Health.RED)


@dataclass(frozen=True, slots=True)
class Place:
    """One milestone. Quiet ones stand on no line: only the machine does something on them, day after day the same.

    Units: `days` before the renewal date, negative after it; a quiet one goes on until `last`.
    """

    days: int
    last: int
    quiet: bool
    does: Sequence[Rule]
    tasks: Sequence[Pattern]

    @property
    def key(self) -> str:
        return key_of(self.days)

    @property
    def name(self) -> str:
        first = said_of(self.key)
        return first if self.last == self.days else f"{first} to {said_of(key_of(self.last))}"


@dataclass(frozen=True, slots=True)
class Chapter:
    """The plan of one kind of renewal. `by_itself` is done only where the contract renews by itself.

    Units: `minutes` of all its tasks.
    """

    profile: Profile
    places: Sequence[Place]
    by_itself: Sequence[Rule]
    budget: Budget

    @property
    def line(self) -> Sequence[Place]:
        return [place for place in self.places if not place.quiet]

    @property
    def minutes(self) -> int:
        return sum(task.minutes for place in self.places for task in place.tasks)


def kinds_of(plan: Mapping[str, Any]) -> dict[str, tuple[Segment, Touch]]:
    """What plans there are, by the word an address says: one for each segment, and the compact ones."""
    compact = {
        f"{segment.value}-auto": (segment, Touch.AUTO) for segment in Segment if "auto" in plan["plans"][segment.value]
    }
    return {segment.value: (segment, USUAL[segment]) for segment in Segment} | compact


def read(plan: Mapping[str, Any], catalogue: Catalogue, segment: Segment, touch: Touch, health: Health) -> Chapter:
    """As the plan would be drawn; tasks that only strategic accounts get are in it."""
    profile = Profile(segment, health, touch)
    loud = rungs(profile, plan["plans"])
    quiet = quiet_days(profile, plan, by_itself=False) - set(loud)
    mine = [rule for rule in rules(plan) if rule.suits(profile)]
    tasks = _tasks(catalogue, profile)
    places = [
        Place(
            days, days, days in quiet, [rule for rule in mine if days in rule.at and not rule.by_itself],
            [one for one in tasks if place_of(one.at, loud) == days],
        )
        for days in sorted({*loud, *quiet}, reverse=True)
    ]
    alone = [rule for rule in mine if rule.by_itself or rule.kind is ActionKind.LEGAL_NOTICE]
    return Chapter(profile, _folded(places), alone, Budget.of(segment, plan))


def _folded(places: Iterable[Place]) -> list[Place]:
    """Quiet days that follow each other and do the same are one."""
    found: list[Place] = []
    for place in places:
        before = found[-1] if found else None
        if before and before.quiet and place.quiet and (before.does, before.last) == (place.does, place.days + 1):
            found[-1] = replace(before, last=place.days)
        else:
            found.append(place)
    return found


def _tasks(catalogue: Catalogue, profile: Profile) -> list[Pattern]:
    """In the order of the table."""
    found = {
        one.key: one for strategic in (False, True)
        for one in catalogue.patterns_for(profile.segment, profile.touch, profile.health, strategic)
    }
    return [found[one.key] for one in catalogue.patterns if one.key in found]
