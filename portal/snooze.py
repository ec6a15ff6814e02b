"""Snooze: a reader pauses the letters about a renewal for a while, and takes that back."""

from uuid import UUID

from gateways.browser import Answer, Visit, customer, get, post
from portal.shown import Shown
from renewals.errors import Malformed
from renewals.permission import Permission
from renewals.snooze import LENGTHS, Snooze


@get("/renewals/{renewal_id:uuid}/snooze", customer(Permission.VIEW, link=True))
def show(visit: Visit, renewal_id: UUID) -> Answer:
    return _page(visit, Shown.find(visit, renewal_id))


@post("/renewals/{renewal_id:uuid}/snooze", customer(Permission.VIEW, link=True))
def begin(visit: Visit, renewal_id: UUID) -> Answer:
    shown, days = Shown.find(visit, renewal_id), visit.request.form.get("days", "")
    try:
        Snooze.begin(visit.session, shown.renewal, _length(days), by=visit.someone, at=visit.now)
    except Malformed as trouble:
        return _page(visit, shown, status=422, days=str(trouble))
    return visit.go(f"/renewals/{renewal_id}/snooze")


@post("/renewals/{renewal_id:uuid}/snooze/withdrawal", customer(Permission.VIEW, link=True))
def end(visit: Visit, renewal_id: UUID) -> Answer:
    Shown.find(visit, renewal_id)
    if snooze := Snooze.standing(visit.session, visit.someone):
        snooze.end(by=visit.someone, at=visit.now)
    return visit.go(f"/renewals/{renewal_id}", flash="writing_again")


def _length(word: str) -> int:
    """Days; 0 for what is no length of ours."""
    return int(word) if word in {str(days) for days in LENGTHS} else 0


def _page(visit: Visit, shown: Shown, *, status: int = 200, **trouble: str) -> Answer:
    snooze = Snooze.standing(visit.session, visit.someone)
    until = shown.renewal.account.today(snooze.ends_at) if snooze and snooze.is_on(visit.now) else None
    return visit.page(
        "portal/snooze.html", status=status, renewal=shown, until=until, lengths=LENGTHS, trouble=trouble,
        may_decide=not shown.is_final,
    )
