"""Calendar: private addresses from which the calendars of the staff read milestones and work."""

from uuid import UUID

from admin.shell import page
from gateways.browser import Answer, Visit, get, post, staff
from renewals.feed import Feed
from renewals.permission import Permission


@get("/admin/calendar", staff(Permission.READ_BOOK))
def show(visit: Visit) -> Answer:
    feeds = visit.session.scalars(Feed.of(visit.someone)).all()
    return page(
        visit, "admin/calendar.html", here="calendar", feeds=[(feed, visit.feed_url(feed.id)) for feed in feeds]
    )


@post("/admin/calendar", staff(Permission.READ_BOOK))
def make(visit: Visit) -> Answer:
    Feed.make(visit.session, visit.request.form.get("scope", ""), "en", by=visit.someone, at=visit.now)
    return visit.go("/admin/calendar", flash="feed_made")


@post("/admin/calendar/addresses/{feed_id:uuid}/revocation", staff(Permission.READ_BOOK))
def revoke(visit: Visit, feed_id: UUID) -> Answer:
    feed = Feed.one_of(visit.session, visit.someone, feed_id)
    feed.revoke(by=visit.someone, at=visit.now)
    return visit.go("/admin/calendar", flash="feed_revoked")
