"""Fact: what is known of a renewal when its rules are asked. Pure: no database, no clock."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any, Self

from pricing.money import Money
from renewals.health import Health
from renewals.plan.touch import Touch
from renewals.routing.kind import Opportunity, Relationship
from renewals.segment import Segment

CHOICES: dict[str, type[StrEnum]] = {
    "segment": Segment, "health": Health, "relationship": Relationship, "opportunity": Opportunity, "touch": Touch,
}
"""Facts that are one word of a few; the last two are decided on the way."""

FLAGS = (
    "strategic", "auto_renew", "payment_on_file", "good_standing", "declined", "hopes_for_more", "ahead", "high_volume",
    "layered",
)
NUMBERS = ("score", "seats_used")
AMOUNTS = ("arr",)


@dataclass(frozen=True, slots=True)
class Facts:
    """Units: `arr` is a year; `score` 0 to 100; `seats_used` per hundred seats paid for. None is not known.

    `payment_on_file` is a card that lives until the renewal date, unless they took back that it may be charged by
    itself; `ahead` means that it is talked about before its
    plan begins; `hopes_for_more` that the target is above today's value; `high_volume` that there are many small
    renewals in the quarter; `layered` that several of their people approve, one after another.
    """

    arr: Money
    segment: Segment
    health: Health = Health.UNKNOWN
    score: int | None = None
    relationship: Relationship = Relationship.UNKNOWN
    strategic: bool = False
    auto_renew: bool = False
    payment_on_file: bool = False
    good_standing: bool = True
    declined: bool = False
    seats_used: int | None = None
    hopes_for_more: bool = False
    ahead: bool = False
    high_volume: bool = False
    layered: bool = False
    opportunity: Opportunity | None = None
    touch: Touch | None = None

    def with_(self, **decided: Any) -> Self:
        """The same, knowing what was decided on the way."""
        return replace(self, **decided)

    def written(self) -> dict[str, Any]:
        """As it is kept beside a routing."""
        return {"arr": [self.arr.minor, self.arr.currency]} | {
            each.name: getattr(self, each.name) for each in fields(self) if each.name != "arr"
        }

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Self:
        known: dict[str, Any] = dict(kept) | {"arr": Money(*kept["arr"])}
        for name, kind in CHOICES.items():
            known[name] = kind(known[name]) if known.get(name) is not None else None
        return cls(**known)
