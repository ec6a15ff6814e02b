"""Rule: what one row must hold beyond each cell's own form, and what is worked out from it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from renewals.account import Account
from renewals.errors import Malformed
from renewals.importing import cell
from renewals.importing.kind import ACCOUNTS, PEOPLE, SUBSCRIPTIONS, VALUE, Kind
from renewals.person import CUSTOMER_ROLES, STAFF_ROLES
from renewals.policy import Policy, PolicyKind
from renewals.value import Unit

Values = dict[str, Any]
Fault = tuple[str, str]
"""A column and why."""

STAKE = ("buying_roles", "strength", "stance", "concern", "engaged_by_email", "last_contact_on")
"""The columns of a person that say what part they play in the customer's decision."""
A_DAY = timedelta(days=1)
LONGEST_TERM = 120
"""Units: months."""


@dataclass
class Known:
    """What rows are checked against: the policies in force, and each account's currency as rows bring it.

    A currency is None when the account is there and its currency can not be read.
    """

    on: date
    segmented: frozenset[str]
    products: dict[str, str]
    currencies: dict[str, str | None]

    @classmethod
    def of(cls, session: Session, on: date) -> "Known":
        """Raises: NotNow when a policy is missing."""
        price = Policy.in_force(session, PolicyKind.PRICE, on).content
        return cls(
            on, frozenset(Policy.in_force(session, PolicyKind.SEGMENT, on).content["thresholds"]),
            {name: product["kind"] for name, product in sorted(price["catalogue"].items())},
            {row[0]: row[1] for row in session.execute(select(Account.external_id, Account.currency))},
        )


Rule = Callable[[Values, Known], Iterator[Fault]]


def account(row: Values, known: Known) -> Iterator[Fault]:
    currency = row["currency"]
    if row["external_id"]:
        known.currencies[row["external_id"]] = currency
    if currency and currency not in known.segmented:
        yield "currency", f"the segment policy has no thresholds for {currency}"


def person(row: Values, known: Known) -> Iterator[Fault]:
    if row["account"] is None or row["roles"] is None:
        return
    side, wanted = ("a customer", CUSTOMER_ROLES) if row["account"] else ("the staff", STAFF_ROLES)
    if wrong := [role for role in row["roles"] if role not in wanted]:
        yield "roles", f"{wrong[0]} is no role of {side}; those are {', '.join(wanted)}"
    elif not row["roles"]:
        yield "roles", "is empty"
    if not row["account"]:
        yield from ((name, "is for a customer's people; leave it empty for staff") for name in STAKE if row[name])
    elif row["last_contact_on"] and row["last_contact_on"] > known.on + A_DAY:
        yield "last_contact_on", f"{row['last_contact_on']} has not come yet"


def subscription(row: Values, known: Known) -> Iterator[Fault]:
    row.update(unit_minor=None, target_minor=None, months=None)
    row["currency"] = currency = known.currencies.get(row["account"])
    yield from _catalogue(row, known)
    yield from _days(row)
    if row["mandate_on"] and row["mandate_on"] > known.on + A_DAY:
        yield "mandate_on", f"{row['mandate_on']} has not come yet"
    if currency:
        yield from _prices(row, currency)


def figure(row: Values, known: Known) -> Iterator[Fault]:
    row["label_ms"] = row["label_ms"] or row["label_en"]
    amount, unit, currency = row["amount"], row["unit"], row["currency"]
    if unit is None or amount is None:
        return
    if unit != Unit.MONEY and currency:
        yield "currency", f"a figure in {unit} has no currency; leave it empty"
    if unit == Unit.MONEY and not currency:
        yield "currency", "is empty; money needs one"
    elif unit == Unit.MONEY:
        yield from _money(format(amount, "f"), currency)
    elif unit == Unit.SCORE and not 0 <= amount <= 5:
        yield "amount", f"{amount} is no score from 0 to 5"
    elif unit in (Unit.COUNT, Unit.HOURS) and amount < 0:
        yield "amount", f"{amount} is below zero"


def _catalogue(row: Values, known: Known) -> Iterator[Fault]:
    """What is in no catalogue is a gap for the checks that follow."""
    plans = [name for name, kind in known.products.items() if kind == "plan"]
    if row["plan"] and row["plan"] not in plans:
        yield "plan", f"{row['plan']!r} is no plan of the price policy; those are {', '.join(plans)}"
        row["plan"] = None
    if row["product"] and row["product"] not in known.products:
        products = ", ".join(known.products)
        yield "product", f"{row['product']!r} is no product of the price policy; those are {products}"
        row["product"] = None


def _days(row: Values) -> Iterator[Fault]:
    starts, ends = row["starts_on"], row["ends_on"]
    if starts is None or ends is None:
        return
    if starts >= ends:
        yield "ends_on", f"{ends} is not after {starts}, when the term starts"
        return
    row["months"] = months_between(starts, ends)
    if row["months"] > LONGEST_TERM:
        yield "ends_on", f"{ends} is more than ten years after {starts}"


def _prices(row: Values, currency: str) -> Iterator[Fault]:
    for column, minor in (("unit_price", "unit_minor"), ("target_value", "target_minor")):
        try:
            row[minor] = cell.price(row[column], currency) if row[column] else None
        except Malformed as problem:
            yield column, str(problem)
    if row["unit_minor"] and row["quantity"] and row["unit_minor"] * row["quantity"] > cell.MOST:
        yield "unit_price", "times the quantity is too large"


def _money(amount: str, currency: str) -> Iterator[Fault]:
    try:
        cell.price(amount, currency)
    except Malformed as problem:
        yield "amount", str(problem)


def months_between(starts: date, ends: date) -> int:
    """The nearest number of whole months, at least one."""
    months = (ends.year - starts.year) * 12 + ends.month - starts.month
    spare = ends.day - starts.day
    return max(1, months + (spare > 15) - (spare < -15))


def looks_inclusive(starts: date, ends: date) -> bool:
    """Whether `ends` seems to be the last covered day, where the first day not covered is asked for."""
    return ends.day != starts.day and (ends + timedelta(days=1)).day == starts.day


RULES: dict[Kind, Rule] = {ACCOUNTS: account, PEOPLE: person, SUBSCRIPTIONS: subscription, VALUE: figure}
