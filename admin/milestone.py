"""Milestone: one date of a renewal's plan: what belongs to it, and another day, or none at all, with a reason."""

from collections.abc import Callable
from uuid import UUID

from admin.form import day
from admin.shell import page
from gateways.browser import Answer, Visit, get, post, staff
from renewals.errors import Malformed
from renewals.permission import Permission
from renewals.plan import changing
from renewals.plan.milestone import Milestone
from renewals.plan.story import Story
from renewals.policy import Policy
from renewals.renewal import Renewal

Act = Callable[[Renewal, Milestone], None]


@get("/admin/milestones/{milestone_id:uuid}", staff(Permission.READ_BOOK))
def show(visit: Visit, milestone_id: UUID) -> Answer:
    return _page(visit, visit.find(Milestone, milestone_id))


@post("/admin/milestones/{milestone_id:uuid}/day", staff(Permission.CHANGE_PLAN))
def move(visit: Visit, milestone_id: UUID) -> Answer:
    form = visit.request.form

    def act(renewal: Renewal, milestone: Milestone) -> None:
        to, reason = day(form.get("day", ""), "Give the day it moves to.", "day"), form.get("reason", "")
        changing.move(visit.session, renewal, milestone, to, reason, by=visit.someone, at=visit.now)

    return _done(visit, milestone_id, act, flash="replanned")


@post("/admin/milestones/{milestone_id:uuid}/waiver", staff(Permission.CHANGE_PLAN))
def waive(visit: Visit, milestone_id: UUID) -> Answer:
    def act(renewal: Renewal, milestone: Milestone) -> None:
        changing.waive(milestone, visit.request.form.get("why", ""), by=visit.someone, at=visit.now)

    return _done(visit, milestone_id, act, flash="replanned", field="why")


@post("/admin/milestones/{milestone_id:uuid}/return", staff(Permission.CHANGE_PLAN))
def take_up(visit: Visit, milestone_id: UUID) -> Answer:
    def act(renewal: Renewal, milestone: Milestone) -> None:
        changing.take_up(visit.session, renewal, milestone, by=visit.someone, at=visit.now)

    return _done(visit, milestone_id, act, flash="replanned")


def _done(visit: Visit, milestone_id: UUID, act: Act, *, flash: str, field: str = "") -> Answer:
    """`field` is where a missing reason is said, where the page asks for two."""
    milestone = visit.find(Milestone, milestone_id)
    renewal = visit.find(Renewal, milestone.renewal_id, lock=True)
    try:
        act(renewal, milestone)
    except Malformed as trouble:
        return _page(visit, milestone, status=422, **{field or trouble.field or "reason": str(trouble)})
    return visit.go(f"/admin/renewals/{renewal.id}", flash=flash)


def _page(visit: Visit, milestone: Milestone, *, status: int = 200, **trouble: str) -> Answer:
    renewal = visit.find(Renewal, milestone.renewal_id)
    policies = Policy.all_in_force(visit.session, visit.today)
    story, form = Story.of(visit.session, renewal, policies, visit.today), visit.request.form
    return page(
        visit, "admin/milestone.html", here="renewals", status=status, renewal=renewal, milestone=milestone,
        step=story.step(milestone), may=visit.someone.may(Permission.CHANGE_PLAN) and renewal.is_open,
        trouble=trouble, typed={name: form.get(name, "") for name in ("day", "reason", "why")},
    )
