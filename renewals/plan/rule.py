"""Rule: one thing the machine does by date, for the renewals it suits."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from renewals.plan.profile import Profile
from renewals.plan.touch import Touch
from renewals.segment import Segment


class ActionKind(StrEnum):
    """What the machine can do when a milestone comes.

    Source: framework, "Automatikkan Peringatan" and the processes of the three segments.
    """

    OPEN_TASKS = "open_tasks"
    TELL_OWNER = "tell_owner"
    REMINDER = "reminder"
    FRIENDLY_LETTER = "friendly_letter"
    RENEWAL_READY = "renewal_ready"
    SUMMARY_NOTICE = "summary_notice"
    FOLLOW_UP = "follow_up"
    FINAL_REMINDER = "final_reminder"
    ESCALATE = "escalate"
    ESCALATE_SILENCE = "escalate_silence"
    INFORM_MANAGER = "inform_manager"
    DAILY_CHECK_IN = "daily_check_in"
    LEGAL_NOTICE = "legal_notice"
    PRELIMINARY_TERMS = "preliminary_terms"
    READINESS = "readiness"
    CLOSE = "close"
    RETRY = "retry"
    THANKS = "thanks"


TO_CUSTOMERS = frozenset(
    {
        ActionKind.REMINDER, ActionKind.FRIENDLY_LETTER, ActionKind.RENEWAL_READY, ActionKind.SUMMARY_NOTICE,
        ActionKind.FOLLOW_UP, ActionKind.FINAL_REMINDER, ActionKind.THANKS,
    }
)
"""Renewal messages: none of them leaves before T-60, and those that are late together are merged into one."""


SIGNED = frozenset({ActionKind.OPEN_TASKS, ActionKind.THANKS})
"""What waits for the signature on the day after: while the renewal is open in its days of grace it is not due."""
NOTICE = "notice"
"""The milestone of the legal notice: its day is counted from the last day to decline, not from the renewal date."""
RECOVERY = "t180"
"""The milestone at which a recovery begins, however late they fell into red."""
AFTER, AFTERWARDS = -1, "after"
"""The day after, and its milestone: what follows the signature."""


def key_of(days: int) -> str:
    """What people call a milestone: `t60`, `after`, or `after3` for a later day. Units: days before renewing."""
    if days < AFTER:
        return f"after{-days}"
    return AFTERWARDS if days < 0 else f"t{days}"


def set_aside(key: str, one: UUID) -> str:
    """What a milestone is called that happened and has a successor: its key with its own id."""
    return f"{key}-{one}"


def days_of(key: str) -> int | None:
    """What `key_of` was given, wherever the milestone was moved; None for the legal notice."""
    if key.startswith(NOTICE):
        return None
    own = key.partition("-")[0]
    return -int(own.removeprefix("after") or 1) if own.startswith("after") else int(own[1:])


@dataclass(frozen=True, slots=True)
class Rule:
    """Units: `at` is days before the renewal date, none for what is done at the notice. `unless_stage` keeps it
    back once the stage is reached. `by_itself` is only for what renews by itself."""

    kind: ActionKind
    at: tuple[int, ...]
    segments: frozenset[str]
    touch: frozenset[str]
    to: tuple[str, ...] = ()
    unless_stage: str = ""
    always: bool = False
    by_itself: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """The milestones it belongs to."""
        return tuple(key_of(days) for days in self.at) or (NOTICE,)

    def suits(self, profile: Profile) -> bool:
        return self.covers(profile.segment, profile.touch)

    def covers(self, segment: Segment, touch: Touch) -> bool:
        """An empty set covers everybody."""
        return (not self.segments or segment.value in self.segments) and (not self.touch or touch.value in self.touch)


def rules(policy: Mapping[str, Any]) -> tuple[Rule, ...]:
    """The automation of a `plan` policy, in its order; what a company switched off for everybody is not in it."""
    return tuple(read_rule(written) for written in policy["automation"] if not written.get("off"))


def read_rule(written: Mapping[str, Any]) -> Rule:
    at = () if written["at"] == NOTICE else written["at"]
    return Rule(
        ActionKind(written["kind"]), tuple(at) if isinstance(at, list | tuple) else (at,),
        frozenset(written.get("segments", ())), frozenset(written.get("touch", ())), tuple(written.get("to", ())),
        written.get("unless_stage", ""), bool(written.get("always")),
        bool(written.get("by_itself")),
    )
