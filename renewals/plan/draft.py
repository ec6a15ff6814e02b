"""Draft: plans and tasks as somebody would have them, both at once, before they are published."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from renewals.errors import Malformed, NotFound, NotNow
from renewals.permission import Permission
from renewals.person import Person
from renewals.plan import editing, retouching
from renewals.plan.catalogue import Catalogue
from renewals.plan.difference import difference
from renewals.policy import Policy, PolicyKind

KINDS = (PolicyKind.PLAN, PolicyKind.TASKS)
AGAIN = "again"
"""What a form says to begin from an older version: `plan@1`."""
READS = {PolicyKind.PLAN: editing, PolicyKind.TASKS: retouching}
NAMES = {PolicyKind.PLAN: ("days.", "rule."), PolicyKind.TASKS: ("task.",)}
"""How a form calls what it changes of each."""


@dataclass(frozen=True, slots=True)
class Draft:
    """`present` are the versions in force; `contents` what they would say; `said` all that differs, for a form or an
    address to carry."""

    present: Mapping[PolicyKind, Policy]
    contents: Mapping[PolicyKind, Mapping[str, Any]]
    said: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, session: Session, said: Mapping[str, str], on: date) -> "Draft":
        """The versions in force with what a form says. Raises: Malformed, naming the field."""
        present = {kind: Policy.in_force(session, kind, on) for kind in KINDS}
        begun = {kind: present[kind].content for kind in KINDS}
        if word := said.get(AGAIN, ""):
            old = _version(session, word)
            begun[old.kind] = old.content
        contents = {
            kind: READS[kind].draft_of(begun[kind], said) if word or _speaks_of(kind, said) else begun[kind]
            for kind in KINDS
        }
        kept = {AGAIN: word} if word else {}
        for kind in KINDS:
            was, now = READS[kind].form_of(begun[kind]), READS[kind].form_of(contents[kind])
            kept |= {name: words for name, words in now.items() if was.get(name) != words}
            kept |= {name: "" for name in was if name not in now}
        return cls(present, contents, kept)

    @classmethod
    def none(cls, session: Session, on: date) -> "Draft":
        """What is in force, unchanged."""
        return cls.of(session, {}, on)

    @property
    def base(self) -> str:
        """What it was drawn up against: `plan@1 tasks@1`."""
        return " ".join(self.present[kind].name for kind in KINDS)

    @property
    def changes(self) -> Sequence[PolicyKind]:
        return [kind for kind in KINDS if self.contents[kind] != self.present[kind].content]

    @property
    def says(self) -> list[str]:
        """What is another, in words."""
        return [
            sentence for kind in KINDS
            for sentence in difference(kind, self.present[kind].content, self.contents[kind])
        ]

    @property
    def form(self) -> dict[str, str]:
        """Everything that can be changed, as the draft has it."""
        return {
            name: words for kind in KINDS for name, words in READS[kind].form_of(self.contents[kind]).items()
        }

    @property
    def catalogue(self) -> Catalogue:
        return Catalogue.of(self.contents[PolicyKind.TASKS])


def publish(session: Session, draft: Draft, base: str, reason: str, *, by: Person, at: datetime) -> list[Policy]:
    """From today on; plans are drawn again, and what has happened stays. `base` is what its author saw in force.

    Raises: NotYours, Malformed, Stale, NotNow when nothing is another.
    """
    by.must(Permission.PUBLISH_PLANS)
    if not reason.strip():
        raise Malformed("Say why the playbook changes.", "reason")
    Policy.must_be_in_force(session, base, KINDS, at.date())
    if not draft.changes:
        raise NotNow("Nothing is another than it is already.")
    return [
        Policy.publish(
            session, kind, dict(draft.contents[kind]), begins_on=at.date(), reason=reason.strip()[:500], by=by, at=at
        )
        for kind in draft.changes
    ]


def _speaks_of(kind: PolicyKind, said: Mapping[str, str]) -> bool:
    return any(name.startswith(NAMES[kind]) for name in said)


def _version(session: Session, name: str) -> Policy:
    """Raises: Malformed."""
    kind, _, number = name.partition("@")
    if kind not in KINDS or not (number.isascii() and number.isdigit() and len(number) < 9):
        raise Malformed("There is no such version.", AGAIN)
    try:
        found = Policy.named(session, name)
    except NotFound:
        raise Malformed("There is no such version.", AGAIN) from None
    return found
