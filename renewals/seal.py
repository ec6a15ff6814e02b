"""Seal: the hash chain over the events, written behind them so that writers never wait for each other."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from renewals.base import Record
from renewals.event import Event

BEGINNING = "0" * 64
ADVISORY_LOCK = 7_205_301
BATCH = 10_000


class Seal(Record):
    """One link of the chain: insert-only, held by a trigger. `position` counts from 1 without gaps."""

    __tablename__ = "seal"
    __table_args__ = (
        Index("uq_seal_position", "position", unique=True),
        Index("uq_seal_event", "event_id", unique=True),
    )

    position: Mapped[int] = mapped_column(BigInteger)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"))
    previous: Mapped[str]
    digest: Mapped[str]

    @classmethod
    def head(cls, session: Session) -> tuple[int, str]:
        """Position and hash of the last link."""
        row = session.execute(select(cls.position, cls.digest).order_by(cls.position.desc()).limit(1)).first()
        return (row.position, row.digest) if row else (0, BEGINNING)


class Anchor(Record):
    """The head of the chain as it stood, told to somebody outside: cutting the chain's end shows against it."""

    __tablename__ = "anchor"

    position: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str]
    anchored_at: Mapped[datetime]
    where_to: Mapped[str]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What checking the chain found. `fault` is the first break, as a sentence."""

    sealed: int
    unsealed: int
    fault: str | None

    @property
    def is_whole(self) -> bool:
        return self.fault is None


def digest(event: Event, previous: str) -> str:
    """The hash of one event chained to the one before. Only facts that are never erased go in."""
    facts = [
        str(event.id), event.seq, str(event.account_id), event.name, event.subject_type, str(event.subject_id),
        str(event.by_id), event.at.isoformat(), event.details,
    ]
    body = json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{body}".encode()).hexdigest()


def seal_events(session: Session) -> int:
    """Chain every committed event that is not sealed yet; says how many."""
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
    position, previous = Seal.head(session)
    waiting = session.scalars(
        select(Event).where(~select(Seal.id).where(Seal.event_id == Event.id).exists()).order_by(Event.seq).limit(BATCH)
    ).all()
    for place, event in enumerate(waiting, start=position + 1):
        seal = Seal(position=place, event_id=event.id, previous=previous, digest=digest(event, previous))
        session.add(seal)
        previous = seal.digest
    return len(waiting)


def anchor(session: Session, where_to: str, *, at: datetime) -> Anchor | None:
    """Write down the head of the chain as it stands; None when it was written down before.

    The caller tells it to somebody who can not reach this database. Units: `at` is machine time.
    """
    position, head = Seal.head(session)
    known = session.scalars(select(Anchor).where(Anchor.position == position, Anchor.where_to == where_to)).first()
    if known or position == 0:
        return None
    anchored = Anchor(position=position, digest=head, anchored_at=at, where_to=where_to)
    session.add(anchored)
    return anchored


def verify(session: Session) -> Verdict:
    """Walk the chain from its beginning; finds an edited, a removed and a cut-off event."""
    sealed = session.scalar(select(func.count()).select_from(Seal)) or 0
    events = session.scalar(select(func.count()).select_from(Event)) or 0
    return Verdict(sealed, max(events - sealed, 0), _first_fault(session) or _anchor_fault(session))


def _first_fault(session: Session) -> str | None:
    expected, previous = 1, BEGINNING
    for seal, event in _chain(session):
        if seal.position != expected:
            return f"Link {expected} is missing."
        if event is None:
            return f"The event of link {expected} is missing."
        if seal.previous != previous or seal.digest != digest(event, previous):
            return f"Event {event.id} at link {expected} is not what was sealed."
        expected, previous = expected + 1, seal.digest
    return None


def _chain(session: Session) -> Iterator[tuple[Seal, Event | None]]:
    query = select(Seal, Event).outerjoin(Event, Event.id == Seal.event_id).order_by(Seal.position)
    for row in session.execute(query.execution_options(yield_per=2000)):
        yield row.Seal, row.Event


def _anchor_fault(session: Session) -> str | None:
    """A chain that was cut, or written anew from some link on, is whole in itself: only an anchor tells."""
    told = select(Anchor.position, Anchor.digest, Seal.digest.label("kept")).order_by(Anchor.position)
    for row in session.execute(told.outerjoin(Seal, Seal.position == Anchor.position)):
        if row.kept is None:
            return f"The chain ends before link {row.position}, which was anchored."
        if row.kept != row.digest:
            return f"Link {row.position} is not the one that was anchored."
    return None
