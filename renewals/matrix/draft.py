"""Draft: the discount matrix as somebody would have it, before it is published."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from pricing.matrix import Matrix
from pricing.reading import PolicyError
from pricing.redrawing import difference
from renewals.errors import Malformed, NotFound, NotNow
from renewals.matrix.editing import draft_of, form_of
from renewals.permission import Permission
from renewals.person import Person
from renewals.policy import Policy, PolicyKind
from renewals.quoting.basis import matrix_of

AGAIN = "again"
"""What a form says to begin from an older version: `matrix@1`."""
LONGEST = 500
"""Characters of a reason."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Drawn up against the newest version, begun or not: once it begins, a newer one holds in place of every older.

    `matrix` is the newest one's while `troubles`, by field, say what can not be read. `said` is all that differs, for
    a form or an address to carry; `form` is everything that can be changed, as it was typed.
    """

    newest: Policy
    matrix: Matrix
    said: Mapping[str, str]
    form: Mapping[str, str]
    troubles: Mapping[str, str]

    @classmethod
    def of(cls, session: Session, said: Mapping[str, str]) -> "Draft":
        """The newest version with what a form says."""
        newest = _newest(session)
        begun, troubles = _begun(session, newest, said)
        content, unread = draft_of(begun.content, said)
        matrix, unfit = _judged(newest, content)
        troubles |= unread or unfit
        before, after = form_of(begun.content), form_of(content)
        form = after | {name: said[name] for name in unread}
        kept = {AGAIN: begun.name} if begun.name != newest.name else {}
        kept |= {name: words for name, words in form.items() if before[name] != words}
        return cls(newest, matrix_of(newest) if troubles else matrix, kept, form, troubles)

    @property
    def before(self) -> Matrix:
        return matrix_of(self.newest)

    @property
    def changes(self) -> bool:
        return self.matrix.content != self.before.content

    @property
    def says(self) -> tuple[str, ...]:
        """What is another, in words."""
        return difference(self.before, self.matrix)


def publish(
    session: Session, draft: Draft, base: str, reason: str, begins_on: date, *, by: Person, at: datetime
) -> Policy:
    """A new version; quotes under way keep theirs. `base` is the newest that its author saw.

    Raises: NotYours, Malformed, Stale, NotNow when nothing is another. Source: mission F1.
    """
    by.must(Permission.PUBLISH_MATRIX)
    if draft.troubles:
        raise Malformed("Mend first what can not be read.", "draft")
    if not reason.strip():
        raise Malformed("Say why the matrix changes.", "reason")
    if begins_on < at.date():
        raise Malformed("Choose today or a later day: what was decided before stays as it is.", "begins_on")
    Policy.must_be_in_force(session, base, [PolicyKind.MATRIX], date.max)
    if not draft.changes:
        raise NotNow("Nothing is another than it is already.")
    words = reason.strip()[:LONGEST]
    return Policy.publish(
        session, PolicyKind.MATRIX, draft.matrix.content, begins_on=begins_on, reason=words, by=by, at=at
    )


def _newest(session: Session) -> Policy:
    """In force, or the next to be."""
    return Policy.in_force(session, PolicyKind.MATRIX, date.max)


def _begun(session: Session, newest: Policy, said: Mapping[str, str]) -> tuple[Policy, dict[str, str]]:
    """The version a draft begins from, and what is wrong with its name."""
    kind, _, number = said.get(AGAIN, newest.name).partition("@")
    try:
        if kind != PolicyKind.MATRIX or not (number.isascii() and number.isdigit() and len(number) < 9):
            raise NotFound
        found = Policy.named(session, f"{kind}@{number}")
    except NotFound:
        return newest, {AGAIN: "There is no such version."}
    return found, {}


def _judged(newest: Policy, content: dict[str, Any]) -> tuple[Matrix, dict[str, str]]:
    """What the cellar makes of it: the matrix, or the place where it can not be so."""
    try:
        return Matrix.parse("draft", content), {}
    except PolicyError as no:
        return matrix_of(newest), {no.place.removeprefix("draft.") or "draft": f"This {no.why}." if no.why else str(no)}
