"""Bulk: one act on many renewals, each done or refused by itself, with what became of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Select, func, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from renewals.account import Account
from renewals.base import Owned, Record, new_key, tenant
from renewals.errors import Malformed
from renewals.event import Event, EventName
from renewals.permission import Permission
from renewals.person import Person
from renewals.renewal import Renewal


class BulkAct(StrEnum):
    """What can be done with many at once."""

    HAND_OVER = "hand_over"
    WAIVE = "waive"
    FINISH = "finish"

    @property
    def permission(self) -> Permission:
        return {
            BulkAct.HAND_OVER: Permission.ASSIGN_OWNERS, BulkAct.WAIVE: Permission.CHANGE_PLAN,
            BulkAct.FINISH: Permission.WORK_TASKS,
        }[self]


class PartOutcome(StrEnum):
    """What became of one renewal's part."""

    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"


class Bulk(Record):
    """Asked by a person and done by the worker, with that person's rights at the moment it is done.

    `details` is what the act needs: `to` a person's key; `key` a milestone's, with a `reason`; `pattern`, `outcome`
    and `minutes` of a kind of task.
    """

    __tablename__ = "bulk"

    MOST = 5_000
    """Renewals of one act."""

    act: Mapped[BulkAct]
    details: Mapped[dict[str, Any]]
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]

    by: Mapped[Person] = relationship(lazy="joined", viewonly=True)

    @classmethod
    def ask(
        cls, session: Session, act: BulkAct, details: Mapping[str, Any], renewals: Collection[UUID], *, by: Person,
        at: datetime,
    ) -> "Bulk":
        """Raises: NotYours, Malformed when no renewal is chosen, or too many."""
        by.must(act.permission)
        cls.must_be_few(renewals)
        found = session.execute(select(Renewal.id, Renewal.account_id).where(Renewal.id.in_(renewals))).all()
        if not found:
            raise Malformed("Choose at least one renewal.", "chosen")
        bulk = cls(id=new_key(), act=act, details=dict(details), by_id=by.id, asked_at=at)
        session.add(bulk)
        session.flush()  # the parts and the event name the row
        parts = [
            {"id": new_key(), "account_id": account, "bulk_id": bulk.id, "renewal_id": key,
             "outcome": PartOutcome.WAITING, "why": ""} for key, account in found
        ]
        session.execute(insert(BulkPart), parts)
        Event.record(session, EventName.BULK_ASKED, bulk, by=by, at=at, act=act.value, renewals=len(parts))
        return bulk

    @classmethod
    def must_be_few(cls, renewals: Collection[UUID]) -> None:
        """Raises: Malformed for more than one act takes; to be asked before the database is asked about each."""
        if len(renewals) > cls.MOST:
            raise Malformed(f"Choose at most {cls.MOST:,} renewals at once.", "chosen")

    def progress(self, session: Session) -> "Progress":
        counted = select(BulkPart.outcome, func.count()).where(BulkPart.bulk_id == self.id).group_by(BulkPart.outcome)
        return Progress({PartOutcome(outcome): number for outcome, number in session.execute(counted)})

    def report(self, session: Session, *, most: int) -> Sequence[Any]:
        """What was refused first, then what was done: .renewal_id, .account, .outcome, .why."""
        query = (
            select(BulkPart.renewal_id, Account.name.label("account"), BulkPart.outcome, BulkPart.why)
            .join(Account, Account.id == BulkPart.account_id)
            .where(BulkPart.bulk_id == self.id, BulkPart.outcome != PartOutcome.WAITING)
            .order_by(BulkPart.outcome.desc(), func.lower(Account.name), BulkPart.id)
        )
        return session.execute(query.limit(most)).all()


class BulkPart(Owned):
    """One renewal of a bulk. `why` says what refused it."""

    __tablename__ = "bulk_part"
    __table_args__ = (
        *tenant("renewal_id"), Index("uq_bulk_part_renewal", "bulk_id", "renewal_id", unique=True),
    )

    bulk_id: Mapped[UUID] = mapped_column(ForeignKey("bulk.id"))
    renewal_id: Mapped[UUID]
    outcome: Mapped[PartOutcome] = mapped_column(default=PartOutcome.WAITING)
    why: Mapped[str] = mapped_column(default="")

    @classmethod
    def next_of(cls, bulk_id: UUID) -> Select["BulkPart"]:
        """The next that waits and that no other worker has in its hands."""
        waiting = select(cls).where(cls.bulk_id == bulk_id, cls.outcome == PartOutcome.WAITING)
        return waiting.order_by(cls.id).limit(1).with_for_update(skip_locked=True)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a bulk has come. Units: renewals."""

    counts: Mapping[PartOutcome, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def done(self) -> int:
        return self.counts.get(PartOutcome.DONE, 0)

    @property
    def refused(self) -> int:
        return self.counts.get(PartOutcome.REFUSED, 0)

    @property
    def ended(self) -> int:
        return self.done + self.refused

    @property
    def is_over(self) -> bool:
        return self.ended == self.total
