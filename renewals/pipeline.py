"""Pipeline: the renewals as one list, each with what is worked out about it, found by the database."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from dateutil.relativedelta import relativedelta
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Numeric,
    Select,
    Subquery,
    Text,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy.orm import Session

from pricing.money import Money
from renewals.account import Account
from renewals.forecast import Doubts, Forecast, Risk, Timeliness, forecast, rules_of
from renewals.health import Bands, Health
from renewals.outlook import Outlook
from renewals.person import Person
from renewals.plan.commitment import is_silent
from renewals.plan.reality import is_raised
from renewals.plan.task import Task, TaskState
from renewals.policy import Policy, PolicyKind
from renewals.quoting.quote import DEAD, Quote
from renewals.renewal import CLOSED, Renewal, RenewalState, place
from renewals.segment import Segment
from renewals.subscription import Line, Subscription, Term

Query = Select[*tuple[Any, ...]]
PAGE = 50
"""Rows of one page."""
MONTHS = 3
"""Of a quarter."""

ORDERS = ("account", "renews_on", "decide_by", "value", "stage", "health", "likely", "owner")
NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Rules:
    """The policies in force on one day, as the list needs them."""

    thresholds: dict[str, dict[str, int]]
    bands: Bands
    forecast: Mapping[str, Any]
    plans: dict[str, str]

    @classmethod
    def in_force(cls, session: Session, on: date) -> "Rules":
        known = Policy.all_in_force(session, on)
        catalogue = known[PolicyKind.PRICE].content["catalogue"]
        return cls(
            known[PolicyKind.SEGMENT].content["thresholds"], Bands.of(known[PolicyKind.HEALTH].content),
            rules_of(known.get(PolicyKind.FORECAST)), {key: product["name"] for key, product in catalogue.items()},
        )

    def segment(self, renewal: Renewal) -> Segment | None:
        """None when the policy does not know the currency and nobody decided."""
        knows = renewal.segment_override or renewal.value.currency in self.thresholds
        return renewal.segment({"thresholds": self.thresholds}) if knows else None

    def outlook(self, renewal: Renewal, on: date, doubts: Doubts) -> Forecast:
        segment, days_left = self.segment(renewal), renewal.days_left(on)
        time = Timeliness.of(renewal.state, segment, days_left, self.forecast)
        health = renewal.account.health_band
        return forecast(renewal.state, health, time, self.forecast, declined=renewal.is_declined, doubts=doubts)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for. Without a stage only open renewals are meant.

    `owner` is a person's key, or "nobody". `overdue` ones are open although their date has passed. `order` is one
    of `ORDERS`.
    """

    text: str = ""
    segment: Segment | None = None
    health: Health | None = None
    stage: RenewalState | None = None
    owner: UUID | str | None = None
    risk: Risk | None = None
    overdue: bool = False
    order: str = "renews_on"
    descending: bool = False
    page: int = 1


@dataclass(frozen=True, slots=True)
class Listed:
    """One renewal of the list. `segment` is None when the policy does not know its currency."""

    id: UUID
    account_id: UUID
    account: str
    plan: str
    renews_on: date
    decide_by: date
    stage: RenewalState
    value: Money
    segment: Segment | None
    is_overridden: bool
    health: Health
    score: int | None
    owner: str | None
    is_declined: bool
    forecast: Forecast


