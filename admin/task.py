"""Task: one piece of work: why now, what to ask, and what came of it."""

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from admin import outcome
from admin.form import somebody
from admin.shell import page
from gateways.browser import Answer, Visit, get, post, staff
from renewals.errors import Malformed
from renewals.permission import Permission
from renewals.person import Person
from renewals.pipeline import Rules
from renewals.plan import unready, working
from renewals.plan.milestone import Milestone
from renewals.plan.opening import who_does
from renewals.plan.review import Known
from renewals.plan.schedule import said_of
from renewals.plan.task import Task
from renewals.plan.working import Duty, duties_of
from renewals.quoting import delivering
from renewals.readiness import Finding
from renewals.renewal import Renewal

Act = Callable[[Renewal, Task], None]


@get("/admin/tasks/{task_id:uuid}", staff(Permission.READ_BOOK))
def show(visit: Visit, task_id: UUID) -> Answer:
    return _page(visit, visit.find(Task, task_id))


@post("/admin/tasks/{task_id:uuid}/outcome", staff(Permission.WORK_TASKS))
def end(visit: Visit, task_id: UUID) -> Answer:
    """Done, with its answers and the time it took."""
    form = visit.request.form

    def act(renewal: Renewal, task: Task) -> None:
        asked = _duty(visit, task)
        answers = outcome.typed(asked.pattern, form, renewal.value.currency) if asked.pattern else {}
        minutes = outcome.minutes(form.get("minutes", "") or str(asked.minutes))
        working.finish(renewal, task, answers, minutes=minutes, by=visit.someone, at=visit.now)

    return _done(visit, task_id, act)


@post("/admin/tasks/{task_id:uuid}/waiver", staff(Permission.WORK_TASKS))
def waive(visit: Visit, task_id: UUID) -> Answer:
    def act(renewal: Renewal, task: Task) -> None:
        working.waive(renewal, task, visit.request.form.get("reason", ""), by=visit.someone, at=visit.now)

    return _done(visit, task_id, act)


@post("/admin/tasks/{task_id:uuid}/assignee", staff(Permission.WORK_TASKS))
def give(visit: Visit, task_id: UUID) -> Answer:
    def act(renewal: Renewal, task: Task) -> None:
        wanted = visit.request.form.get("person", "")
        person = somebody(Person.staff(visit.session), wanted, "Choose somebody of the staff.", "person")
        task.give_to(person, by=visit.someone, at=visit.now)

    return _done(visit, task_id, act)


@post("/admin/tasks/{task_id:uuid}/reopening", staff(Permission.WORK_TASKS))
def reopen(visit: Visit, task_id: UUID) -> Answer:
    def act(renewal: Renewal, task: Task) -> None:
        task.reopen(by=visit.someone, at=visit.now)

    return _done(visit, task_id, act, to=f"/admin/tasks/{task_id}", flash="reopened")


def _done(visit: Visit, task_id: UUID, act: Act, *, to: str = "", flash: str | None = None) -> Answer:
    """Back to the list it was opened from, which says what was done and offers to undo it."""
    task = visit.find(Task, task_id)
    renewal = visit.find(Renewal, task.renewal_id, lock=True)
    try:
        act(renewal, task)
    except Malformed as trouble:
        return _page(visit, task, status=422, **{trouble.field or "reason": str(trouble)})
    back = f"/admin/renewals/{renewal.id}" if visit.request.form.get("back") == "renewal" else "/admin"
    return visit.go(to or f"{back}?ended={task.id}", flash=flash)


def _duty(visit: Visit, task: Task) -> Duty:
    return duties_of(visit.session, [task])[0]


def just_ended(visit: Visit) -> Duty | None:
    """The task that was ended on the way here, so that it can be undone."""
    try:
        wanted = UUID(visit.request.query.get("ended", ""))
    except ValueError:
        return None
    task = visit.session.get(Task, wanted)
    return _duty(visit, task) if task else None


def _page(visit: Visit, task: Task, *, status: int = 200, **trouble: str) -> Answer:
    renewal, duty = visit.find(Renewal, task.renewal_id), _duty(visit, task)
    form, milestone = visit.request.form, visit.find(Milestone, task.milestone_id)
    known = Known.of(visit.session, renewal, Rules.in_force(visit.session, visit.today), visit.today)
    return page(
        visit, "admin/task.html", here="day", status=status, task=task, duty=duty, renewal=renewal, known=known,
        milestone=milestone, said=said_of(milestone.key), team=_team(visit, renewal, duty),
        answers=_answers(duty, task, known.answers(task.pattern), form), people=Person.staff(visit.session),
        ended_by=_name(visit, task.ended_by), trouble=trouble, prefix=outcome.PREFIX,
        back=form.get("back") or visit.request.query.get("back", ""), minutes=form.get("minutes") or duty.minutes,
        typed={name: form.get(name, "") for name in ("reason", "person")},
        promised=delivering.promised(renewal) if task.pattern == delivering.TASK else (),
        missing=_missing(visit, renewal, task),
    )


def _missing(visit: Visit, renewal: Renewal, task: Task) -> Sequence[Finding]:
    if task.pattern != unready.TASK or not task.is_open:
        return ()
    segment = Rules.in_force(visit.session, visit.today).segment(renewal)
    return unready.missing(renewal, segment, renewal.account.today(visit.now))


def _answers(duty: Duty, task: Task, known: dict[str, Any], form: Any) -> dict[str, str]:
    """What was typed just now, else what was answered before, else what the data knows."""
    if duty.pattern is None:
        return {}
    if any(name.startswith(outcome.PREFIX) for name in form):
        return outcome.again(duty.pattern, form)
    return outcome.kept(duty.pattern, known | task.outcome)


def _team(visit: Visit, renewal: Renewal, duty: Duty) -> list[SimpleNamespace]:
    """Who takes part beside whoever does it: the role, and the person who has it."""
    roles = duty.pattern.team(renewal.account.strategic) if duty.pattern else ()
    return [SimpleNamespace(role=role, person=who_does(visit.session, renewal, role)) for role in roles]


def _name(visit: Visit, key: UUID | None) -> str | None:
    person = visit.session.get(Person, key) if key else None
    return person.name if person else None
