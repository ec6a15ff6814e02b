"""Subscription: what runs; Term: the period it is agreed for; Line: what is in it."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, func, select, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from pricing.instalments import Billing
from pricing.money import Money
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

    lines: Mapped[list["Line"]] = relationship(
        order_by="Line.position", primaryjoin="Term.id == foreign(Line.term_id)", lazy="selectin"
    )

    @classmethod
    def currencies(cls, session: Session, on: date) -> set[str]:
        """In which money is asked for terms that have not ended."""
        return set(session.scalars(select(cls.currency).where(cls.ends_on >= on).distinct()))

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
