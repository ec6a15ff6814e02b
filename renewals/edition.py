"""Edition: one version of one letter: who published it and why, how often it was sent, and how a new one comes out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from renewals.errors import Malformed, Stale
from renewals.event import Event
from renewals.message import Message, MessageState
from renewals.permission import Permission
from renewals.person import Person
from renewals.policy import Policy, PolicyKind
from renewals.renewal import Renewal, RenewalState
from renewals.wording import Wording, Wordings, letters_of, parsed, written

LOCK = 7_205_304
"""The advisory lock under which editions are made, one after another."""


def publish(session: Session, wording: Wording, reason: str, *, by: Person, at: datetime) -> Policy:
    """These words from now on; what was sent before stays as it was. They were proofed before.

    `wording.since` says which words they replace. Raises: NotYours, Malformed, Stale.
    """
    by.must(Permission.EDIT_LETTERS)
    if not reason.strip():
        raise Malformed("Say why the words change.", "reason")
    session.execute(select(func.pg_advisory_xact_lock(LOCK)))
    before = Wordings.in_force(session, at.date())
    present = before.find(wording.key)
    if present.since != wording.since:
        raise Stale("Somebody published other words for this letter in the meantime. Compare them with yours first.")
    if present.since and present.words == wording.words:
        raise Malformed("Nothing is different from the words in force.", "reason")
    new = replace(wording, since=_newest(session) + 1)
    others = [new if one.key == new.key else one for one in before.every]
    content = {"letters": [written(one) for one in (others if new in others else [*others, new])]}
    return Policy.publish(
        session, PolicyKind.LETTERS, content, begins_on=at.date(), reason=reason.strip()[:500], by=by, at=at
    )


@dataclass(frozen=True, slots=True)
class Edition:
    """One version of one letter."""

    wording: Wording
    on: date
    by: str | None
    reason: str


def history(session: Session, key: str) -> list[Edition]:
    """The versions of a letter, the newest first."""
    parsed(key)
    query = (
        select(Policy, Person.name).outerjoin(Event, Event.subject_id == Policy.id)
        .outerjoin(Person, Person.id == Event.by_id).where(Policy.kind == PolicyKind.LETTERS)
        .order_by(Policy.number.desc())
    )
    return [
        Edition(one, policy.begins_on, by, policy.reason)
        for policy, by in session.execute(query)
        for one in Wordings.of(policy).every
        if one.key == key and one.since == policy.number
    ]


@dataclass(frozen=True, slots=True)
class Use:
    """How often a version was sent, and how many of those renewals were won."""

    sent: int
    won: int


def uses(session: Session) -> dict[str, Use]:
    """By the name a message cites."""
    won = func.count(case((Renewal.state == RenewalState.WON, Renewal.id)).distinct())
    query = (
        select(Message.words, func.count(Message.id), won).outerjoin(Renewal, Renewal.id == Message.renewal_id)
        .where(Message.words.is_not(None), Message.state == MessageState.SENT).group_by(Message.words)
    )
    return {str(name): Use(sent, many) for name, sent, many in session.execute(query)}


def numbered(session: Session, content: Mapping[str, Any], on: date) -> dict[str, Any]:
    """The same letters, each with the version that brought its words: the next one where they are new."""
    before, newest = Wordings.in_force(session, on), _newest(session)
    present = {one.key: one for one in before.every}
    every = [
        replace(one, since=present[one.key].since if _same(one, present.get(one.key)) else newest + 1)
        for one in letters_of(content)
    ]
    return {"letters": [written(one) for one in every]}


def _same(one: Wording, other: Wording | None) -> bool:
    return other is not None and one.words == other.words


def _newest(session: Session) -> int:
    return session.scalar(select(func.max(Policy.number)).where(Policy.kind == PolicyKind.LETTERS)) or 0
