"""Value: what the year was worth to the customer, each figure with its source."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from uuid import UUID

from sqlalchemy import BigInteger, Index, Numeric, Row, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from pricing.money import Money
from renewals.base import Owned, tenant

HOURS_SAVED, HOURLY_COST, ACTIVE_USERS = "hours_saved", "hourly_cost", "active_users"
"""The metrics the story itself is told with; a company may have any others."""


class Unit(StrEnum):
    """What a figure counts."""

    COUNT = "count"
    HOURS = "hours"
    PERCENT = "percent"
    SCORE = "score"
    MONEY = "money"


class Figure(Owned):
    """One claim about value, with where it comes from and what it assumes.

    Units: `amount` is in `unit`; money in major units of `currency`; a score is out of 5.
    Source: timeline, "Persediaan Dokumentasi Nilai".
    """

    __tablename__ = "figure"
    __table_args__ = (
        *tenant("subscription_id"),
        Index("uq_figure_external", "account_id", "external_id", unique=True),
        Index("ix_figure_subscription", "subscription_id"),
    )

    subscription_id: Mapped[UUID]
    external_id: Mapped[str]
    metric: Mapped[str]
    label_en: Mapped[str]
    label_ms: Mapped[str]
    amount: Mapped[Decimal] = mapped_column(Numeric(20, 4))
    unit: Mapped[Unit]
    currency: Mapped[str | None]
    source: Mapped[str]
    assumption: Mapped[str] = mapped_column(default="")
    measured_on: Mapped[date]

    def label(self, locale: str) -> str:
        return self.label_ms if locale.startswith("ms") else self.label_en


class Usage(Owned):
    """One month of one metric of use. Units: `month` is its first day."""

    __tablename__ = "usage"
    __table_args__ = (
        *tenant("subscription_id"),
        Index("uq_usage_month", "subscription_id", "metric", "month", unique=True),
    )

    subscription_id: Mapped[UUID]
    metric: Mapped[str]
    month: Mapped[date]
    amount: Mapped[int] = mapped_column(BigInteger)


FIGURES = (
    select(Figure)
    .where(
        Figure.subscription_id == bindparam("subscription"), Figure.measured_on >= bindparam("since"),
        Figure.measured_on <= bindparam("until"),
    )
    .order_by(Figure.measured_on, Figure.external_id)
)
USAGE = (
    select(Usage.metric, Usage.month, Usage.amount)
    .where(
        Usage.subscription_id == bindparam("subscription"), Usage.month >= bindparam("since"),
        Usage.month < bindparam("until"),
    )
    .order_by(Usage.month)
)
"""Built once, like every query of a page that is read often."""


@dataclass(frozen=True, slots=True)
class ValueStory:
    """The year in figures; claims nothing it has no row for."""

    figures: Sequence[Figure]
    usage: Sequence[Row[str, date, int]]

    @classmethod
    def of(cls, session: Session, subscription_id: UUID, *, until: date) -> "ValueStory":
        """The last twelve whole months of use before `until`, and of each metric the newest figure of that time;
        what was measured later is not known yet."""
        this_month = until.replace(day=1)
        since = this_month.replace(year=until.year - 1)  # rows, not records: a page reads dozens of them
        measured = {"subscription": subscription_id, "since": since, "until": until}
        newest = {figure.metric: figure for figure in session.scalars(FIGURES, measured)}
        figures = sorted(newest.values(), key=lambda figure: figure.external_id)
        months = {"subscription": subscription_id, "since": since, "until": this_month}
        usage = session.execute(USAGE, months).all()
        return cls(figures, usage)

    @property
    def key(self) -> tuple[object, ...]:
        """Everything the story says, to know whether it was told before."""
        told = tuple(
            (f.metric, f.label_en, f.label_ms, f.amount, f.unit, f.currency, f.source, f.assumption, f.measured_on)
            for f in self.figures
        )
        return told, tuple(tuple(row) for row in self.usage)

    def months(self, metric: str) -> list[tuple[date, int]]:
        return [(row.month, row.amount) for row in self.usage if row.metric == metric]

    def latest(self, metric: str) -> int | None:
        months = self.months(metric)
        return months[-1][1] if months else None

    def earliest(self, metric: str) -> int | None:
        """The first month known, when it is at least nine months before the last."""
        months = self.months(metric)
        return months[0][1] if len(months) >= 10 else None

    def figure(self, metric: str) -> Figure | None:
        return next((figure for figure in self.figures if figure.metric == metric), None)

    @property
    def hours(self) -> Figure | None:
        return self.figure(HOURS_SAVED)

    @property
    def worth(self) -> Money | None:
        """Hours saved at the cost of an hour; nothing when either row is missing."""
        hours, cost = self.hours, self.figure(HOURLY_COST)
        if hours is None or cost is None or cost.currency is None:
            return None
        one_hour = Money.parse(format(cost.amount.normalize(), "f"), cost.currency)
        return one_hour.times(Fraction(hours.amount))

    @property
    def highlights(self) -> list[Figure]:
        """What stands under the headline: neither the hours nor the cost they are counted with."""
        return [figure for figure in self.figures if figure.metric not in (HOURS_SAVED, HOURLY_COST)][:3]
