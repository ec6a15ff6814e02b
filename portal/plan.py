"""Plan: the steps of the customer's own people before they can say yes, and what we owe them meanwhile."""

from collections.abc import Callable
from uuid import UUID

from gateways.browser import Answer, Visit, customer, get, post
from portal.shown import Shown
from renewals.errors import Malformed
from renewals.permission import Permission
from renewals.person import Person
from renewals.plan import step as steps
from renewals.plan.owed import owed
from renewals.plan.step import Draft, Step
from renewals.renewal import Renewal

FIELDS = ("title", "who", "days", "due_on", "after")
NEW = "new"
"""The form at the end of the page."""

@get("/renewals/{renewal_id:uuid}/plan", customer(Permission.VIEW, link=True))
def show(visit: Visit, renewal_id: UUID) -> Answer:
    return _page(visit, Shown.find(visit, renewal_id))


@post("/renewals/{renewal_id:uuid}/steps", customer(Permission.PLAN_STEPS))
def add(visit: Visit, renewal_id: UUID) -> Answer:
    renewal = visit.find(Renewal, renewal_id, lock=True)

    def act() -> None:
        steps.add(renewal, Draft.read(visit.request.form), by=visit.someone, at=visit.now)

    return _done(visit, renewal_id, act, form=NEW)


@post("/renewals/{renewal_id:uuid}/steps/suggestion", customer(Permission.PLAN_STEPS))
def suggest(visit: Visit, renewal_id: UUID) -> Answer:
    renewal = visit.find(Renewal, renewal_id, lock=True)
    steps.suggest(renewal, visit.request.form, by=visit.someone, at=visit.now)
    return visit.go(f"/renewals/{renewal_id}/plan")


@post("/renewals/{renewal_id:uuid}/steps/{step_id:uuid}", customer(Permission.PLAN_STEPS))
def change(visit: Visit, renewal_id: UUID, step_id: UUID) -> Answer:
    step = Step.of_plan(visit.find(Step, step_id), renewal_id)

    def act() -> None:
        step.change(Draft.read(visit.request.form), by=visit.someone, at=visit.now)

    return _done(visit, renewal_id, act, form=str(step_id))


@post("/renewals/{renewal_id:uuid}/steps/{step_id:uuid}/done", customer(Permission.PLAN_STEPS))
def tick(visit: Visit, renewal_id: UUID, step_id: UUID) -> Answer:
    step = Step.of_plan(visit.find(Step, step_id), renewal_id)
    step.tick(visit.request.form.get("done") != "no", by=visit.someone, at=visit.now)
    return visit.go(f"/renewals/{renewal_id}/plan")


@post("/renewals/{renewal_id:uuid}/steps/{step_id:uuid}/place", customer(Permission.PLAN_STEPS))
def place(visit: Visit, renewal_id: UUID, step_id: UUID) -> Answer:
    step = Step.of_plan(visit.find(Step, step_id), renewal_id)
    step.move(-1 if visit.request.form.get("places") == "-1" else 1, by=visit.someone, at=visit.now)
    return visit.go(f"/renewals/{renewal_id}/plan")


@post("/renewals/{renewal_id:uuid}/steps/{step_id:uuid}/removal", customer(Permission.PLAN_STEPS))
def remove(visit: Visit, renewal_id: UUID, step_id: UUID) -> Answer:
    Step.of_plan(visit.find(Step, step_id), renewal_id).remove(by=visit.someone, at=visit.now)
    return visit.go(f"/renewals/{renewal_id}/plan")


def _done(visit: Visit, renewal_id: UUID, act: Callable[[], None], *, form: str) -> Answer:
    """What can not be understood is said where it was typed, and what was typed stays."""
    try:
        act()
    except Malformed as trouble:
        shown = Shown.find(visit, renewal_id)
        return _page(visit, shown, status=422, form=form, **{trouble.field or "title": str(trouble)})
    return visit.go(f"/renewals/{renewal_id}/plan")


def _may_bill(visit: Visit) -> bool:
    return visit.someone.may(Permission.KEEP_BILLING) and visit.scope is None


def _page(visit: Visit, shown: Shown, *, status: int = 200, form: str = "", **trouble: str) -> Answer:
    may = visit.someone.may(Permission.PLAN_STEPS) and visit.scope is None and shown.renewal.is_open
    typed = {field: visit.request.form.get(field, "") for field in FIELDS} if form else {}
    colleagues = visit.session.scalars(Person.colleagues_of(visit.someone).where(Person.active))
    return visit.page(
        "portal/plan.html", status=status, renewal=shown, shared=shown.shared,
        owed=owed(visit.session, shown.shared, shown.choice.segment, shown.priced_by),
        may={"plan": may, "suggest": may and not shown.shared.steps, "bill": _may_bill(visit)},
        colleagues=[one.name for one in colleagues], open=form, typed=typed, trouble=trouble,
    )
