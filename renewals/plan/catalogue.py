"""Task catalogue: what people do before, at and after a renewal date, as the playbooks have it or a company changed it.

The policy `tasks` is the table; this reads it. Nothing here knows a renewal, a database or a day.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from pricing.reading import PolicyError, Reading
from renewals.errors import Malformed, NotFound
from renewals.health import Health
from renewals.person import STAFF_ROLES
from renewals.plan.field import LONGEST_TEXT, UNWRITABLE, Field, FieldKind, Question, Words
from renewals.segment import Segment

OWNER = "owner"
"""Whoever owns the renewal, of whatever role; not the customer's role of the same name."""

ROLES = (OWNER, *(role.value for role in STAFF_ROLES))
TOUCHES = ("auto", "assisted", "negotiated")
BANDS = (Health.GREEN, Health.YELLOW, Health.RED)
PROPOSAL = "proposal_sent"
HOLDS = (PROPOSAL, "contract_sent", "closed_won")
"""What a task comes before. Only a proposal is held back by it: contract and close follow from what the customer does,
and nobody's open task keeps their yes or their money waiting."""

PRESENTATION = "proposal_presentation"
LEAVES_BEHIND: Mapping[str, tuple[str, ...]] = {
    PRESENTATION: ("held_on", "there", "next_step", "next_by", "next_on"),
}
"""What a task is not done without, whatever a company asks besides. Source: timeline, "Pembentangan Proposal"."""

SOURCES = ("T", "S", "K")
"""The timeline playbook, the strategy framework, and what is neither's: ours or the company's own."""

EARLIEST, LATEST = 365, -90
"""Units: days before the renewal date; negative is after it."""

MOST_MINUTES = 40 * 60
_KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")


class Phase(StrEnum):
    """Where in the work a task belongs. Source: timeline, its headings from T-120 to Post-Renewal."""

    RECOVERY = "recovery"
    READINESS = "readiness"
    KICKOFF = "kickoff"
    ENGAGEMENT = "engagement"
    PROPOSAL = "proposal"
    PRESENTATION = "presentation"
    FINALISING = "finalising"
    CLOSING = "closing"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Pattern:
    """One task as it is planned for every renewal it suits.

    Units: `at` days before the renewal date, negative after it; `minutes` of the whole team together, and
    `minutes_in` where a segment takes another time. `line` is the line of the playbook, `quote` its words where
    the task has no heading of its own. `strategic` is None when it makes no difference. `off` says why a company
    does without it; it opens no more, and stays in the table.
    """

    key: str
    source: str
    heading: str
    quote: str
    line: int | None
    at: int
    phase: Phase
    segments: tuple[Segment, ...]
    touches: tuple[str, ...]
    healths: tuple[Health, ...]
    strategic: bool | None
    role: str
    participants: tuple[str, ...]
    participants_if_strategic: tuple[str, ...]
    title: Words
    purpose: Words
    checklist: tuple[Question, ...]
    outcome: tuple[Field, ...]
    minutes: int
    minutes_in: Mapping[Segment, int]
    blocks: str | None
    off: str = ""

    @property
    def amounts(self) -> list[Field]:
        """The answers that are money."""
        return [field for field in self.outcome if field.kind is FieldKind.MONEY]

    def suits(self, segment: Segment, touch: str, health: Health, strategic: bool) -> bool:
        """An unknown health is met with yellow's work: it is never as good as green."""
        band = Health.YELLOW if health is Health.UNKNOWN else health
        return (
            segment in self.segments and touch in self.touches and band in self.healths
            and self.strategic in (None, strategic)
        )

    def served(self, segment: Segment) -> "Pattern":
        """The same task with the minutes this segment is given."""
        return replace(self, minutes=self.minutes_in.get(segment, self.minutes))

    def team(self, strategic: bool) -> tuple[str, ...]:
        """The roles beside the one that does it, each once."""
        more = self.participants_if_strategic if strategic else ()
        return tuple(dict.fromkeys((*self.participants, *more)))


@dataclass(frozen=True, slots=True)
class Catalogue:
    """In the order of the table."""

    patterns: tuple[Pattern, ...]

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> "Catalogue":
        """Raises: Malformed with a sentence that names the task and the place."""
        try:
            page = Reading(dict(content), "The task policy")
            page.only("tasks")
            patterns = tuple(_pattern(_named(one)) for one in page["tasks"].each())
            _each_once((pattern.key for pattern in patterns), page["tasks"])
            _must_leave_behind(patterns, page["tasks"])
        except PolicyError as no:
            raise Malformed(str(no)) from no
        return cls(patterns)

    def patterns_for(
        self, segment: Segment, touch: str, health: Health, strategic: bool = False
    ) -> tuple[Pattern, ...]:
        """What people do for such a renewal, each with this segment's minutes."""
        return tuple(
            pattern.served(segment) for pattern in self.patterns
            if not pattern.off and pattern.suits(segment, touch, health, strategic)
        )

    def pattern(self, key: str) -> Pattern:
        """Raises: NotFound, as for a task that a company took out."""
        found = next((pattern for pattern in self.patterns if pattern.key == key), None)
        if found is None:
            raise NotFound(f"The task policy knows no {key!r}.")
        return found


