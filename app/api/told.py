"""Told: the shapes in which programs are told of things; the document is drawn from them."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from pricing.money import Money
from renewals.account import Account, Health
from renewals.forecast import Risk, Timeliness
from renewals.importing import BookImport, Warned
from renewals.pipeline import Rules
from renewals.renewal import LossReason, Renewal, RenewalState
from renewals.segment import Segment
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
    def of(cls, renewal: Renewal, rules: Rules, on: date, *, raised: bool) -> "ToldRenewal":
        outlook, account = rules.outlook(renewal, on, raised=raised), renewal.account
        return cls(
            id=renewal.id, account=account.external_id, account_name=account.name,
            subscription=renewal.subscription.external_id, plan=renewal.subscription.plan, stage=renewal.state,
            renews_on=renewal.renews_on, decide_by=renewal.decide_by, value=Amount.of(renewal.value),
            target=Amount.of(renewal.target), segment=rules.segment(renewal), segment_reason=renewal.segment_reason,
            health=rules.health(account), health_score=account.health_score, probability=outlook.probability,
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
    """A customer company. `external_id` is your own id."""

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
    strategic: bool
    owner: str | None

    @classmethod
    def of(cls, account: Account, rules: Rules) -> "ToldAccount":
        return cls(
            id=account.id, external_id=account.external_id, name=account.name, currency=account.currency,
            country=account.country, timezone=account.timezone, locale=account.locale, industry=account.industry,
            customer_since=account.customer_since, health=rules.health(account), health_score=account.health_score,
            strategic=account.strategic, owner=account.owner.email if account.owner else None,
        )


class Accounts(msgspec.Struct):
    """One page. `next` is the address of the one after it, or null at the end."""

    accounts: list[ToldAccount]
    next: str | None


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
