"""BillingDetails: how a company is invoiced, as its own people say it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Index, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from pricing.money import Money
from renewals.account import Account
from renewals.base import Owned, Versioned, new_key, tenant
from renewals.errors import Malformed
from renewals.event import Event, EventName
from renewals.inviting import ADDRESS
from renewals.permission import Permission
from renewals.person import Person

LONGEST = 80
"""Characters of a tax number and of an order's number."""
KEPT = 7_205_347
"""The advisory lock under which a company's details are written: two colleagues make one row."""


class PaysBy(StrEnum):
    """What they pay with."""

    CARD = "card"
    INVOICE = "invoice"


class BillingDetails(Versioned, Owned):
    """One for each company; "" and None are what nobody has said.

    `order_minor` is how much their purchase order covers, in minor units of the company's currency.
    """

    __tablename__ = "billing"
    __table_args__ = (*tenant(), Index("uq_billing_account", "account_id", unique=True))

    pays_by: Mapped[PaysBy | None]
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
            details = cls(id=new_key(), account_id=account.id, tax_id="", email="", order_number="")
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
        if values.get("email") and not ADDRESS.fullmatch(values["email"].lower()):
            raise Malformed("This is not a mail address. It looks like name@company.com.", "email")
