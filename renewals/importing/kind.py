"""Kind: one of the five tables a book is made of, with its columns; `docs/import.md` says the same."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pricing.instalments import Billing
from renewals.importing import cell
from renewals.importing.cell import Reader
from renewals.renewal import RenewalState
from renewals.stake import Stance, Strength
from renewals.value import Unit


@dataclass(frozen=True, slots=True)
class Column:
    """`required` cells may not be empty; `headed` columns may not be missing. An empty cell means `default`;
    a missing column leaves what is known and gives new rows the default.
    """

    name: str
    read: Reader
    sql: str
    example: str
    says: str
    required: bool = False
    headed: bool = False
    default: Any = None

    @property
    def must_be_there(self) -> bool:
        return self.required or self.headed


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """`key` tells two rows apart; `keys` are made for each row, `derived` is what the rules work out."""

    name: str
    stem: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    keys: tuple[str, ...] = ("id",)
    derived: tuple[tuple[str, str], ...] = ()

    @property
    def staged(self) -> str:
        return f"staged_{self.name}"

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def needed(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.must_be_there)


def _must(name: str, read: Reader, sql: str, example: str, says: str) -> Column:
    return Column(name, read, sql, example, says, required=True)


_ID, _LOCALE = cell.text(120), cell.one_of(*cell.LOCALES)
_ACCOUNT = _must("account", _ID, "text", "cedar-dental", "`external_id` of the account.")
_METRIC = _must("metric", cell.metric, "text", "hours_saved", "What is measured: lower case with `_`.")
_SUBSCRIPTION = _must(
    "subscription", _ID, "text", "cedar-dental-growth", "`external_id` of the subscription."
)


def _may(
    name: str, read: Reader, sql: str, example: str, says: str, default: Any = None, *, headed: bool = False
) -> Column:
    return Column(name, read, sql, example, says, default=default, headed=headed)


def _judgement(name: str, says: str) -> Column:
    return _may(name, cell.yes_no, "boolean", "true", f"{says}: `true` or `false`; empty is not known.")


ACCOUNTS = Kind(
    "accounts", "account", ("external_id",), keys=("id", "event_id", "reading_id"),
    columns=(
        _must("external_id", _ID, "text", "cedar-dental", "Your own id of the company; never changes."),
        _must("name", cell.name, "text", "Cedar Dental", "As the customer writes it."),
        _must("currency", cell.currency, "text", "USD", "ISO 4217; the segment policy must know it."),
        _must("country", cell.country, "text", "US", "ISO 3166, two letters."),
        _must("timezone", cell.timezone, "text", "America/Chicago", "Their days are counted here."),
        _may("locale", _LOCALE, "text", "en", "Language of pages and mail: `en` or `ms`.", "en"),
        _may("industry", cell.text(120), "text", "Dental care", "In words.", ""),
        _may("customer_since", cell.day, "date", "2023-09-04", "First day as a customer."),
        _may("health_score", cell.count(0, 100), "integer", "91", "0 to 100, as measured today; empty is not known."),
        _may("strategic", cell.yes_no, "boolean", "false", "A strategic account: `true`, `false`.", False),
        _judgement("stable_business", "Their business is stable"),
        _judgement("budget_predictable", "Their budget is predictable"),
        _judgement("wants_multi_year", "They asked for several years"),
        _judgement("industry_changes_fast", "Their industry changes fast"),
        _may("stripe_customer", cell.text(120), "text", "cus_cedar_dental", "Their customer id at Stripe."),
        _may("owner_email", cell.mail, "text", "maya@lumen.example", "Who of the staff looks after them."),
        _may("region", cell.text(40), "text", "WI", "The state or province; laws of notice ask for it.", ""),
    ),
)

PEOPLE = Kind(
    "people", "people", ("account", "email"), keys=("id", "event_id", "stake_id", "stake_event_id"),
    columns=(
        _may("account", _ID, "text", "cedar-dental", "The account's id; empty for staff.", "", headed=True),
        _must("email", cell.mail, "text", "ruth@cedar-dental.example", "Once in an account; in lower case."),
        _must("name", cell.name, "text", "Ruth Calder", "Given name first."),
        _may("title", cell.text(200), "text", "Practice manager", "What they do.", ""),
        _must("roles", cell.roles, "text[]", "owner;buyer", "Separated by `;`, see below."),
        _may("locale", _LOCALE, "text", "en", "Their own language; empty is the account's."),
        _may("buying_roles", cell.buying_roles, "text[]", "champion;user", "Parts in the decision, by `;`, see below."),
        _may("strength", cell.choice(Strength), "text", "strong", "How strong our tie is: `strong medium weak`."),
        _may("stance", cell.choice(Stance), "text", "advocate", "What they think: `advocate neutral detractor`."),
        _may("concern", cell.text(400), "text", "Reports take too long", "What weighs on them, in words.", ""),
        _may("engaged_by_email", cell.mail, "text", "maya@lumen.example", "Who of the staff keeps the tie."),
        _may("last_contact_on", cell.day, "date", "2026-07-20", "When somebody of us last spoke with them."),
    ),
)

SUBSCRIPTIONS = Kind(
    "subscriptions", "subscription", ("external_id", "starts_on", "ends_on", "product"),
    keys=("id", "subscription_id", "term_id", "renewal_id", "event_id", "change_id"),
    derived=(
        ("unit_minor", "bigint"), ("target_minor", "bigint"), ("months", "integer"), ("currency", "text"),
    ),
    columns=(
        _must("external_id", _ID, "text", "cedar-dental-growth", "Your own id of the subscription."),
        _ACCOUNT,
        _must("plan", _ID, "text", "growth", "A plan of the price policy's catalogue; one line of the term is for it."),
        _must("product", _ID, "text", "growth", "What this line is: a product of the catalogue."),
        _must("quantity", cell.count(1, 10_000_000), "integer", "20", "Seats, or units of the product."),
        _must("unit_price", cell.text(40), "text", "432.00", "A unit a year, in the account's currency."),
        _must("starts_on", cell.day, "date", "2025-09-04", "First covered day of the term."),
        _must("ends_on", cell.day, "date", "2026-09-04", "The renewal date: first day not covered."),
        _may("notice_days", cell.count(0, 3650), "integer", "14", "Last day to decline, before the end.", 0),
        _may("auto_renew", cell.yes_no, "boolean", "false", "The contract renews by itself.", False),
        _may("billing", cell.choice(Billing), "text", "annual", "`annual quarterly monthly`.", "annual"),
        _may("net_days", cell.count(0, 365), "integer", "0", "Days to pay an invoice; 0 is at once.", 0),
        _may("stage", cell.choice(RenewalState), "text", "planned", "Where the renewal stands, see below."),
        _may("owner_email", cell.mail, "text", "ravi@lumen.example", "Its owner; empty: as the rules say."),
        _may("target_value", cell.text(40), "text", "9072.00", "What a year should be worth after it."),
        _may("mandate_on", cell.day, "date", "2025-09-04", "They agreed to be charged by themselves."),
    ),
)

VALUE = Kind(
    "value", "value", ("account", "external_id"),
    columns=(
        _ACCOUNT,
        _SUBSCRIPTION,
        _must("external_id", _ID, "text", "hours-2026", "Your own id of the figure, once in an account."),
        _METRIC,
        _must("label_en", cell.text(200), "text", "Hours saved at the front desk", "In English."),
        _may("label_ms", cell.text(200), "text", "Jam dijimatkan", "In Malay; empty is the English one."),
        _must("amount", cell.number, "numeric", "312", "At most four decimals; money in major units."),
        _must("unit", cell.choice(Unit), "text", "hours", "`count hours percent score money`, score of 5."),
        _may("currency", cell.currency, "text", "USD", "ISO 4217, for `money` and for nothing else."),
        _must("source", cell.text(500), "text", "Booking log", "Where the figure comes from."),
        _may("assumption", cell.text(1000), "text", "4 minutes a booking", "What it takes for granted.", ""),
        _must("measured_on", cell.day, "date", "2026-07-31", "The day it was measured."),
    ),
)

USAGE = Kind(
    "usage", "usage", ("subscription", "metric", "month"),
    columns=(
        _SUBSCRIPTION,
        _METRIC,
        _must("month", cell.month, "date", "2026-07", "The calendar month."),
        _must("amount", cell.count(0, cell.MOST), "bigint", "17", "A whole number, from 0."),
    ),
)

KINDS = (ACCOUNTS, PEOPLE, SUBSCRIPTIONS, VALUE, USAGE)
"""In the order they go in: each refers only to those before it."""


def recognised(name: str, header: Iterable[str]) -> Kind | None:
    """By the beginning of the file's name; else by the header that has every needed column."""
    stem, headed = name.rpartition("/")[2].lower(), set(header)
    by_name = next((kind for kind in KINDS if stem.startswith(kind.stem)), None)
    return by_name or next((kind for kind in KINDS if headed.issuperset(kind.needed)), None)


def by_name(name: str) -> Kind:
    """Raises: KeyError for anything but the five names."""
    return {kind.name: kind for kind in KINDS}[name]
