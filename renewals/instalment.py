"""Instalment: what is owed under an acceptance, and when."""

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ColumnElement, Index, Integer, exists, func, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pricing.money import Money
from renewals.acceptance import Acceptance
from renewals.base import Owned, new_key, session_of, tenant
from renewals.clauses.termination import Termination
from renewals.offer import Offer


class Instalment(Owned):
    """One sum owed under an acceptance.

    `addition_id` is what asks for it, where something was added to the term that was accepted.
    Units: `number` counts from 1; the click pays number 1.
    """

    __tablename__ = "instalment"
    __table_args__ = (
        *tenant("renewal_id", "acceptance_id", "addition_id"),
        Index("uq_instalment_number", "acceptance_id", "number", unique=True),
        Index("ix_instalment_addition", "addition_id", postgresql_where="addition_id IS NOT NULL"),
        CheckConstraint("amount_minor >= 0", name="not_negative"),
    )

    renewal_id: Mapped[UUID]
    acceptance_id: Mapped[UUID]
    number: Mapped[int] = mapped_column(Integer)
    due_on: Mapped[date]
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]
    addition_id: Mapped[UUID | None]

    acceptance: Mapped[Acceptance] = relationship(
        primaryjoin="Instalment.acceptance_id == Acceptance.id", foreign_keys="Instalment.acceptance_id",
        lazy="joined", viewonly=True,
    )

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def renews(self) -> bool:
        """Whether the term begins with it; what comes later is owed under a term that runs."""
        return self.number == 1

    @classmethod
    def schedule(cls, acceptance: Acceptance, offer: Offer) -> "list[Instalment]":
        """As a quote says; of an option one for each contract year, due when the year begins."""
        return [
            cls(
                account_id=acceptance.account_id, renewal_id=acceptance.renewal_id, acceptance_id=acceptance.id,
                number=number, due_on=due_on, amount_minor=amount.minor, currency=amount.currency,
            )
            for number, (due_on, amount) in enumerate(offer.instalments, start=1)
        ]

    @classmethod
    def first(cls, acceptance: Acceptance) -> "Instalment":
        """The one that the click pays."""
        wanted = select(cls).where(cls.acceptance_id == acceptance.id, cls.number == 1)
        return session_of(acceptance).scalars(wanted).one()

    @classmethod
    def beside(
        cls, acceptance: Acceptance, amount: Money, due_on: date, *, addition_id: UUID | None = None
    ) -> "Instalment":
        """One more under what was accepted, such as a clause of it asks. The term's renewal must be locked."""
        numbers = select(func.max(cls.number)).where(cls.acceptance_id == acceptance.id)
        made = cls(
            id=new_key(), account_id=acceptance.account_id, renewal_id=acceptance.renewal_id,
            acceptance_id=acceptance.id, number=(session_of(acceptance).scalar(numbers) or 0) + 1, due_on=due_on,
            amount_minor=amount.minor, currency=amount.currency, addition_id=addition_id,
        )
        session_of(acceptance).add(made)
        return made

    @classmethod
    def released(cls) -> ColumnElement[bool]:
        """Nobody owes it any more: the term was left early, and another sum is asked for what is owed."""
        return exists().where(
            Termination.acceptance_id == cls.acceptance_id, Termination.instalment_id.is_distinct_from(cls.id)
        )
