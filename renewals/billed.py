"""Billed: whom one invoice is made out to, as it was written down before Stripe was asked for it."""

from dataclasses import asdict, dataclass

from renewals.account import Account
from renewals.base import session_of
from renewals.billing import BillingDetails
from renewals.payment import Payment


@dataclass(frozen=True, slots=True)
class Billed:
    """What nobody told us is empty. `country` is an ISO 3166 code."""

    name: str
    country: str
    address: tuple[str, ...] = ()
    tax_id: str = ""
    email: str = ""
    order_number: str = ""

    @classmethod
    def of(cls, payment: Payment, account: Account) -> "Billed":
        """As it stood when the invoice was first asked for, whatever is changed later: the same bytes go to Stripe
        again, and our paper says what Stripe's does."""
        facts = payment.bill_to(asdict(cls.now(account)))
        return cls(**facts | {"address": tuple(facts["address"])})

    @classmethod
    def now(cls, account: Account) -> "Billed":
        """What they say of themselves; who said nothing goes by the name we know them by."""
        said = BillingDetails.of(session_of(account), account) or BillingDetails(
            name="", address="", tax_id="", email="", order_number=""
        )
        return cls(
            said.name or account.name, account.country, tuple(said.address.splitlines()), said.tax_id, said.email,
            said.order_number,
        )
