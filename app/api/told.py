"""Told: the shapes in which programs are told of things; the document is drawn from them."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from pricing.money import Money
from renewals.account import Account
from renewals.forecast import Doubts, Risk, Timeliness
from renewals.health import Bands, Confidence, Health
from renewals.importing import BookImport, Warned
from renewals.pipeline import Rules
from renewals.reading import HealthReading
from renewals.renewal import LossReason, Renewal, RenewalState
from renewals.segment import Segment
from renewals.stake import Stance, Strength
from renewals.stakeholder import Stakeholder
from renewals.subscription import Line


class Amount(msgspec.Struct):
    """Exact money: plain decimal text with the currency's own decimals."""

    amount: str
    currency: str

    @classmethod
    def of(cls, money: Money) -> "Amount":
        return cls(money.decimal_text, money.currency)


class ToldLine(msgspec.Struct):
    """One product of the running term; prices are a year's."""

    product: str
    quantity: int
    unit_price: Amount
    price: Amount

    @classmethod
    def of(cls, line: Line) -> "ToldLine":
        return cls(line.product, line.quantity, Amount.of(line.unit_price), Amount.of(line.a_year))


class ToldRenewal(msgspec.Struct):
    """A renewal as it stands today. `account` and `subscription` are your own ids; `probability` is in percent."""

    id: UUID
    account: str
    account_name: str
    subscription: str
    plan: str
    stage: RenewalState
    renews_on: date
    decide_by: date
    value: Amount
    target: Amount
    segment: Segment | None
    segment_reason: str | None
    health: Health
    health_score: int | None
    probability: int
    risk: Risk
    timeliness: Timeliness
    owner: str | None
    auto_renew: bool
    declined_at: datetime | None
    lost_reason: LossReason | None
    opened_at: datetime
    closed_at: datetime | None
    lines: list[ToldLine]

    @classmethod
    def of(cls, renewal: Renewal, rules: Rules, on: date, doubts: Doubts) -> "ToldRenewal":
        outlook, account = rules.outlook(renewal, on, doubts), renewal.account
        return cls(
            id=renewal.id, account=account.external_id, account_name=account.name,
            subscription=renewal.subscription.external_id, plan=renewal.subscription.plan, stage=renewal.state,
            renews_on=renewal.renews_on, decide_by=renewal.decide_by, value=Amount.of(renewal.value),
            target=Amount.of(renewal.target), segment=rules.segment(renewal), segment_reason=renewal.segment_reason,
            health=account.health_band, health_score=account.health_score, probability=outlook.probability,
            risk=outlook.risk, timeliness=outlook.timeliness, owner=renewal.owner.email if renewal.owner else None,
            auto_renew=renewal.term.auto_renew, declined_at=renewal.declined_at, lost_reason=renewal.lost_reason,
            opened_at=renewal.opened_at, closed_at=renewal.closed_at,
            lines=[ToldLine.of(line) for line in renewal.term.lines],
        )


class Renewals(msgspec.Struct):
    """One page. `next` is the address of the one after it, or null at the end."""

    renewals: list[ToldRenewal]
    next: str | None


class ToldAccount(msgspec.Struct):
    """A customer company. `external_id` is your own id; `health` is the band, `health_since` its first day."""

    id: UUID
    external_id: str
    name: str
    currency: str
    country: str
    timezone: str
    locale: str
    industry: str
    customer_since: date | None
    health: Health
    health_score: int | None
    health_since: date | None
    health_taken_on: date | None
    health_confidence: Confidence
    strategic: bool
    owner: str | None

    @classmethod
    def of(cls, account: Account, bands: Bands, on: date) -> "ToldAccount":
        return cls(
            id=account.id, external_id=account.external_id, name=account.name, currency=account.currency,
            country=account.country, timezone=account.timezone, locale=account.locale, industry=account.industry,
            customer_since=account.customer_since, health=account.health_band, health_score=account.health_score,
            health_since=account.health_since, health_taken_on=account.health_taken_on,
            health_confidence=account.health_confidence(bands, on),
            strategic=account.strategic, owner=account.owner.email if account.owner else None,
        )


class Accounts(msgspec.Struct):
    """One page. `next` is the address of the one after it, or null at the end."""

    accounts: list[ToldAccount]
    next: str | None


class ToldReading(msgspec.Struct):
    """One health score. `at` is when we heard of it; null is not known."""

    score: int | None
    taken_on: date
    source: str
    at: datetime

    @classmethod
    def of(cls, reading: HealthReading) -> "ToldReading":
        return cls(reading.score, reading.taken_on, reading.source, reading.at)


class Readings(msgspec.Struct):
    """Every reading of one company, day by day."""

    readings: list[ToldReading]


class ToldPerson(msgspec.Struct):
    """One of a customer's people. `roles` say what they may do in the portal, `buying_roles` what they have to say."""

    id: UUID
    email: str
    name: str
    title: str
    roles: list[str]
    active: bool
    buying_roles: list[str]
    strength: Strength | None
    stance: Stance | None
    concern: str
    engaged_by: str | None
    last_contact_on: date | None

    @classmethod
    def of(cls, one: Stakeholder) -> "ToldPerson":
        person, stake = one.person, one.stake
        engaged_by = stake.engaged_by if stake else None
        return cls(
            id=person.id, email=person.email, name=person.name, title=person.title, roles=list(person.roles),
            active=person.active, buying_roles=list(stake.buying_roles) if stake else [],
            strength=stake.strength if stake else None, stance=stake.stance if stake else None,
            concern=stake.concern if stake else "", engaged_by=engaged_by.email if engaged_by else None,
            last_contact_on=stake.last_contact_on if stake else None,
        )


class People(msgspec.Struct):
    """Every person of one company, those who are there first."""

    people: list[ToldPerson]


class ToldWarning(msgspec.Struct):
    """Worth a look, and no reason to refuse. `row` counts from 1 inside its kind; 0 is the whole kind."""

    kind: str
    row: int
    column: str
    reason: str

    @classmethod
    def of(cls, warned: Warned) -> "ToldWarning":
        return cls(warned.file, warned.line, warned.column, warned.reason)


class Imported(msgspec.Struct):
    """An import that went in whole. `counts` says of each kind how many rows were new and changed."""

    id: UUID
    at: datetime
    rows: int
    counts: dict[str, dict[str, int]]
    warnings: list[ToldWarning]

    @classmethod
    def of(cls, run: BookImport, warnings: list[Warned]) -> "Imported":
        return cls(run.id, run.at, run.rows, run.counts, [ToldWarning.of(one) for one in warnings])
