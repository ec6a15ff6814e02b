"""Objection: written down against a renewal, answered with the playbook's moves, closed with its commitment."""

from collections.abc import Callable, Mapping
from datetime import date
from types import SimpleNamespace
from uuid import UUID

from admin import record
from admin.form import day, one_of, somebody
from admin.shell import page
from gateways.browser import Answer, Visit, get, post, staff
from renewals import running
from renewals.errors import Malformed, NotFound
from renewals.objection import SAYINGS, Commitment, Objection, ObjectionKind
from renewals.permission import Permission
from renewals.person import Person
from renewals.quoting.quote import Quote
from renewals.renewal import Renewal

MOVE = "move."
"""What the name of a move's tick begins with."""
Act = Callable[[Renewal, Objection], None]


@post("/admin/renewals/{renewal_id:uuid}/objections", staff(Permission.NOTE_ACTIVITY))
def raise_against(visit: Visit, renewal_id: UUID) -> Answer:
    form, renewal = visit.request.form, visit.find(Renewal, renewal_id, lock=True)
    try:
        kind = one_of(ObjectionKind, form.get("objection", ""), "Choose what they object to.", "objection")
        made = Objection.raise_against(
            renewal, kind, form.get("objected", ""), quote_id=_quote(visit, renewal, form), by=visit.someone,
            at=visit.now,
        )
    except Malformed as trouble:
        return record.show_again(visit, renewal, Malformed(str(trouble), "objection"))
    return visit.go(f"/admin/objections/{made.id}")


@get("/admin/objections/{objection_id:uuid}", staff(Permission.READ_BOOK))
def show(visit: Visit, objection_id: UUID) -> Answer:
    return _page(visit, visit.find(Objection, objection_id))


@post("/admin/objections/{objection_id:uuid}/moves", staff(Permission.NOTE_ACTIVITY))
def answer(visit: Visit, objection_id: UUID) -> Answer:
    """Which of the four moves were made so far."""

    def act(renewal: Renewal, objection: Objection) -> None:
        objection.answer(_moves(visit.request.form), by=visit.someone, at=visit.now)

    return _done(visit, objection_id, act, to=f"/admin/objections/{objection_id}")


@post("/admin/objections/{objection_id:uuid}/closing", staff(Permission.NOTE_ACTIVITY))
def close(visit: Visit, objection_id: UUID) -> Answer:
    """With the moves that were ticked and what was promised, by whom and until when."""
    form = visit.request.form

    def act(renewal: Renewal, objection: Objection) -> None:
        objection.answer(_moves(form), by=visit.someone, at=visit.now)
        wanted = form.get("who", "")
        who = somebody(_promisers(visit, renewal), wanted, "Choose who promised it, one of us or of them.", "who")
        due_on: date = day(form.get("due_on", ""), "Give the day until which it is done.", "due_on")
        objection.close(Commitment(form.get("commitment", ""), who, due_on), by=visit.someone, at=visit.now)

    return _done(visit, objection_id, act)


@post("/admin/objections/{objection_id:uuid}/kept", staff(Permission.WORK_TASKS))
def keep(visit: Visit, objection_id: UUID) -> Answer:
    def act(renewal: Renewal, objection: Objection) -> None:
        objection.keep(by=visit.someone, at=visit.now)

    return _done(visit, objection_id, act)


def _done(visit: Visit, objection_id: UUID, act: Act, *, to: str = "") -> Answer:
    objection = visit.find(Objection, objection_id)
    renewal = visit.find(Renewal, objection.renewal_id, lock=True)
    try:
        act(renewal, objection)
    except Malformed as trouble:
        return _page(visit, objection, status=422, **{trouble.field or "commitment": str(trouble)})
    return visit.go(to or f"/admin/renewals/{renewal.id}#objections")


def _quote(visit: Visit, renewal: Renewal, form: Mapping[str, str]) -> UUID | None:
    """The quote that it was said about. Raises: NotFound for one of another renewal."""
    if not form.get("quote"):
        return None
    found = next((one for one in Quote.of_renewal(visit.session, renewal.id) if str(one.id) == form["quote"]), None)
    if found is None:
        raise NotFound
    return found.id


def _moves(form: Mapping[str, str]) -> list[str]:
    return [name.removeprefix(MOVE) for name in form if name.startswith(MOVE)]


def _promisers(visit: Visit, renewal: Renewal) -> list[Person]:
    """Ours first, then theirs."""
    return [*Person.staff(visit.session), *running.people_of(renewal)]


def _page(visit: Visit, objection: Objection, *, status: int = 200, **trouble: str) -> Answer:
    renewal, form = visit.find(Renewal, objection.renewal_id), visit.request.form
    typed = SimpleNamespace(**{name: form.get(name, "") for name in ("commitment", "who", "due_on")})
    return page(
        visit, "admin/objection.html", here="renewals", status=status, objection=objection, renewal=renewal,
        saying=SAYINGS[objection.kind], ticked=_moves(form) if form else objection.moves, prefix=MOVE, typed=typed,
        people=[(one.id, one.name) for one in _promisers(visit, renewal)], trouble=trouble,
        may=visit.someone.may(Permission.NOTE_ACTIVITY), today=renewal.account.today(visit.now),
    )
