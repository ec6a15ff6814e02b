"""Trade: what a price would take, as ways of which each is written by one press. Looking writes nothing."""

from types import SimpleNamespace
from uuid import UUID

from admin import deal
from admin.form import amount
from admin.shell import page
from gateways.browser import Answer, Visit, get, staff
from pricing.money import Money
from renewals.errors import Malformed
from renewals.permission import Permission
from renewals.quoting import trading
from renewals.quoting.authority import either
from renewals.quoting.basis import Basis
from renewals.quoting.proposal import is_theirs
from renewals.quoting.quote import ENDED, Quote
from renewals.quoting.trading import Way


@get("/admin/quotes/{quote_id:uuid}/trades", staff(Permission.READ_BOOK))
def show(visit: Visit, quote_id: UUID) -> Answer:
    quote = visit.find(Quote, quote_id)
    wanted = visit.request.query.get("target", "")
    try:
        return _page(visit, quote, wanted, _ways(visit, quote, wanted) if wanted else None)
    except Malformed as no:
        return _page(visit, quote, wanted, None, status=422, trouble=str(no))


def _ways(visit: Visit, quote: Quote, wanted: str) -> list[Way]:
    """Raises: Malformed."""
    with deal.fields_named():
        return trading.ways(quote, amount(wanted, quote.newest.currency, "target"), at=visit.now)


def _page(
    visit: Visit, quote: Quote, wanted: str, ways: list[Way] | None, *, status: int = 200, trouble: str = ""
) -> Answer:
    newest, ours = quote.newest, Basis.of_quote(quote, at=visit.now).as_priced(quote.ours)
    told = [SimpleNamespace(way=way, form=deal.written(way.trade.quoted.deal)) for way in ways or ()]
    return page(
        visit, "admin/trades.html", here="quotes", status=status, quote=quote, newest=newest, ours=ours,
        wanted=wanted or _theirs(quote), ways=told, is_asked=ways is not None, trouble=trouble, either=either,
        may=visit.someone.may(Permission.QUOTE) and quote.leads_to_a_term and quote.state not in ENDED,
    )


def _theirs(quote: Quote) -> str:
    """The price that they asked for last, while we have not answered it."""
    newest = quote.newest
    asked = Money(newest.content["per_year"], newest.currency)
    return asked.decimal_text if is_theirs(newest) else ""
