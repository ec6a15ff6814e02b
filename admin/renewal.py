"""Renewal: the book of renewals, and one renewal's record with everything that happened to it."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from admin.address import Address, Pages
from admin.shell import page
from gateways.browser import Answer, Visit, get, post, staff
from renewals import trail
from renewals.account import Health
from renewals.dossier import messages_of
from renewals.errors import Malformed
from renewals.event import EventName
from renewals.payment import Payment
from renewals.permission import REFUSALS, Permission
from renewals.person import Person
from renewals.pipeline import NOBODY, ORDERS, PAGE, Pipeline, Wanted, owners
from renewals.renewal import Renewal, RenewalState
from renewals.routing.why import Why
from renewals.segment import Segment
from renewals.trail import Told

FILTERS = ("text", "segment", "health", "stage", "owner", "sort", "page")


@get("/admin/renewals", staff(Permission.READ_BOOK))
def show_all(visit: Visit) -> Answer:
    address = Address("/admin/renewals", visit.request.query, FILTERS)
    wanted, pipeline = _wanted(address, visit.someone), Pipeline(visit.session, visit.today)
    total = pipeline.count(wanted)
    return page(
        visit, "admin/renewals.html", here="renewals", address=address, wanted=wanted, rows=pipeline.page(wanted),
        pages=Pages(wanted.page, total, PAGE), choices=_choices(visit),
    )


def _choices(visit: Visit) -> dict[str, list[tuple[object, str]]]:
    """What can be asked for: a value for the address, and words for people."""
    return {
        "segment": [(segment.value, segment.label) for segment in Segment],
        "health": [(health.value, health.value.capitalize()) for health in Health],
        "stage": [(stage.value, stage.value.capitalize()) for stage in RenewalState],
        "owner": [*((one.id, one.name) for one in owners(visit.session)), (NOBODY, "Nobody")],
    }


def _wanted(address: Address, someone: Person) -> Wanted:
    order, descending = address.order(ORDERS, "renews_on")
    return Wanted(
        text=address.word("text"), segment=address.choice("segment", Segment), health=address.choice("health", Health),
        stage=address.choice("stage", RenewalState), owner=_owner(address.word("owner"), someone), order=order,
        descending=descending, page=address.page,
    )


def _owner(word: str, someone: Person) -> UUID | str | None:
    if word in ("", NOBODY):
        return word or None
    try:
        return someone.id if word == "me" else UUID(word)
    except ValueError:
        return None


@get("/admin/renewals/{renewal_id:uuid}", staff(Permission.READ_BOOK))
def show(visit: Visit, renewal_id: UUID) -> Answer:
    return _record(visit, visit.find(Renewal, renewal_id))


@post("/admin/renewals/{renewal_id:uuid}/segment", staff(Permission.CHANGE_SEGMENT))
def serve(visit: Visit, renewal_id: UUID) -> Answer:
    """Override the segment for this term, or take the override back."""
    renewal = visit.find(Renewal, renewal_id, lock=True)
    form = visit.request.form
    try:
        renewal.serve_as(_segment(form.get("segment", "")), form.get("reason", ""), by=visit.someone, at=visit.now)
    except Malformed as trouble:
        return _record(visit, renewal, status=422, **{trouble.field or "reason": str(trouble)})
    return visit.go(f"/admin/renewals/{renewal_id}", flash="resegmented")


def _segment(word: str) -> Segment | None:
    """Raises: Malformed."""
    if word == "by_value":
        return None
    if word not in {segment.value for segment in Segment}:
        raise Malformed("Choose how this renewal is served.", "segment")
    return Segment(word)


def _record(visit: Visit, renewal: Renewal, *, status: int = 200, **trouble: str) -> Answer:
    pipeline = Pipeline(visit.session, visit.today)
    told = trail.of_renewal(visit.session, renewal.id)
    typed = {field: visit.request.form.get(field, "") for field in ("segment", "reason")}
    return page(
        visit, "admin/renewal.html", here="renewals", status=status, renewal=renewal, row=pipeline.one(renewal),
        segment=_served(renewal, pipeline.rules.thresholds, told), segments=list(Segment), told=told,
        plans=pipeline.rules.plans, payments=Payment.of_renewal(visit.session, renewal.id),
        messages=messages_of(visit.session, renewal.id), may=_may(visit, renewal), typed=typed, trouble=trouble,
        why=Why.of(visit.session, renewal),
    )


def _served(renewal: Renewal, thresholds: dict[str, Any], told: Sequence[Told]) -> SimpleNamespace:
    """By what this renewal is served as it is: its value, or a person's decision for this term."""
    bounds = thresholds.get(renewal.value.currency)
    by_value = Segment.of(renewal.value, {"thresholds": thresholds}) if bounds else None
    decided = [one for one in told if one.event.name == EventName.RENEWAL_RESEGMENTED]
    return SimpleNamespace(
        by_value=by_value, bounds=bounds, override=renewal.segment_override, reason=renewal.segment_reason,
        decided=decided[0] if decided and renewal.segment_override else None,
    )


def _may(visit: Visit, renewal: Renewal) -> SimpleNamespace:
    allowed = visit.someone.may(Permission.CHANGE_SEGMENT)
    return SimpleNamespace(
        serve=allowed and renewal.is_open, route=visit.someone.may(Permission.CHANGE_ROUTING),
        assign=visit.someone.may(Permission.ASSIGN_OWNERS),
        why_not=None if allowed else REFUSALS[Permission.CHANGE_SEGMENT]
    )
