"""Policy: what a company decides about its own renewals, as versioned data."""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property, lru_cache
from importlib import resources
from typing import Any, Self, TypeVar

from sqlalchemy import Index, Integer, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Mapped, Session, mapped_column

from renewals.base import Record, one
from renewals.errors import NotNow, Stale
from renewals.event import Event, EventName
from renewals.person import Person

SHELF, COUNT = "policy_shelf", "policy_count"
"""Where a session finds what its process read before, and how many versions there are now."""

Parsed = TypeVar("Parsed")
_PARSED: dict[tuple[Callable[..., Any], str, str], Any] = {}

LOCK = 7_205_319
"""The advisory lock under which people publish, one after another."""


class PolicyKind(StrEnum):
    """One subject a company has a policy on; each is shipped in `renewals/shipped/`."""

    VENDOR = "vendor"
    SEGMENT = "segment"
    HEALTH = "health"
    PRICE = "price"
    TIMELINE = "timeline"
    TERMS = "terms"
    FORECAST = "forecast"
    PLAN = "plan"
    TASKS = "tasks"
    TOUCH = "touch"
    OWNERSHIP = "ownership"
    LETTERS = "letters"
    NOTICE = "notice"
    MATRIX = "matrix"
    CLAUSES = "clauses"
    NEGOTIATION = "negotiation"
    PROPOSAL = "proposal"


class Policy(Record):
    """One version of one policy. Versions are never changed; the newest that has begun is in force."""

    __tablename__ = "policy"
    __table_args__ = (Index("uq_policy_kind_number", "kind", "number", unique=True),)

    kind: Mapped[PolicyKind]
    number: Mapped[int] = mapped_column(Integer)
    begins_on: Mapped[date]
    content: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(default="")

    @property
    def name(self) -> str:
        """As a trace cites it: `price@3`."""
        return f"{self.kind.value}@{self.number}"

    @cached_property
    def content_hash(self) -> str:
        return hashlib.sha256(json.dumps(self.content, sort_keys=True).encode()).hexdigest()

    def parsed(self, parse: Callable[[str, dict[str, Any]], Parsed]) -> Parsed:
        """What `parse` makes of its name and content; once in a process, for versions never change."""
        key = (parse, self.name, self.content_hash)
        if key not in _PARSED:
            _PARSED[key] = parse(self.name, self.content)
        found: Parsed = _PARSED[key]
        return found

    @classmethod
    def in_force(cls, session: Session, kind: PolicyKind, on: date) -> Self:
        """Raises: NotNow when the company has none yet."""
        found = session.scalars(
            select(cls).where(cls.kind == kind, cls.begins_on <= on).order_by(cls.number.desc()).limit(1)
        ).first()
        if found is None:
            raise NotNow(f"There is no {kind.value} policy in force on {on.isoformat()}.")
        return found

    @classmethod
    def all_in_force(cls, session: Session, on: date) -> dict[PolicyKind, Self]:
        """Every kind's version in force; read only when there are more than this process knows of.

        Versions are never changed or removed, so their number says whether anything is new.
        """
        shelf: dict[tuple[int, date], dict[PolicyKind, Self]] | None = session.info.get(SHELF)
        if shelf is None:
            return cls._read_all(session, on)
        count: int = session.info.get(COUNT) or session.scalar(select(func.count()).select_from(cls)) or 0
        if (count, on) not in shelf:
            found = cls._read_all(session, on)
            for policy in found.values():
                session.expunge(policy)  # shared by threads from now on, and never written
            shelf[count, on] = found
        return shelf[count, on]

    @classmethod
    def _read_all(cls, session: Session, on: date) -> dict[PolicyKind, Self]:
        rows = session.scalars(
            select(cls).ext(distinct_on(cls.kind)).where(cls.begins_on <= on).order_by(cls.kind, cls.number.desc())
        )
        return {row.kind: row for row in rows}

    @classmethod
    def named(cls, session: Session, name: str) -> Self:
        """The version that was cited as `kind@number`. Raises: NotFound."""
        kind, _, number = name.partition("@")
        return one(session, select(cls).where(cls.kind == PolicyKind(kind), cls.number == int(number)))

    @classmethod
    def history(
        cls, session: Session, kinds: Iterable[PolicyKind]
    ) -> Sequence[tuple[Self, str | None, datetime | None]]:
        """Every version of these kinds, the oldest first, with who published it and when; nobody and never for what
        was shipped or came from a file."""
        query = (
            select(cls, Person.name, Event.at)
            .outerjoin(Event, (Event.subject_id == cls.id) & (Event.name == EventName.POLICY_PUBLISHED))
            .outerjoin(Person, Person.id == Event.by_id)
            .where(cls.kind.in_(kinds)).order_by(cls.number, cls.kind)
        )
        return session.execute(query).all()

    @classmethod
    def must_be_in_force(cls, session: Session, base: str, kinds: Iterable[PolicyKind], on: date) -> None:
        """Nobody else publishes until the transaction ends, and `base`, the versions that whoever drew up a change
        saw, are still the ones in force. Raises: Stale.
        """
        session.execute(select(func.pg_advisory_xact_lock(LOCK)))
        if base != " ".join(cls.in_force(session, kind, on).name for kind in kinds):
            raise Stale("Somebody published another version in the meantime. Look at what your draft would change now.")

    @classmethod
    def publish(
        cls, session: Session, kind: PolicyKind, content: dict[str, Any], *, begins_on: date, reason: str,
        by: Person | None, at: datetime,
    ) -> Self:
        """A new version; what was decided under older ones stays as it was."""
        last = session.scalars(select(cls.number).where(cls.kind == kind).order_by(cls.number.desc())).first()
        policy = cls(kind=kind, number=(last or 0) + 1, begins_on=begins_on, content=content, reason=reason)
        session.add(policy)
        session.info.pop(SHELF, None)  # others do not know of it until it is committed
        session.flush()  # the event names the row
        Event.record(session, EventName.POLICY_PUBLISHED, policy, by=by, at=at, kind=kind.value, number=policy.number)
        return policy


@lru_cache
def shipped(kind: PolicyKind) -> dict[str, Any]:
    """The playbooks' own values, and Kekal's defaults where they give none."""
    text = resources.files("renewals").joinpath("shipped", f"{kind.value}.json").read_text("utf-8")
    content: dict[str, Any] = json.loads(text)
    return content


def ship(session: Session, *, at: datetime) -> None:
    """Give a new company the shipped policies it lacks."""
    known = set(session.scalars(select(Policy.kind)))
    for kind in PolicyKind:
        if kind not in known:
            content = shipped(kind)
            begins_on = date.fromisoformat(content.get("begins_on", "2020-01-01"))
            Policy.publish(session, kind, content, begins_on=begins_on, reason="Shipped", by=None, at=at)
