"""BillingDetails: how a company is invoiced, as its own people say it."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Index, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from pricing.money import Money, NotAnAmount
from renewals.account import Account
from renewals.base import Owned, Versioned, new_key, tenant
from renewals.errors import Malformed
from renewals.event import Event, EventName
from renewals.inviting import ADDRESS
from renewals.permission import Permission
from renewals.person import Person
from renewals.plan.field import UNWRITABLE

LONGEST = 80
"""Characters of a tax number and of an order's number."""
LONGEST_NAME, LONGEST_LINE, MOST_LINES = 120, 80, 4
"""Characters of the name on an invoice and of a line of its address, and how many lines."""
MOST = 10**14
"""Minor units: more than any purchase order covers."""
NEEDS = {"yes": True, "no": False, "": None}
"""Whether they buy with a purchase order, as a form says it."""
PLAIN = ("name", "tax_id", "email", "order_number")
FIELDS = (*PLAIN, "address", "pays_by", "needs_order", "order")
"""What a form asks for."""
KEPT = 7_205_347
"""The advisory lock under which a company's details are written: two colleagues make one row."""


class PaysBy(StrEnum):
    """What they pay with."""

    CARD = "card"
    INVOICE = "invoice"


class BillingDetails(Versioned, Owned):
    """One for each company; "" and None are what nobody has said.

    `name` and `address`, its lines, are who an invoice is made out to; `order_minor` is how much their purchase order
    covers, in minor units of the company's currency.
    """

    __tablename__ = "billing"
    __table_args__ = (*tenant(), Index("uq_billing_account", "account_id", unique=True))

    pays_by: Mapped[PaysBy | None]
    name: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    tax_id: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    needs_order: Mapped[bool | None]
    order_number: Mapped[str] = mapped_column(default="")
    order_minor: Mapped[int | None] = mapped_column(BigInteger)

    @classmethod
    def of(cls, session: Session, account: Account) -> "BillingDetails | None":
        return session.scalars(select(cls).where(cls.account_id == account.id)).one_or_none()

    @classmethod
    def keep(cls, session: Session, account: Account, *, by: Person, at: datetime, **values: Any) -> None:
        """What they say now; what is not named stays. Raises: NotYours, Malformed.

        The event names the fields alone: what stands in them can be erased.
        """
        by.must(Permission.KEEP_BILLING)
        cls._must_be_readable(values)
        session.execute(select(func.pg_advisory_xact_lock(KEPT, func.hashtext(str(account.id)))))
        details = cls.of(session, account)
        if details is None:
            details = cls(id=new_key(), account_id=account.id, **dict.fromkeys((*PLAIN, "address"), ""))
            session.add(details)
        changed = sorted(name for name, value in values.items() if getattr(details, name) != value)
        for name in changed:
            setattr(details, name, values[name])
        session.flush()  # the event names the row
        if changed:
            Event.record(session, EventName.BILLING_CHANGED, details, by=by, at=at, fields=changed)

    def order(self, currency: str) -> Money | None:
        """How much the purchase order covers."""
        return None if self.order_minor is None else Money(self.order_minor, currency)

    @staticmethod
    def _must_be_readable(values: dict[str, Any]) -> None:
        for name in ("tax_id", "order_number"):
            if len(values.get(name, "")) > LONGEST:
                raise Malformed("This number has 80 characters at most.", name)
        if len(values.get("name", "")) > LONGEST_NAME:
            raise Malformed("The name on an invoice has 120 characters at most.", "name")
        lines = values.get("address", "").splitlines()
        if len(lines) > MOST_LINES or any(len(line) > LONGEST_LINE for line in lines):
            raise Malformed("Write the address in four lines at most, of 80 characters each.", "address")
        if any(UNWRITABLE.search(str(values.get(name, ""))) for name in (*PLAIN, "address")):
            raise Malformed("There is a character in it that can not be printed.", "name")
        if values.get("email") and not ADDRESS.fullmatch(values["email"].lower()):
            raise Malformed("This is not a mail address. It looks like name@company.com.", "email")


# As a form says it


def read_details(form: Mapping[str, str], currency: str) -> dict[str, Any]:
    """Raises: Malformed naming the field."""
    pays_by, needs = form.get("pays_by", ""), form.get("needs_order", "")
    if pays_by not in ("", *PaysBy) or needs not in NEEDS:
        raise Malformed("Choose one of these.", "pays_by" if needs in NEEDS else "needs_order")
    lines = (line.strip() for line in form.get("address", "").splitlines())
    return {
        "pays_by": PaysBy(pays_by) if pays_by else None, "needs_order": NEEDS[needs],
        "order_minor": _minor(form.get("order", ""), currency), "address": "\n".join(filter(None, lines)),
        **{name: form.get(name, "").strip() for name in PLAIN},
    }


def _minor(word: str, currency: str) -> int | None:
    """Raises: Malformed."""
    plain = word.strip().removeprefix(currency).replace(",", "").strip()
    try:
        minor = Money.parse(plain, currency).minor if plain else None
    except NotAnAmount:
        minor = 0
    if minor is not None and not 0 < minor < MOST:
        raise Malformed("Write an amount like 8640.00, or leave it empty.", "order")
    return minor


def as_typed(details: BillingDetails | None, currency: str) -> dict[str, str]:
    """The form as it was filled in last."""
    if details is None:
        return dict.fromkeys(FIELDS, "")
    order = details.order(currency)
    needs = next(word for word, meant in NEEDS.items() if meant is details.needs_order)
    return {
        "pays_by": details.pays_by or "", "needs_order": needs, "order": order.decimal_text if order else "",
        **{name: getattr(details, name) for name in (*PLAIN, "address")},
    }
