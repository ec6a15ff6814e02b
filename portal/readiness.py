"""Readiness: what is still to be settled on the customer's side before it renews, and how they are invoiced."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from gateways.browser import Answer, Visit, customer, get, post
from portal.shown import Shown
from pricing.money import Money, NotAnAmount
from renewals.account import Account
from renewals.billing import BillingDetails, PaysBy
from renewals.errors import Malformed
from renewals.permission import Permission

FIELDS = ("pays_by", "tax_id", "email", "needs_order", "order_number", "order")
MOST = 10**14
"""Minor units: more than any purchase order covers."""
NEEDS = {"yes": True, "no": False, "": None}


@get("/renewals/{renewal_id:uuid}/readiness", customer(Permission.KEEP_BILLING))
def show(visit: Visit, renewal_id: UUID) -> Answer:
    shown = Shown.find(visit, renewal_id)
    account = shown.renewal.account
    return _page(visit, shown, _typed(BillingDetails.of(visit.session, account), account))


@post("/renewals/{renewal_id:uuid}/readiness", customer(Permission.KEEP_BILLING))
def keep(visit: Visit, renewal_id: UUID) -> Answer:
    shown, form = Shown.find(visit, renewal_id, lock=True), visit.request.form
    account = shown.renewal.account
    try:
        BillingDetails.keep(visit.session, account, by=visit.someone, at=visit.now, **_said(form, account.currency))
    except Malformed as trouble:
        typed = {name: form.get(name, "") for name in FIELDS}
        return _page(visit, shown, typed, status=422, **{trouble.field or "pays_by": str(trouble)})
    return visit.go(f"/renewals/{renewal_id}/readiness", flash="billing_kept")


def _page(visit: Visit, shown: Shown, typed: dict[str, str], *, status: int = 200, **trouble: str) -> Answer:
    return visit.page("portal/readiness.html", status=status, renewal=shown, typed=typed, trouble=trouble)


def _said(form: Mapping[str, str], currency: str) -> dict[str, Any]:
    """Raises: Malformed."""
    pays_by, needs = form.get("pays_by", ""), form.get("needs_order", "")
    if pays_by not in ("", *PaysBy) or needs not in NEEDS:
        raise Malformed("Choose one of these.", "pays_by" if needs in NEEDS else "needs_order")
    return {
        "pays_by": PaysBy(pays_by) if pays_by else None, "needs_order": NEEDS[needs],
        "order_minor": _minor(form.get("order", ""), currency),
        **{name: form.get(name, "").strip() for name in ("tax_id", "email", "order_number")},
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


def _typed(details: BillingDetails | None, account: Account) -> dict[str, str]:
    """The form as it was filled in last."""
    if details is None:
        return dict.fromkeys(FIELDS, "")
    order = details.order(account.currency)
    needs = next(word for word, meant in NEEDS.items() if meant is details.needs_order)
    return {
        "pays_by": details.pays_by or "", "tax_id": details.tax_id, "email": details.email, "needs_order": needs,
        "order_number": details.order_number, "order": order.decimal_text if order else "",
    }
