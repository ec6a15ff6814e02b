"""Search: one field for a name or a number, on every page of the staff."""

from admin.shell import page
from gateways.browser import Answer, Visit, get, staff
from renewals import search
from renewals.permission import Permission


@get("/admin/search", staff(Permission.READ_BOOK))
def show(visit: Visit) -> Answer:
    said = visit.request.query.get("q", "").strip()[:100]
    return page(
        visit, "admin/search.html", here="search", looked_for=said, found=search.look(visit.session, said),
        shortest=search.SHORTEST, most=search.MOST,
    )
