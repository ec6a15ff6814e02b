"""Termination: a term that was ended early under its off-ramp, with what came of it."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from pricing.clause import LeavingEvent
from pricing.money import Money
from pricing.trace import Step
from renewals.base import Owned, tenant


class Termination(Owned):
    """One for each term, never changed: the database holds both.

    What was asked for the term and not paid is released by it, and `instalment_id` asks for what is owed instead; it
    is None where nothing is, or where money is returned. `activity_id` are the words of who saw the event.
    Units: `amount_minor` is below zero when it is returned; `told_on` is the day of the notice, `leaves_on` the first
    day that is no longer covered.
    """

    __tablename__ = "termination"
    __table_args__ = (
        *tenant("term_id", "renewal_id", "acceptance_id", "instalment_id", "activity_id"),
        Index("uq_termination_term", "term_id", unique=True),
        Index("ix_termination_acceptance", "acceptance_id"),
        CheckConstraint("told_on <= leaves_on", name="in_order"),
        CheckConstraint("(instalment_id IS NOT NULL) = (amount_minor > 0)", name="asked_for"),
    )

    term_id: Mapped[UUID]
    renewal_id: Mapped[UUID]
    acceptance_id: Mapped[UUID]
    instalment_id: Mapped[UUID | None]
    activity_id: Mapped[UUID]
    event: Mapped[LeavingEvent]
    told_on: Mapped[date]
    leaves_on: Mapped[date]
    trace: Mapped[dict[str, Any]]
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @cached_property
    def step(self) -> Step:
        """How the amount came about."""
        return Step.parse(self.trace)

    @classmethod
    def of_term(cls, session: Session, term_id: UUID) -> "Termination | None":
        return session.scalars(select(cls).where(cls.term_id == term_id)).one_or_none()

    @classmethod
    def of_company(cls, session: Session, account_id: UUID) -> Sequence["Termination"]:
        """Newest first."""
        query = select(cls).where(cls.account_id == account_id).order_by(cls.told_on.desc(), cls.id)
        return session.scalars(query).all()
