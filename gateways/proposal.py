"""Proposal: what a program reads of one, `proposal@1`. Its JSON Schema is docs/proposal-1.schema.json.

Money is decimal text in the one currency of `price`, tax excluded; days are ISO 8601 where the customer is.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal

from msgspec import Struct


class Status(StrEnum):
    """How it stands; only an open one can be answered."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


class PricePath(StrEnum):
    """What the price does from year to year."""

    ONE_YEAR = "one_year"
    HELD = "held"
    RISES = "rises"
    LOCKED = "locked"
    OVERAGE = "overage"


class ToldTerm(Struct, frozen=True, forbid_unknown_fields=True):
    """`ends_on` is the first day after it; `rise_bps` a year, in basis points."""

    starts_on: date
    ends_on: date
    months: int
    price_path: PricePath
    rise_bps: int


class ToldPrice(Struct, frozen=True, forbid_unknown_fields=True):
    """`per_year` is a full first year; `years` are the contract years, first to last; `rules` the price policy."""

    currency: str
    per_year: str
    against_today: str
    total: str
    years: list[str]
    rules: str
    tax: Literal["excluded"] = "excluded"


class ToldLine(Struct, frozen=True, forbid_unknown_fields=True):
    """A year of one product; `unit_above` is what a unit above the quantity costs a year, where that was agreed."""

    product: str
    name: str
    quantity: int
    amount: str
    unit_above: str | None


class ToldInstalment(Struct, frozen=True, forbid_unknown_fields=True):
    invoiced_on: date
    due_on: date
    amount: str


class ToldPayment(Struct, frozen=True, forbid_unknown_fields=True):
    """`net_days` after the invoice."""

    billing: str
    prepaid: bool
    net_days: int
    instalments: list[ToldInstalment]


class ToldCause(Struct, frozen=True, forbid_unknown_fields=True):
    cause: str
    amount: str


class ToldLineChange(Struct, frozen=True, forbid_unknown_fields=True):
    """A year of one product before and after; the causes add up to the difference."""

    product: str
    name: str
    quantity_before: int
    quantity_after: int
    amount_before: str
    amount_after: str
    causes: list[ToldCause]


class ToldTermChange(Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    before: Any
    after: Any


class ToldChanges(Struct, frozen=True, forbid_unknown_fields=True):
    """Against the term that ends."""

    lines: list[ToldLineChange]
    terms: list[ToldTermChange]


class ToldDeparture(Struct, frozen=True, forbid_unknown_fields=True):
    """Against the preliminary terms: `least` and `most` are what a year was foreseen to cost, for `months`; the causes
    add up to the difference from `least`. `rules_before` is the price policy of then.
    """

    months: int
    least: str
    most: str
    is_inside: bool
    rules_before: str
    causes: list[ToldCause]
    terms: list[ToldTermChange]


class ToldClause(Struct, frozen=True, forbid_unknown_fields=True):
    """`words` are what is accepted, in the customer's language; empty for a name without any."""

    id: str
    title: str
    words: str


class ToldSection(Struct, frozen=True, forbid_unknown_fields=True):
    """One section of the page and of the paper, by its name, and the words it begins with, a paragraph or line each."""

    name: str
    words: list[str]


class ToldOptional(Struct, frozen=True, forbid_unknown_fields=True):
    """What could be added, for a year by itself; it is no part of what is accepted."""

    product: str
    name: str
    quantity: int
    amount: str


class ToldDate(Struct, frozen=True, forbid_unknown_fields=True):
    """What comes next: `answer`, `decide_by`, `begins` or `first_due`."""

    name: str
    on: date


class ToldContact(Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    mail: str


class ToldAcceptance(Struct, frozen=True, forbid_unknown_fields=True):
    by: str
    at: datetime
    terms: str


class ToldProposal(Struct, frozen=True, forbid_unknown_fields=True):
    """`turn` is whose answer is waited for, ours by `answer_by`; `trace` is the public part of how the price was made,
    in minor units; `content_hash` is the SHA-256 of what is accepted. `template` is the version of the structure it was
    sent by, `sections` are in its order; `approved_on` since when our side has approved it.
    """

    schema: Literal["proposal@1"]
    id: str
    number: str
    version: int
    status: Status
    turn: Literal["yours", "ours"]
    answer_by: datetime | None
    valid_until: date | None
    customer: str
    term: ToldTerm
    price: ToldPrice
    lines: list[ToldLine]
    changes: ToldChanges
    preliminary: ToldDeparture | None
    payment: ToldPayment
    extras: list[str]
    clauses: list[str]
    clause_words: list[ToldClause]
    sign_by: date | None
    trace: dict[str, Any]
    content_hash: str
    acceptance: ToldAcceptance | None
    template: str
    sections: list[ToldSection]
    customer_quotes: list[str]
    optional: list[ToldOptional]
    dates: list[ToldDate]
    approved_on: date | None
    can_accept: list[str]
    contact: ToldContact | None
