"""Opt-out: "do not renew", and taking it back."""

from types import SimpleNamespace
from typing import Any
from uuid import UUID

from gateways.browser import Answer, Visit, customer, get, post
from portal.payment import close_checkout
from portal.shown import Shown
from renewals import closing
from renewals.permission import Permission
from renewals.person import Person
from renewals.save_offer import SaveOffer

REASONS = ("price", "unused", "missing", "service", "competitor", "closing", "other")
LONGEST = 400
"""Characters of a reason in one's own words."""


@get("/renewals/{renewal_id:uuid}/opt-out", customer(Permission.VIEW, link=True))
def show(visit: Visit, renewal_id: UUID) -> Answer:
    shown = Shown.find(visit, renewal_id)
    return _page(visit, shown) if shown.renewal.is_open else visit.go(f"/renewals/{renewal_id}")


@post("/renewals/{renewal_id:uuid}/opt-out", customer(Permission.DECLINE, link=True))
def decline(visit: Visit, renewal_id: UUID) -> Any:
    """A checkout that was left open is closed first: what was refused can not be paid any more."""
    shown = yield from close_checkout(visit, Shown.find(visit, renewal_id, lock=True))
    reason, words = visit.request.form.get("reason", ""), visit.request.form.get("words", "").strip()
    if reason and reason not in REASONS:
        return _page(visit, shown, status=422, reason="Choose one of the reasons, or none.")
    if len(words) > LONGEST:
        return _page(visit, shown, status=422, words=f"This is longer than {LONGEST} characters. Say it shorter.")
    said = f"{reason}: {words}" if words else reason
    closing.decline(shown.renewal, said, by=visit.someone, at=visit.now)
    return visit.go(f"/renewals/{renewal_id}/opt-out")


@post("/renewals/{renewal_id:uuid}/opt-out/withdrawal", customer(Permission.DECLINE, link=True))
def take_back(visit: Visit, renewal_id: UUID) -> Answer:
    Shown.find(visit, renewal_id, lock=True).renewal.reconsider(by=visit.someone, at=visit.now)
    return visit.go(f"/renewals/{renewal_id}", flash="staying")


def _page(visit: Visit, shown: Shown, *, status: int = 200, **trouble: str) -> Answer:
    typed = {field: visit.request.form.get(field, "") for field in ("reason", "words")}
    return visit.page(
        "portal/decline.html", status=status, renewal=shown, declined=_declined(visit, shown), reasons=list(REASONS),
        typed=typed, trouble=trouble, offer=SaveOffer.of(shown.choice),
        may={"decline": visit.someone.may(Permission.DECLINE)},
    )


def _declined(visit: Visit, shown: Shown) -> SimpleNamespace | None:
    renewal = shown.renewal
    if renewal.declined_at is None:
        return None
    who = visit.session.get(Person, renewal.declined_by) if renewal.declined_by else None
    return SimpleNamespace(
        at=renewal.declined_at, by_name=who.name if who else "",
        may_undo=not shown.is_final and visit.someone.may(Permission.DECLINE),
    )
