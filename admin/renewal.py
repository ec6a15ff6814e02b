"""Renewal: the book of renewals, found and ordered by what stands in the address."""

from uuid import UUID

from admin.address import Address, Pages
from admin.shell import page
from gateways.browser import Answer, Visit, get, staff
from renewals.forecast import Risk
from renewals.health import Health
from renewals.permission import Permission
from renewals.person import Person
from renewals.pipeline import NOBODY, ORDERS, PAGE, Pipeline, Wanted, owners
from renewals.renewal import RenewalState
from renewals.segment import Segment

FILTERS = ("text", "segment", "health", "risk", "stage", "overdue", "owner", "sort", "page")


@get("/admin/renewals", staff(Permission.READ_BOOK))
def show_all(visit: Visit) -> Answer:
    address = Address("/admin/renewals", visit.request.query, FILTERS)
    wanted, pipeline = wanted_by(address, visit.someone), Pipeline(visit.session, visit.today)
    total = pipeline.count(wanted)
    return page(
        visit, "admin/renewals.html", here="renewals", address=address, wanted=wanted, rows=pipeline.page(wanted),
        pages=Pages(wanted.page, total, PAGE), choices=_choices(visit), overdue=pipeline.count(Wanted(overdue=True)),
    )


def _choices(visit: Visit) -> dict[str, list[tuple[object, str]]]:
    """What can be asked for: a value for the address, and words for people."""
    return {
        "segment": [(segment.value, segment.label) for segment in Segment],
        "health": [(health.value, health.value.capitalize()) for health in Health],
        "risk": [(risk.value, f"{risk.value.capitalize()} risk") for risk in Risk],
        "stage": [(stage.value, stage.value.capitalize()) for stage in RenewalState],
        "owner": [*((one.id, one.name) for one in owners(visit.session)), (NOBODY, "Nobody")],
    }


def wanted_by(address: Address, someone: Person) -> Wanted:
    order, descending = address.order(ORDERS, "renews_on")
    return Wanted(
        text=address.word("text"), segment=address.choice("segment", Segment), health=address.choice("health", Health),
        stage=address.choice("stage", RenewalState), owner=_owner(address.word("owner"), someone),
        risk=address.choice("risk", Risk), overdue=address.word("overdue") == "yes", order=order, descending=descending,
        page=address.page,
    )


def _owner(word: str, someone: Person) -> UUID | str | None:
    if word in ("", NOBODY):
        return word or None
    try:
        return someone.id if word == "me" else UUID(word)
    except ValueError:
        return None
