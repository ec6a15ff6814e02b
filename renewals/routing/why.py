"""Why: what a renewal's page says about how it runs: each part with its rule, the facts it asked for, and decisions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from renewals.person import Person
from renewals.policy import Policy
from renewals.renewal import Renewal
from renewals.routing.decision import BY_RULES
from renewals.routing.kind import Part
from renewals.routing.ownership import Ownership, OwnershipPolicy
from renewals.routing.routing import Routing
from renewals.running import who_may_own
from renewals.segment import Segment


@dataclass(frozen=True, slots=True)
class Decided:
    """What a person said of a part instead of its rule. `by` is None for what came with the book; `against` what sets
    it aside for now."""

    reason: str
    by: str | None
    at: datetime | None
    ruled: str
    against: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """One part as it is said. `because` holds each fact the rule asked for and what it was."""

    part: Part
    value: str
    words: str
    says: str
    because: Mapping[str, Any]
    decided: Decided | None
    choices: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Why:
    """Everything for the block; `ownership` is None when the policy has no such rule any more."""

    routing: Routing
    parts: Sequence[Told]
    ownership: Ownership | None

    @classmethod
    def of(cls, session: Session, renewal: Renewal) -> "Why | None":
        """None before Kekal has looked at a renewal."""
        routing = Routing.of(session, renewal.id)
        if routing is None:
            return None
        names = _names(session, routing)
        parts = [_segment(routing, renewal), *(_ruled(routing, part, names) for part in BY_RULES)]
        owner = _owner(session, routing, renewal, names)
        cited = next(name for name in routing.policy.split() if name.startswith("ownership@"))
        ownership = OwnershipPolicy(Policy.named(session, cited).content).named(routing.owner_rule)
        return cls(routing, [*parts, owner], ownership)


def _names(session: Session, routing: Routing) -> dict[str, str]:
    keys = {said["by"] for said in routing.decided.values() if said["by"]}
    return {key: person.name for key in keys if (person := session.get(Person, UUID(key)))}


def _segment(routing: Routing, renewal: Renewal) -> Told:
    reason = routing.reasons[Part.SEGMENT.value]
    by_value = Segment(reason["value"]).label if reason["value"] else "no segment"
    override = renewal.segment_override
    decided = Decided(renewal.segment_reason or "", None, None, by_value) if override else None
    shown = override or routing.segment
    return Told(Part.SEGMENT, shown.value, shown.label, reason["says"], reason["because"], decided, ())


def _ruled(routing: Routing, part: Part, names: Mapping[str, str]) -> Told:
    reason = routing.reasons[part.value]
    kind = BY_RULES[part]
    value = kind(getattr(routing, part.value))
    return Told(
        part, value.value, label(value), reason["says"], reason["because"],
        _decided(routing, part, label(kind(reason["value"])), names), [(each.value, label(each)) for each in kind],
    )


def _owner(session: Session, routing: Routing, renewal: Renewal, names: Mapping[str, str]) -> Told:
    reason, owner = routing.reasons[Part.OWNER.value], renewal.owner
    choices = [(str(person.id), person.name) for person in who_may_own(session)]
    return Told(
        Part.OWNER, str(owner.id) if owner else "", owner.name if owner else "Nobody", reason["says"],
        reason["because"], _decided(routing, Part.OWNER, reason["value"], names), choices,
    )


def _decided(routing: Routing, part: Part, ruled: str, names: Mapping[str, str]) -> Decided | None:
    said = routing.decided.get(part.value)
    if said is None:
        return None
    against = routing.reasons[part.value].get("against", "")
    return Decided(said["reason"], names.get(said["by"] or ""), datetime.fromisoformat(said["at"]), ruled, against)


def label(value: Any) -> str:
    return str(value.label)