@dataclass(frozen=True, slots=True)
class Some:
    """The first of a list, and how many there are in all."""

    rows: Sequence[Listed]
    total: int


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the pipeline. `values` is a sum for each currency, the most common one first."""

    stage: RenewalState
    count: int
    values: tuple[Money, ...]

    @classmethod
    def of(cls, stage: RenewalState, parts: Sequence[tuple[int, Money]]) -> "Stage":
        ordered = sorted(parts, key=lambda part: (-part[0], part[1].currency))
        return cls(stage, sum(number for number, _ in parts), tuple(value for _, value in ordered))


@dataclass(frozen=True, slots=True)
class Quarter:
    """The open renewals of one currency that renew in the same quarter of the year.

    Units: `value` is a year of them at today's prices, `expected` the same times how likely each is.
    """

    begins: date
    count: int
    value: Money
    expected: Money

    @property
    def number(self) -> int:
        return self.begins.month // MONTHS + 1


class Pipeline:
    """The renewals as they stand on one day. Units: `on` is the company's day."""

    def __init__(self, session: Session, on: date) -> None:
        self.session = session
        self.on = on
        self.rules = Rules.in_force(session, on)
        self.year = _value_of_a_year()
        self.segment = self._segment()
        self.health = cast(Account.health_band, Text)
        self.outlook = Outlook(self.segment, self.health, self.rules.forecast, on, is_raised(on), is_silent(on))

    def page(self, wanted: Wanted) -> list[Listed]:
        """One page of what is wanted, in its order; equal ones by their key."""
        query = self._ordered(self._filtered(self._rows(), wanted), wanted)
        return self._listed(query.limit(PAGE).offset((wanted.page - 1) * PAGE))

    def count(self, wanted: Wanted) -> int:
        counted = self._filtered(self._rows(), wanted).with_only_columns(func.count())
        return self.session.execute(counted).scalar_one()

    def keys(self, wanted: Wanted, *, most: int) -> list[UUID]:
        """Every renewal that is wanted, not only a page of them."""
        query = self._filtered(self._rows(), wanted).with_only_columns(Renewal.id)
        return list(self.session.scalars(query.order_by(Renewal.renews_on, Renewal.id).limit(most)))

    def chosen(self, keys: Collection[UUID]) -> list[Listed]:
        """These, the nearest first."""
        query = self._rows().where(Renewal.id.in_(keys))
        return self._listed(query.order_by(Renewal.renews_on, Renewal.id))

    def by_stage(self, owner: UUID | None) -> list[Stage]:
        """How many open renewals stand where, and what a year of them is worth; without owner everybody's."""
        total = cast(func.sum(self.year.c.minor), BigInteger)
        counted = self._open(owner).with_only_columns(Renewal.state, Term.currency, func.count(), total)
        found: dict[RenewalState, list[tuple[int, Money]]] = {}
        for state, currency, number, minor in self.session.execute(counted.group_by(Renewal.state, Term.currency)):
            found.setdefault(state, []).append((number, Money(minor or 0, currency)))
        return [Stage.of(state, found[state]) for state in RenewalState if state in found]

    def coming(self, days: int, owner: UUID | None, *, most: int) -> Some:
        """Open renewals of the next days, and overdue ones, nearest first; without owner everybody's."""
        return self._some(self._open(owner).where(self._is_near(days)), most)

    def at_risk(self, owner: UUID | None, *, most: int) -> Some:
        """Open renewals at high risk, however far away, nearest first; without owner everybody's."""
        return self._some(self._open(owner).where(self._is_risky), most)

    def minded(self, days: int, owner: UUID | None) -> Select[UUID]:
        """The companies that either list is about, by key."""
        wanted = self._open(owner).where(or_(self._is_near(days), self._is_risky))
        return wanted.with_only_columns(Renewal.account_id)

    def _open(self, owner: UUID | None) -> Query:
        query = self._rows().where(Renewal.state.not_in(CLOSED))
        return query.where(Renewal.owner_id == owner) if owner else query

    def _is_near(self, days: int) -> ColumnElement[bool]:
        return Renewal.renews_on <= self.on + timedelta(days=days)

    @property
    def _is_risky(self) -> ColumnElement[bool]:
        return self.outlook.risk == Risk.HIGH.value

    def _some(self, query: Query, most: int) -> Some:
        total = self.session.execute(query.with_only_columns(func.count())).scalar_one()
        return Some(self._listed(query.order_by(Renewal.renews_on, Renewal.id).limit(most)), total)

    def quarter(self, row: Listed) -> Quarter:
        """What renews in the same quarter as one of the list, in its currency; itself too, while it is open."""
        begins = date(row.renews_on.year, (row.renews_on.month - 1) // MONTHS * MONTHS + 1, 1)
        query = self._rows().where(
            Renewal.state.not_in(CLOSED), Term.currency == row.value.currency, Renewal.renews_on >= begins,
            Renewal.renews_on < begins + relativedelta(months=MONTHS),
        )
        expected = cast(func.round(func.sum(self.year.c.minor * self.outlook.probability) / 100), BigInteger)
        total = cast(func.sum(self.year.c.minor), BigInteger)
        count, value, likely = self.session.execute(query.with_only_columns(func.count(), total, expected)).one()
        currency = row.value.currency
        return Quarter(begins, count, Money(value or 0, currency), Money(likely or 0, currency))

    def of_account(self, account_id: UUID) -> list[Listed]:
        """Every renewal of a company, the newest first."""
        query = self._rows().where(Renewal.account_id == account_id)
        return self._listed(query.order_by(Renewal.renews_on.desc(), Renewal.id))

    def one(self, renewal: Renewal) -> Listed:
        return self._listed(self._rows().where(Renewal.id == renewal.id))[0]

    def _rows(self) -> Query:
        return (
            select(
                Renewal.id, Renewal.account_id, Account.name.label("account"), Subscription.plan, Renewal.renews_on,
                Term.notice_days, Renewal.state, func.coalesce(self.year.c.minor, 0).label("minor"), Term.currency,
                self.segment.label("segment"), Renewal.segment_override, self.health.label("health"),
                Account.health_score, Person.name.label("owner"), Renewal.declined_at,
                self.outlook.raised.label("raised"), self.outlook.silent.label("silent"),
            )
            .select_from(Renewal)
            .join(Account, Account.id == Renewal.account_id)
            .join(Subscription, Subscription.id == Renewal.subscription_id)
            .join(Term, Term.id == Renewal.term_id)
            .outerjoin(self.year, self.year.c.term_id == Term.id)
            .outerjoin(Person, Person.id == Renewal.owner_id)
        )

    def _filtered(self, query: Query, wanted: Wanted) -> Query:
        stage = Renewal.state == wanted.stage if wanted.stage else Renewal.state.not_in(CLOSED)
        conditions = [stage]
        if wanted.text:
            named = [Account.name, Account.external_id, Subscription.external_id, Subscription.plan]
            conditions.append(or_(*(column.icontains(wanted.text, autoescape=True) for column in named)))
        if wanted.segment:
            conditions.append(self.segment == wanted.segment.value)
        if wanted.health:
            conditions.append(self.health == wanted.health.value)
        if wanted.risk:
            conditions.append(self.outlook.risk == wanted.risk.value)
        if wanted.overdue:
            conditions.append(self.outlook.is_overdue)
        if wanted.owner:
            whose = Renewal.owner_id
            conditions.append(whose.is_(None) if wanted.owner == NOBODY else whose == wanted.owner)
        return query.where(*conditions)

    def _ordered(self, query: Query, wanted: Wanted) -> Query:
        column = self._columns()[wanted.order]
        way = column.desc().nulls_last() if wanted.descending else column.asc().nulls_last()
        return query.order_by(way, Renewal.renews_on, Renewal.id)

    def _columns(self) -> dict[str, ColumnElement[Any]]:
        """Values in different currencies are compared by their size against the policy's enterprise threshold."""
        stages = {stage.value: place(stage) for stage in RenewalState}
        size = cast(self.year.c.minor, Numeric) / func.nullif(self._bound("enterprise"), 0)
        return {
            "account": func.lower(Account.name), "renews_on": Renewal.renews_on.expression, "value": size,
            "decide_by": Renewal.renews_on - Term.notice_days, "stage": case(stages, value=Renewal.state),
            "health": Account.health_score.expression, "likely": self.outlook.probability,
            "owner": func.lower(Person.name),
        }

    def _bound(self, name: str) -> ColumnElement[int]:
        """The threshold of a term's currency; none for a currency the policy does not know."""
        known = {currency: literal(bounds[name], BigInteger) for currency, bounds in self.rules.thresholds.items()}
        return case(known, value=Term.currency)

    def _segment(self) -> ColumnElement[str | None]:
        """As `Renewal.segment`; a test holds the two together."""
        minor = func.coalesce(self.year.c.minor, 0)
        return case(
            (Renewal.segment_override.is_not(None), cast(Renewal.segment_override, Text)),
            (self._bound("enterprise").is_(None), null()),
            (minor >= self._bound("enterprise"), Segment.ENTERPRISE.value),
            (minor >= self._bound("mid-market"), Segment.MID_MARKET.value),
            else_=Segment.SMB.value,
        )

    def _listed(self, query: Query) -> list[Listed]:
        return [self._read(row) for row in self.session.execute(query)]

    def _read(self, row: Any) -> Listed:
        segment = Segment(row.segment) if row.segment else None
        health, declined = Health(row.health), row.declined_at is not None
        time = Timeliness.of(row.state, segment, (row.renews_on - self.on).days, self.rules.forecast)
        return Listed(
            id=row.id, account_id=row.account_id, account=row.account,
            plan=self.rules.plans.get(row.plan, row.plan), renews_on=row.renews_on,
            decide_by=row.renews_on - timedelta(days=row.notice_days), stage=row.state,
            value=Money(row.minor, row.currency), segment=segment,
            is_overridden=row.segment_override is not None, health=health, score=row.health_score,
            owner=row.owner, is_declined=declined,
            forecast=forecast(
                row.state, health, time, self.rules.forecast, declined=declined,
                doubts=Doubts(row.raised, row.silent),
            ),
        )


def _value_of_a_year() -> Subquery:
    """What a year of each term costs, as `Term.arr`. Units: minor units."""
    total = cast(func.sum(Line.amount_minor), BigInteger).label("minor")
    return select(Line.term_id, total).group_by(Line.term_id).subquery()


def owners(session: Session) -> Sequence[Person]:
    """Who of the staff looks after an open renewal, in the order of their names."""
    owned = select(Renewal.owner_id).where(Renewal.state.not_in(CLOSED))
    return session.scalars(select(Person).where(Person.id.in_(owned)).order_by(Person.name, Person.id)).all()


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is, for the side list. `due` are one person's tasks that are late or due today."""

    due: int
    open: int
    accounts: int
    quotes: int

    @classmethod
    def of(cls, session: Session, person: Person, on: date) -> "Counts":
        own = (Task.assignee_id == person.id, Task.state == TaskState.OPEN)
        due = select(func.count()).select_from(Task).where(*own, Task.due_on <= on)
        open_ones = select(func.count()).select_from(Renewal).where(Renewal.state.not_in(CLOSED))
        accounts = select(func.count()).select_from(Account)
        quotes = select(func.count()).select_from(Quote).where(Quote.state.not_in(DEAD))
        every = (query.scalar_subquery() for query in (due, open_ones, accounts, quotes))
        return cls(*session.execute(select(*every)).one())
