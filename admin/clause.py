"""Clause: what a contract says beside its price acts when somebody says that its event has come."""

from uuid import UUID

from admin import deal, record
from admin.form import day
from gateways.browser import Answer, Visit, post, staff
from renewals.clauses import leaving
from renewals.clauses.early_exit import EarlyExit
from renewals.clauses.renegotiation import renegotiate
from renewals.errors import Malformed, Stale
from renewals.permission import Permission
from renewals.renewal import Renewal


@post("/admin/renewals/{renewal_id:uuid}/termination", staff(Permission.RUN_RENEWALS))
def leave(visit: Visit, renewal_id: UUID) -> Answer:
    """They told us of an event that the off-ramp names."""
    renewal, form = visit.find(Renewal, renewal_id, lock=True), visit.request.form
    try:
        event = leaving.event_of(form.get("event", ""))
        told_on = day(form.get("told_on", ""), "Give the day on which they told us.", "told_on")
        made = leaving.leave(renewal, event, told_on, form.get("evidence", ""), by=visit.someone, at=visit.now)
    except Malformed as trouble:
        return record.show_again(visit, renewal, trouble)
    flash = "exit_asked" if isinstance(made, EarlyExit) else "term_left"
    return visit.go(f"/admin/renewals/{renewal_id}#clauses", flash=flash)


@post("/admin/renewals/{renewal_id:uuid}/termination/decision", staff(Permission.AGREE_EXITS))
def decide(visit: Visit, renewal_id: UUID) -> Answer:
    """Another's yes or no to an exit that returns money or is dated back."""
    renewal = visit.find(Renewal, renewal_id, lock=True)
    asked, form = EarlyExit.must_wait(renewal), visit.request.form
    if form.get("exit") != str(asked.id):
        raise Stale("What is asked for now is not what you read. Nothing was decided; look again.")
    is_agreed = form.get("decision") == "agree"
    try:
        leaving.decide(asked, is_agreed, by=visit.someone, at=visit.now)
    except Malformed as trouble:
        return record.show_again(visit, renewal, trouble)
    return visit.go(f"/admin/renewals/{renewal_id}#clauses", flash="term_left" if is_agreed else "exit_refused")


@post("/admin/renewals/{renewal_id:uuid}/renegotiation", staff(Permission.QUOTE))
def open_again(visit: Visit, renewal_id: UUID) -> Answer:
    """The product changed in a major way: a quote lies ready."""
    renewal = visit.find(Renewal, renewal_id, lock=True)
    try:
        with deal.fields_named():
            made = renegotiate(renewal, visit.request.form.get("change", ""), by=visit.someone, at=visit.now)
    except Malformed as trouble:
        return record.show_again(visit, renewal, trouble)
    return visit.go(f"/admin/quotes/{made.quote_id}", flash="renegotiated")
