"""Audit: who did what and when, from what to what; nothing in it can be changed, and that can be checked."""

from admin.address import Address
from admin.shell import page
from gateways.browser import Answer, Visit, get, staff
from renewals import trail
from renewals.event import EventName
from renewals.permission import Permission
from renewals.trail import PAGE, Looked

FILTERS = ("account", "person", "name", "day", "before")


@get("/admin/audit", staff(Permission.READ_AUDIT))
def show(visit: Visit) -> Answer:
    address = Address("/admin/audit", visit.request.query, FILTERS)
    looked = Looked(
        address.word("account"), address.word("person"), address.choice("name", EventName), address.day("day"),
        address.number("before"),
    )
    told = trail.look(visit.session, looked)
    return page(
        visit, "admin/audit.html", here="audit", address=address, looked=looked, told=told[:PAGE],
        older=told[PAGE - 1].event.seq if len(told) > PAGE else None, chain=trail.chain(visit.session),
        event_names=[(name.value, name.value) for name in sorted(EventName)],
    )
