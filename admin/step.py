"""Step: the customer's own steps as the staff see and mend them: the same rows, the same words."""

from types import SimpleNamespace
from uuid import UUID

from gateways.browser import Answer, Visit, post, staff
from renewals.permission import Permission
from renewals.plan import step as steps
from renewals.plan.owed import owed
from renewals.plan.plan import hours_of
from renewals.plan.profiling import priced_by_of
from renewals.plan.shared import SharedPlan
from renewals.plan.step import Draft, Step
from renewals.policy import Policy, PolicyKind
from renewals.renewal import Renewal


def beside(visit: Visit, renewal: Renewal) -> SimpleNamespace:
    """What the renewal's page shows of it."""
    policies = Policy.all_in_force(visit.session, visit.now.date())
    today = renewal.account.today(visit.now)
    plan = SharedPlan.of(visit.session, renewal, hours_of(renewal.account, policies[PolicyKind.PLAN]), today)
    segment = renewal.segment(policies[PolicyKind.SEGMENT].content)
    promised = owed(visit.session, plan, segment, priced_by_of(renewal, policies))
    may = visit.someone.may(Permission.PLAN_STEPS) and renewal.is_open
    return SimpleNamespace(plan=plan, owed=promised, today=today, may=may)


@post("/admin/renewals/{renewal_id:uuid}/steps", staff(Permission.PLAN_STEPS))
def add(visit: Visit, renewal_id: UUID) -> Answer:
    """In a call one writes down what they say. Raises: Malformed."""
    renewal = visit.find(Renewal, renewal_id, lock=True)
    steps.add(renewal, Draft.read(visit.request.form), by=visit.someone, at=visit.now)
    return visit.go(f"/admin/renewals/{renewal_id}")


@post("/admin/renewals/{renewal_id:uuid}/steps/{step_id:uuid}/done", staff(Permission.PLAN_STEPS))
def tick(visit: Visit, renewal_id: UUID, step_id: UUID) -> Answer:
    step = Step.of_plan(visit.find(Step, step_id), renewal_id)
    step.tick(visit.request.form.get("done") != "no", by=visit.someone, at=visit.now)
    return visit.go(f"/admin/renewals/{renewal_id}")
