"""Templating: a segment's proposal gets other sections, another order or other words, as a version with a reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from renewals.errors import Malformed
from renewals.permission import Permission
from renewals.person import Person
from renewals.policy import Policy, PolicyKind
from renewals.quoting.template import ALWAYS, Opening, ProposalTemplate, Section, Templates
from renewals.wording import LOCALES, Words


def typed(present: ProposalTemplate, form: Mapping[str, str]) -> ProposalTemplate:
    """As somebody typed it: a section's place counts from 1, and one without a place is left out.

    Raises: Malformed naming the field.
    """
    places = {each: _place(each, form.get(f"place_{each.value}", "")) for each in Section}
    for each in ALWAYS:
        if not places[each]:
            raise Malformed("What is agreed to, and how, is always said. Give it a place.", f"place_{each.value}")
    inside = sorted((each for each in Section if places[each]), key=lambda each: places[each])
    since = form.get("since", "")
    openings = tuple(Opening(each, _words(each, form)) for each in inside)
    return replace(present, number=int(since) if since.isdecimal() else 0, openings=openings)


def publish(session: Session, template: ProposalTemplate, reason: str, *, by: Person, at: datetime) -> Policy:
    """These sections from now on; what was sent keeps its own. The words were proofed before, and `template.number`
    is the version they replace. Raises: NotYours, Malformed, Stale.
    """
    by.must(Permission.EDIT_LETTERS)
    if not reason.strip():
        raise Malformed("Say why the proposal changes.", "reason")
    Policy.must_be_in_force(
        session, f"{PolicyKind.PROPOSAL.value}@{template.number}", [PolicyKind.PROPOSAL], at.date()
    )
    policy = Policy.in_force(session, PolicyKind.PROPOSAL, at.date())
    segments = {**policy.content["segments"], template.segment.value: template.written}
    content = {**policy.content, "segments": segments}
    if content == policy.content:
        raise Malformed("Nothing is another than what is in force.", "reason")
    return Policy.publish(
        session, PolicyKind.PROPOSAL, content, begins_on=at.date(), reason=reason.strip()[:500], by=by, at=at
    )


@dataclass(frozen=True, slots=True)
class Edition:
    """One version of one segment's template."""

    template: ProposalTemplate
    on: date
    by: str | None
    reason: str


def history(session: Session, present: ProposalTemplate) -> Sequence[Edition]:
    """The versions in which this segment's became another, the newest first."""
    found: list[Edition] = []
    for policy, by, _ in Policy.history(session, [PolicyKind.PROPOSAL]):
        template = Templates.of(policy).of_segment[present.segment]
        if not found or found[-1].template.openings != template.openings:
            found.append(Edition(template, policy.begins_on, by, policy.reason))
    return found[::-1]


def _place(section: Section, word: str) -> int:
    """0 for a section that is left out."""
    word = word.strip()
    if word and not (word.isascii() and word.isdigit() and 1 <= int(word) <= len(Section)):
        raise Malformed(f"A place is a number from 1 to {len(Section)}, or nothing.", f"place_{section.value}")
    return int(word or 0)


def _words(section: Section, form: Mapping[str, str]) -> dict[str, str]:
    said = {locale: Words.typed("", form.get(f"{section.value}_{locale}", "")).body for locale in LOCALES}
    return {locale: words for locale, words in said.items() if words}
