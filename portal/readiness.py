"""Readiness: what is still to be settled on the customer's side before it renews, and how they are invoiced."""

from uuid import UUID

from gateways.browser import Answer, Visit, customer, get, post
from portal.shown import Shown
from renewals.billing import FIELDS, BillingDetails, as_typed, read_details
from renewals.errors import Malformed
from renewals.permission import Permission


@get("/renewals/{renewal_id:uuid}/readiness", customer(Permission.KEEP_BILLING))
def show(visit: Visit, renewal_id: UUID) -> Answer:
    shown = Shown.find(visit, renewal_id)
    account = shown.renewal.account
    return _page(visit, shown, as_typed(BillingDetails.of(visit.session, account), account.currency))


@post("/renewals/{renewal_id:uuid}/readiness", customer(Permission.KEEP_BILLING))
def keep(visit: Visit, renewal_id: UUID) -> Answer:
    shown, form = Shown.find(visit, renewal_id, lock=True), visit.request.form
    account = shown.renewal.account
    try:
        said = read_details(form, account.currency)
        BillingDetails.keep(visit.session, account, by=visit.someone, at=visit.now, **said)
    except Malformed as trouble:
        typed = {name: form.get(name, "") for name in FIELDS}
        return _page(visit, shown, typed, status=422, **{trouble.field or "pays_by": str(trouble)})
    return visit.go(f"/renewals/{renewal_id}/readiness", flash="billing_kept")


def _page(visit: Visit, shown: Shown, typed: dict[str, str], *, status: int = 200, **trouble: str) -> Answer:
    return visit.page("portal/readiness.html", status=status, renewal=shown, typed=typed, trouble=trouble)
