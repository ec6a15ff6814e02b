"""Forward: a buyer's links to parts of one proposal, for colleagues without an account, and who looked at them."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

from gateways.browser import Answer, Visit, customer, get, post
from portal.machine import status_of
from portal.shown import Shown
from renewals.errors import Malformed
from renewals.permission import Permission
from renewals.quoting.guest_link import GuestLink, GuestRole, last_day, usual_last_day
from renewals.quoting.proposal import Proposal
from renewals.quoting.quote import Quote


@get("/proposals/{quote_id:uuid}/links", customer(Permission.FORWARD))
def show(visit: Visit, quote_id: UUID) -> Answer:
    return _page(visit, *_find(visit, quote_id))


@post("/proposals/{quote_id:uuid}/links", customer(Permission.FORWARD))
def make(visit: Visit, quote_id: UUID) -> Answer:
    form = visit.request.form

    def act(quote: Quote) -> None:
        ends_on = _day(form.get("ends_on", ""))
        GuestLink.make(quote, form.get("role", ""), ends_on, by=visit.someone, at=visit.now)

    return _done(visit, quote_id, act, flash="forwarded")


@post("/proposals/{quote_id:uuid}/links/{link_id:uuid}/revocation", customer(Permission.FORWARD))
def revoke(visit: Visit, quote_id: UUID, link_id: UUID) -> Answer:
    def act(_: Quote) -> None:
        visit.find(GuestLink, link_id, lock=True).revoke(by=visit.someone, at=visit.now)

    return _done(visit, quote_id, act, flash="link_revoked")


def _done(visit: Visit, quote_id: UUID, act: Callable[[Quote], None], *, flash: str) -> Answer:
    shown, proposal = _find(visit, quote_id)
    try:
        act(proposal.quote)
    except Malformed as trouble:
        return _page(visit, shown, proposal, status=422, **{trouble.field or "role": str(trouble)})
    return visit.go(f"/proposals/{quote_id}/links", flash=flash)


def _find(visit: Visit, quote_id: UUID) -> tuple[Shown, Proposal]:
    """Raises: NotFound."""
    quote = visit.find(Quote, quote_id)
    return Shown.find(visit, quote.renewal_id), Proposal.of(quote)


def _day(typed: str) -> date:
    """Raises: Malformed."""
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise Malformed("Give the last day on which it opens.", "ends_on") from None


def _page(visit: Visit, shown: Shown, proposal: Proposal, *, status: int = 200, **trouble: str) -> Answer:
    quote, form, today = proposal.quote, visit.request.form, visit.today
    links = GuestLink.of_quote(visit.session, quote.id)
    return visit.page(
        "portal/forward.html", status=status, renewal=shown, proposal=proposal, quote=quote,
        links=[(link, visit.guest_url(link.id) if link.is_good(today) else "") for link in links],
        roles=list(GuestRole), is_open=quote.can_be_answered(today), first_day=today, last_day=last_day(quote, today),
        standing=status_of(proposal, today).value, trouble=trouble,
        typed={"role": form.get("role", ""), "ends_on": form.get("ends_on", usual_last_day(quote, today).isoformat())},
    )
