"""Subscription: what runs; Term: the period it is agreed for; Line: what is in it."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, func, select, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from pricing.clause import Clause, ClauseKind
from pricing.instalments import Billing
from pricing.money import Money
from pricing.proration import Running
from renewals.base import Owned, Versioned, tenant


class Subscription(Versioned, Owned):
    """One running thing a customer pays for."""

    __tablename__ = "subscription"
    __table_args__ = (*tenant(), Index("uq_subscription_external_id", "external_id", unique=True))

    external_id: Mapped[str]
    plan: Mapped[str]
    currency: Mapped[str]


class Term(Owned):
    """`[starts_on, ends_on)` of a subscription. Two terms of one subscription never overlap: the database
    refuses. `ends_on` is the renewal date, the first day that is not covered.

    `clauses` are those it was signed with, by their ids, as they stood then: whatever is published later, they act by
    the figures that were agreed.

    Units: days; `notice_days` before `ends_on` is the last day to decline.
    """

    __tablename__ = "term"
    __table_args__ = (
        *tenant("subscription_id", "agreement_id"),
        CheckConstraint("starts_on < ends_on", name="in_order"),
        CheckConstraint("notice_days >= 0", name="notice_not_negative"),
        ExcludeConstraint(
            ("subscription_id", "="), (func.daterange(text("starts_on"), text("ends_on"), text("'[)'")), "&&"),
            name="ex_term_no_overlap", using="gist",
        ),
        Index("ix_term_next_true_up", "next_true_up_on", postgresql_where="next_true_up_on IS NOT NULL"),
    )

    subscription_id: Mapped[UUID]
    agreement_id: Mapped[UUID | None]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    months: Mapped[int] = mapped_column(Integer)
    currency: Mapped[str]
    notice_days: Mapped[int] = mapped_column(Integer, default=0)
    auto_renew: Mapped[bool] = mapped_column(default=False)
    billing: Mapped[Billing] = mapped_column(default=Billing.ANNUAL)
    net_days: Mapped[int] = mapped_column(Integer, default=0)
    price_rule: Mapped[dict[str, Any]] = mapped_column(default=dict)
    clauses: Mapped[dict[str, Any]] = mapped_column(default=dict)
    next_true_up_on: Mapped[date | None]

    lines: Mapped[list["Line"]] = relationship(
        order_by="Line.position", primaryjoin="Term.id == foreign(Line.term_id)", lazy="selectin"
    )

    @classmethod
    def currencies(cls, session: Session, on: date) -> set[str]:
        """In which money is asked for terms that have not ended."""
        return set(session.scalars(select(cls.currency).where(cls.ends_on >= on).distinct()))

    @property
    def clause_ids(self) -> tuple[str, ...]:
        return tuple(sorted(self.clauses))

    @property
    def signed_clauses(self) -> list[Clause]:
        """In the order of their ids."""
        return [Clause.read(self.clauses[id]) for id in self.clause_ids]

    def clause(self, kind: ClauseKind) -> Clause | None:
        """The one that acts in this way, if it was signed."""
        return next((clause for clause in self.signed_clauses if clause.kind is kind), None)

    def is_running(self, on: date) -> bool:
        return self.starts_on <= on < self.ends_on

    @property
    def running(self) -> Running:
        return Running(self.starts_on, self.months)

    @property
    def arr(self) -> Money:
        """What a year of this term costs."""
        return sum((line.a_year for line in self.lines), Money(0, self.currency))


class Line(Owned):
    """One product in a term.

    Units: a year, in minor units. `amount_minor` is the line's exact price; `unit_minor` is one unit of it,
    rounded where the price does not divide.
    """

    __tablename__ = "line"
    __table_args__ = (
        *tenant("term_id"), CheckConstraint("quantity > 0", name="quantity_positive"), Index("ix_line_term", "term_id")
    )

    term_id: Mapped[UUID]
    position: Mapped[int] = mapped_column(Integer)
    product: Mapped[str]
    quantity: Mapped[int] = mapped_column(Integer)
    unit_minor: Mapped[int] = mapped_column(BigInteger)
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]

    @property
    def unit_price(self) -> Money:
        return Money(self.unit_minor, self.currency)

    @property
    def a_year(self) -> Money:
        return Money(self.amount_minor, self.currency)
