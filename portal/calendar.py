"""Calendar: private addresses from which one's own calendar reads the dates of the renewal."""

from uuid import UUID

from gateways.browser import Answer, Visit, customer, get, post
from renewals.feed import Feed, FeedScope
from renewals.permission import Permission


@get("/calendar", customer(Permission.VIEW))
def show(visit: Visit) -> Answer:
    feeds = visit.session.scalars(Feed.of(visit.someone)).all()
    return visit.page("portal/calendar.html", feeds=[(feed, visit.feed_url(feed.id)) for feed in feeds])


@post("/calendar", customer(Permission.VIEW))
def make(visit: Visit) -> Answer:
    Feed.make(visit.session, FeedScope.OWN, visit.locale, by=visit.someone, at=visit.now)
    return visit.go("/calendar", flash="feed_made")


@post("/calendar/addresses/{feed_id:uuid}/revocation", customer(Permission.VIEW))
def revoke(visit: Visit, feed_id: UUID) -> Answer:
    feed = Feed.one_of(visit.session, visit.someone, feed_id)
    feed.revoke(by=visit.someone, at=visit.now)
    return visit.go("/calendar", flash="feed_revoked")
