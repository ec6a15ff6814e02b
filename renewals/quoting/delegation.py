"""Delegation: who decides for somebody while they are away."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from renewals.base import Record, new_key
from renewals.errors import Malformed
from renewals.event import Event, EventName
from renewals.permission import Permission
from renewals.person import Person


class Delegation(Record):
    """`to_id` decides what `person_id` could, from the first day to the last. It goes no further: who stands in for
    somebody does not hand that on.

    Units: days at the company; `ended_at` is when it was taken back.
    """

    __tablename__ = "delegation"
    __table_args__ = (
        Index("ix_delegation_to", "to_id", "until_on"),
        CheckConstraint("from_on <= until_on", name="in_order"),
        CheckConstraint("person_id <> to_id", name="to_another"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    to_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    from_on: Mapped[date]
    until_on: Mapped[date]
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(foreign_keys=[person_id], lazy="joined", viewonly=True)
    to: Mapped[Person] = relationship(foreign_keys=[to_id], lazy="joined", viewonly=True)

    @classmethod
    def make(
        cls, session: Session, to: Person, from_on: date, until_on: date, *, by: Person, at: datetime
    ) -> "Delegation":
        """One's own authority, lent for some days. Raises: NotYours, Malformed."""
        by.must(Permission.APPROVE)
        if not to.is_staff or not to.active or to.id == by.id:
            raise Malformed("Choose a colleague who decides while you are away.", "to")
        if until_on < from_on or until_on < at.date():
            raise Malformed("The last day comes after the first, and has not gone by.", "until_on")
        made = cls(id=new_key(), person_id=by.id, to_id=to.id, from_on=from_on, until_on=until_on, made_at=at)
        session.add(made)
        Event.record(
            session, EventName.AUTHORITY_DELEGATED, made, by=by, at=at, to=str(to.id),
            from_on=from_on.isoformat(), until_on=until_on.isoformat(),
        )
        return made

    def end(self, session: Session, *, by: Person, at: datetime) -> None:
        """Back again. Raises: Malformed when it is somebody else's."""
        if by.id != self.person_id:
            raise Malformed("Only who lent their authority takes it back.")
        self.ended_at = at
        Event.record(session, EventName.DELEGATION_ENDED, self, by=by, at=at)

    @classmethod
    def to_person(cls, session: Session, person: Person, on: date) -> Sequence["Delegation"]:
        """Those under which somebody decides for others on a day."""
        query = select(cls).where(
            cls.to_id == person.id, cls.from_on <= on, cls.until_on >= on, cls.ended_at.is_(None)
        )
        return session.scalars(query.order_by(cls.made_at, cls.id)).all()

    @classmethod
    def by_person(cls, session: Session, person: Person, on: date) -> Sequence["Delegation"]:
        """Those of somebody that hold on a day or later."""
        query = select(cls).where(cls.person_id == person.id, cls.until_on >= on, cls.ended_at.is_(None))
        return session.scalars(query.order_by(cls.from_on, cls.id)).all()
