"""Check: the sentences that must always be true, and whether they are; on request the whole log is walked."""

from admin.shell import page
from gateways.browser import Answer, Visit, get, staff
from renewals import check, seal, trail
from renewals.permission import Permission


@get("/admin/check", staff(Permission.READ_AUDIT))
def show(visit: Visit) -> Answer:
    walks = visit.request.query.get("walk") == "yes"
    return page(
        visit, "admin/check.html", here="check", findings=check.findings(visit.session),
        chain=trail.chain(visit.session), verdict=seal.verify(visit.session) if walks else None,
    )
