"""Notice: proof that a legal notice was served on paper, written down by whoever served it."""

from uuid import UUID

from admin import record
from admin.form import day
from gateways.browser import Answer, Visit, post, staff
from renewals.errors import Malformed, NotFound
from renewals.notice import Notice
from renewals.permission import Permission
from renewals.renewal import Renewal


@post("/admin/renewals/{renewal_id:uuid}/notice", staff(Permission.RUN_RENEWALS))
def serve(visit: Visit, renewal_id: UUID) -> Answer:
    renewal, form = visit.find(Renewal, renewal_id, lock=True), visit.request.form
    notice = Notice.of(renewal)
    if notice is None:
        raise NotFound
    try:
        served_on = day(form.get("served_on", ""), "Give the day it was served.", "served_on")
        notice.served_on_paper(served_on, form.get("tracking", ""), by=visit.someone, at=visit.now)
    except Malformed as trouble:
        return record.show_again(visit, renewal, trouble)
    return visit.go(f"/admin/renewals/{renewal_id}", flash="served")