def check_outcome(pattern: Pattern, values: Mapping[str, object]) -> dict[str, Any]:
    """The answers as JSON keeps them: dates as text, money as minor units and currency; nothing for what was left open.

    Checking what was checked changes nothing. Raises: Malformed naming the field.
    """
    for key in values:
        if key not in {field.key for field in pattern.outcome}:
            raise Malformed(f"“{pattern.title.en}” asks for no {key!r}.", key)
    read = {field.key: field.read(values.get(field.key)) for field in pattern.outcome}
    return {key: value for key, value in read.items() if value is not None}


# How the table is read

PARTS = (
    "key", "source", "heading", "quote", "line", "at", "phase", "for", "role", "participants",
    "participants_if_strategic", "title", "purpose", "checklist", "outcome", "minutes", "minutes_in", "blocks",
    "off",
)


def _named(given: Reading) -> Reading:
    """The same with its key for its place, so that a refusal names the task and not its number."""
    return Reading(given.value, f"Task {_key(given['key'])}")


def _pattern(given: Reading) -> Pattern:
    given.only(*PARTS)
    whom = given["for"]
    whom.only("segments", "touch", "health", "strategic")
    more, line, blocks = given.get("participants_if_strategic"), given.get("line"), given.get("blocks")
    return Pattern(
        key=_key(given["key"]), source=given["source"].one_of(*SOURCES), heading=_optional(given, "heading"),
        quote=_optional(given, "quote"), line=line.count(1) if line else None,
        at=given["at"].count(LATEST, EARLIEST), phase=Phase(given["phase"].one_of(*Phase)),
        segments=tuple(Segment(name) for name in _some(whom["segments"], *Segment)),
        touches=_some(whom["touch"], *TOUCHES),
        healths=tuple(Health(name) for name in _some(whom["health"], *BANDS)), strategic=_strategic(whom),
        role=given["role"].one_of(*ROLES), participants=given["participants"].names(*ROLES),
        participants_if_strategic=more.names(*ROLES) if more else (),
        title=_words(given["title"]), purpose=_words(given["purpose"]),
        checklist=_questions(given["checklist"]), outcome=_fields(given["outcome"]),
        minutes=given["minutes"].count(1, MOST_MINUTES), minutes_in=_minutes_in(given),
        blocks=blocks.one_of(*HOLDS) if blocks else None, off=_optional(given, "off"),
    )


def _key(given: Reading) -> str:
    if not isinstance(given.value, str) or not _KEY.fullmatch(given.value):
        raise given.refused(f"is {given.value!r}; a key is written like account_review")
    return given.value


def _optional(given: Reading, name: str) -> str:
    found = given.get(name)
    return found.text() if found else ""


def _some(given: Reading, *choices: str) -> tuple[str, ...]:
    names = given.names(*choices)
    if not names:
        raise given.refused("is empty; such a task would be nobody's")
    return names


def _strategic(whom: Reading) -> bool | None:
    found = whom.get("strategic")
    if found is None or isinstance(found.value, bool):
        return found.value if found else None
    raise found.refused("is true, false or null")


def _words(given: Reading) -> Words:
    given.only("en", "ms")
    return Words(_said(given["en"]), _said(given["ms"]))


def _said(given: Reading) -> str:
    text = given.text().strip()
    if not text or len(text) > LONGEST_TEXT or UNWRITABLE.search(text):
        raise given.refused("is not a text")
    return text


def _questions(given: Reading) -> tuple[Question, ...]:
    found = tuple(_question(one) for one in given.each())
    if not found:
        raise given.refused("is empty; name at least one")
    _each_once((question.key for question in found), given)
    return found


def _question(given: Reading) -> Question:
    given.only("key", "en", "ms")
    return Question(_said(given["en"]), _said(given["ms"]), _key(given["key"]))


def _fields(given: Reading) -> tuple[Field, ...]:
    found = tuple(_field(one) for one in given.each())
    if not found:
        raise given.refused("is empty; a task is done with an answer, not only with a tick")
    _each_once((field.key for field in found), given)
    return found


def _field(given: Reading) -> Field:
    given.only("key", "kind", "en", "ms", "options", "required")
    kind = FieldKind(given["kind"].one_of(*FieldKind))
    if kind is not FieldKind.CHOICE and given.get("options"):
        raise given["options"].refused(f"is not for a {kind.value}")
    options = _questions(given["options"]) if kind is FieldKind.CHOICE else ()
    required = given.get("required")
    if required and not isinstance(required.value, bool):
        raise required.refused("is true or false")
    return Field(
        _said(given["en"]), _said(given["ms"]), _key(given["key"]), kind, options, bool(required and required.value)
    )


def _minutes_in(given: Reading) -> dict[Segment, int]:
    found = given.get("minutes_in")
    if found is None:
        return {}
    found.only(*Segment)
    return {Segment(name): minutes.count(1, MOST_MINUTES) for name, minutes in found.items()}


def _must_leave_behind(patterns: Iterable[Pattern], given: Reading) -> None:
    for pattern in patterns:
        asked = {field.key for field in pattern.outcome if field.required}
        if lacking := [key for key in LEAVES_BEHIND.get(pattern.key, ()) if key not in asked]:
            raise given.refused(f"does not ask for {lacking[0]!r} in {pattern.key!r}, which is not done without it")


def _each_once(keys: Iterable[str], given: Reading) -> None:
    known: set[str] = set()
    for key in keys:
        if key in known:
            raise given.refused(f"names {key!r} twice")
        known.add(key)
