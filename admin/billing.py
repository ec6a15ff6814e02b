"""Billing: how a customer is invoiced, written down by one of us as they told us."""

from uuid import UUID

from admin.shell import page
from gateways.browser import Answer, Visit, get, post, staff
from renewals.account import Account
from renewals.billing import FIELDS, BillingDetails, as_typed, read_details
from renewals.errors import Malformed
from renewals.permission import Permission


@get("/admin/accounts/{account_id:uuid}/billing", staff(Permission.KEEP_BILLING))
def show(visit: Visit, account_id: UUID) -> Answer:
    account = Account.find(visit.session, account_id)
    return _page(visit, account, as_typed(BillingDetails.of(visit.session, account), account.currency))


@post("/admin/accounts/{account_id:uuid}/billing", staff(Permission.KEEP_BILLING))
def keep(visit: Visit, account_id: UUID) -> Answer:
    account, form = Account.find(visit.session, account_id), visit.request.form
    try:
        said = read_details(form, account.currency)
        BillingDetails.keep(visit.session, account, by=visit.someone, at=visit.now, **said)
    except Malformed as trouble:
        typed = {name: form.get(name, "") for name in FIELDS}
        return _page(visit, account, typed, status=422, **{trouble.field or "pays_by": str(trouble)})
    return visit.go(f"/admin/accounts/{account_id}", flash="billing_kept")


def _page(visit: Visit, account: Account, typed: dict[str, str], *, status: int = 200, **trouble: str) -> Answer:
    return page(
        visit, "admin/billing.html", here="accounts", status=status, account=account, typed=typed, trouble=trouble
    )
