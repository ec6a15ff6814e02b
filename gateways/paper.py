"""Paper: what a printed paper says, as plain values; days and moments are the business's own."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from pricing.money import Money


@dataclass(frozen=True, slots=True)
class Vendor:
    """Whose paper it is. `accent` is a colour such as #0c5a47."""

    name: str
    legal_name: str
    address: tuple[str, ...]
    registration: str
    accent: str = "#0c5a47"


@dataclass(frozen=True, slots=True)
class Customer:
    """The other side, as the law knows it. `country` is an ISO 3166 code, such as MY."""

    legal_name: str
    country: str
    address: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PricedLine:
    """One product of the agreement. Units: `unit` and `amount` for a full year."""

    product: str
    quantity: int
    unit: Money
    amount: Money


@dataclass(frozen=True, slots=True)
class ContractYear:
    """One year of the term: its price, and the day it is owed."""

    price: Money
    due_on: date


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is not as in the last term. Units: `money` more (or less) a year; None when it has none."""

    words: str
    money: Money | None


@dataclass(frozen=True, slots=True)
class PriceStep:
    """One public step of how the price was made; no amount for a step that only explains.

    A `total` is set apart below all steps.
    """

    label: str
    amount: Money | None
    total: bool = False


@dataclass(frozen=True, slots=True)
class TermsText:
    """The words that were accepted. `hash` is their SHA-256 in hex."""

    title: str
    paragraphs: tuple[str, ...]
    version: str
    hash: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Who accepted what, when, and how we knew them.

    `known_by` is `link`, `code` or words of your own; `content_hash` is the SHA-256 of the offer's content.
    """

    name: str
    title: str
    mail: str
    at: datetime
    known_by: str
    ip: str
    user_agent: str
    content_hash: str


@dataclass(frozen=True, slots=True)
class Paid:
    """Money that arrived; no `brand` when it came without a card."""

    amount: Money
    on: date
    brand: str = ""
    last4: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Owed:
    """Money that an invoice asks for."""

    amount: Money
    due_on: date
    reference: str = ""


@dataclass(frozen=True, slots=True)
class AgreementPaper:
    """Everything an agreement says. `ends_on` is the first day after the term; `decline_by` the last day to
    say no to the next one; no `changes` means that nothing changes. `clauses` are titles and words.
    """

    number: str
    made_at: datetime
    vendor: Vendor
    customer: Customer
    plan: str
    lines: tuple[PricedLine, ...]
    starts_on: date
    ends_on: date
    months: int
    years: tuple[ContractYear, ...]
    total: Money
    changes: tuple[Change, ...]
    steps: tuple[PriceStep, ...]
    price_rules: str
    terms: TermsText
    evidence: Evidence
    payment: Paid | Owed
    decline_by: date | None
    clauses: tuple[tuple[str, str], ...] = ()


class Tax(StrEnum):
    """What the amounts say of tax: it is not in them, or there is none."""

    EXCLUDED = "excluded"
    ZERO = "zero"


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One thing charged; no quantity where counting makes no sense."""

    words: str
    quantity: int | None
    amount: Money


@dataclass(frozen=True, slots=True)
class InvoicePaper:
    """Everything an invoice says. `ends_on` is the first day after the period."""

    number: str
    issued_on: date
    vendor: Vendor
    customer: Customer
    lines: tuple[InvoiceLine, ...]
    total: Money
    tax: Tax
    starts_on: date
    ends_on: date
    payment: Paid | Owed
    agreement: str = ""
    purchase_order: str = ""
    tax_number: str = ""


@dataclass(frozen=True, slots=True)
class NoticePaper:
    """Everything a notice of renewal says. `deadline` is the last day to decline; `ends_on` the first day after the
    term that would begin; `change` a year more than today; it counts when served from `first_day` to `last_day`.
    """

    number: str
    made_at: datetime
    vendor: Vendor
    customer: Customer
    plan: str
    deadline: date
    renews_on: date
    ends_on: date
    months: int
    price: Money
    change: Money
    content_hash: str
    where: str
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class DueOn:
    """One instalment: invoiced on a day, due on another."""

    on: date
    due_on: date
    amount: Money


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Words somebody wrote: a paragraph, a list, or facts. `lines` are as `gateways.stencil.Part` has them."""

    shape: str
    lines: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class PaperSection:
    """One section of a proposal, by its name, and the words it begins with."""

    name: str
    opening: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class ProposalPaper:
    """Everything a proposal says, `sections` in which order. `ends_on` is the first day after the term; `terms` are
    names and values in words; `value` sentences about what the year was worth, none where nothing is claimed, and
    `voices` what their people said; `optional` could be added, and is not in the price; `dates` are what comes next,
    `approvals` what it takes on both sides and `contacts` whom to ask, each as name and words;
    `departures` is what is not as the preliminary terms had it, None where there were none.
    """

    number: str
    version: int
    made_at: datetime
    vendor: Vendor
    customer: Customer
    plan: str
    lines: tuple[PricedLine, ...]
    starts_on: date
    ends_on: date
    months: int
    total: Money
    change: Money
    instalments: tuple[DueOn, ...]
    changes: tuple[Change, ...]
    departures: tuple[Change, ...] | None
    terms: tuple[tuple[str, str], ...]
    value: tuple[str, ...]
    steps: tuple[PriceStep, ...]
    price_rules: str
    valid_until: date | None
    where: str
    content_hash: str
    sections: tuple[PaperSection, ...]
    voices: tuple[str, ...] = ()
    optional: tuple[PricedLine, ...] = ()
    dates: tuple[tuple[str, str], ...] = ()
    approvals: tuple[tuple[str, str], ...] = ()
    contacts: tuple[tuple[str, str], ...] = ()
