"""Addition: products are added to a term that runs, by a quote of their own."""

from uuid import UUID

from admin import deal, record
from gateways.browser import Answer, Visit, post, staff
from pricing.deal import DealLine
from renewals.errors import Malformed
from renewals.permission import Permission
from renewals.quoting.extending import extend
from renewals.renewal import Renewal


@post("/admin/renewals/{renewal_id:uuid}/additions", staff(Permission.QUOTE))
def begin(visit: Visit, renewal_id: UUID) -> Answer:
    """A quote of it lies ready, priced for the days that are left when it is accepted."""
    renewal = visit.find(Renewal, renewal_id)
    try:
        with deal.fields_named():
            quote = extend(renewal, _line(visit), by=visit.someone, at=visit.now)
    except Malformed as trouble:
        field = "quantity" if (trouble.field or "").endswith("quantity") else "product"
        return record.show_again(visit, renewal, Malformed(str(trouble), field))
    return visit.go(f"/admin/quotes/{quote.id}", flash="quoted")


def _line(visit: Visit) -> DealLine:
    """Raises: Malformed, DealError."""
    form = visit.request.form
    if not (product := form.get("product", "")):
        raise Malformed("Choose a product.", "product")
    return DealLine(product, deal.count(form, "quantity"))
