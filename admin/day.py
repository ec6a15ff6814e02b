"""Day: what waits for whoever signs in: their renewals of the next weeks, those at risk, and what is new.

Who looks after no renewal sees everybody's.
"""

from admin.shell import DAYS, page
from gateways.browser import Answer, Visit, get, staff
from renewals import trail
from renewals.forecast import Risk
from renewals.permission import Permission
from renewals.pipeline import Pipeline

NEWEST = 12
SHOWN = 60
"""Rows of one table; the rest is in the book."""


@get("/admin", staff(Permission.READ_BOOK))
def show(visit: Visit) -> Answer:
    whose, pipeline = visit.request.query.get("whose", ""), Pipeline(visit.session, visit.today)
    own = [] if whose == "everybody" else pipeline.coming(DAYS, visit.someone.id)
    everybody = not own and whose != "mine"
    rows = pipeline.coming(DAYS, None) if everybody else own
    near = [row for row in rows if (row.renews_on - visit.today).days <= DAYS]
    return page(
        visit, "admin/day.html", here="day", everybody=everybody, days=DAYS, near=near[:SHOWN], total=len(near),
        at_risk=[row for row in rows if row.forecast.risk is Risk.HIGH][:SHOWN],
        news=trail.news(visit.session, {row.account_id for row in rows}, most=NEWEST),
    )
