"""Guest: what somebody without an account reads by a private address: their part of one proposal, and nothing else.

The page behind the address has a button and no content: what only follows links reads nothing and counts for nothing.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from gateways.browser import AT_THE_DOOR, Answer, Visit, get, post
from gateways.proposal import Status
from portal.machine import status_of
from portal.renewal import story
from portal.shown import Shown
from renewals.choice import Choice
from renewals.errors import NotFound
from renewals.quoting.guest_link import GuestLink, GuestRole
from renewals.quoting.proposal import Proposal, Rounds
from renewals.quoting.wishing import Wishing

UNSEEN = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow, noarchive"}
READABLE = (Status.OPEN, Status.ACCEPTED)
Room = Callable[[Visit, str], Answer]


def _for_guests(room: Room) -> Room:
    """Whatever does not open says so with one and the same page."""

    @wraps(room)
    def calm(visit: Visit, token: str) -> Answer:
        try:
            answer = room(visit, token)
        except NotFound:
            answer = visit.page("portal/guest_gone.html", status=404)
        answer.headers |= UNSEEN
        return answer

    return calm


@get("/shared/{token:str}", AT_THE_DOOR)
@_for_guests
def show(visit: Visit, token: str) -> Answer:
    link = visit.guest_link(token)
    proposal = Proposal.of(link.quote)
    status = status_of(proposal, visit.today)
    shared: dict[str, Any] = {"link": link, "quote": link.quote, "proposal": proposal, "standing": status.value}
    if status not in READABLE:
        return visit.page("portal/guest_over.html", **shared)
    if not visit.has_opened(link):
        return visit.page("portal/guest_door.html", path=visit.request.path, **shared)
    return visit.page("portal/guest.html", **shared, **_part(visit, link, proposal))


@post("/shared/{token:str}/opening", AT_THE_DOOR)
@_for_guests
def open_it(visit: Visit, token: str) -> Answer:
    """A view receipt, unless it is somebody who is signed in: they are not whom it was made for."""
    link = visit.guest_link(token, lock=True)
    if visit.person is None and status_of(Proposal.of(link.quote), visit.today) in READABLE:
        link.note_opening(at=visit.now)
    return visit.opened(link)


def _part(visit: Visit, link: GuestLink, proposal: Proposal) -> dict[str, Any]:
    """What this role reads, and nothing of what the others do."""
    renewal = link.quote.renewal
    shown = Shown(visit.session, renewal, Choice.of(visit.session, renewal, visit.today), visit.today)
    part: dict[str, Any] = {"renewal": shown, "before": Rounds.of(proposal).before, "zone": renewal.account.zone}
    if link.role is GuestRole.SPONSOR:
        growth = shown.choice.facts.growth.bps
        part |= story(shown) | {"framing": proposal.framing(growth), **_options(visit, proposal)}
    if link.role in (GuestRole.LEGAL, GuestRole.SECURITY):
        part |= {"terms": shown.terms}
    return part


def _options(visit: Visit, proposal: Proposal) -> dict[str, Any]:
    """The ways to commit, and what each lever would earn; nothing once it is settled."""
    if not proposal.quote.can_be_answered(visit.today):
        return {"what": None, "horizon": None}
    wishing = Wishing(proposal.quote, proposal.version, visit.now)
    return {"what": wishing.as_it_is, "horizon": wishing.horizon}
