"""Bulk: one act on many renewals: chosen, asked for, and what became of each."""

from collections.abc import Collection, Mapping
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from admin import outcome
from admin.address import Address
from admin.form import one_of, somebody
from admin.renewal import FILTERS, wanted_by
from admin.shell import page
from gateways.browser import Answer, Visit, get, post, staff
from renewals import running
from renewals.bulk import Bulk, BulkAct
from renewals.errors import Malformed
from renewals.permission import Permission
from renewals.pipeline import Pipeline
from renewals.plan.catalogue import Pattern, check_outcome
from renewals.plan.choosing import currencies_of, milestones_of, tasks_of
from renewals.plan.opening import catalogue_of
from renewals.policy import Policy, PolicyKind

PICK = "pick."
"""What the name of a chosen renewal's box begins with."""
NAMED = 12
"""Renewals that are named one by one before the rest is only counted."""
REPORTED = 500
LOOK_AGAIN = "1"
"""Seconds until the page of a bulk that is under way looks again, with or without a script."""


@get("/admin/bulk", staff(Permission.WORK_TASKS))
def choose(visit: Visit) -> Answer:
    return _page(visit, visit.request.query)


@post("/admin/bulk", staff(Permission.WORK_TASKS))
def ask(visit: Visit) -> Answer:
    form = visit.request.form
    try:
        act = one_of(BulkAct, form.get("act", ""), "Choose what is to be done.", "act")
        keys = _keys(visit, form)
        asked = Bulk.ask(visit.session, act, _details(visit, act, keys), keys, by=visit.someone, at=visit.now)
    except Malformed as trouble:
        return _page(visit, form, status=422, **{trouble.field or "chosen": str(trouble)})
    return visit.go(f"/admin/bulk/{asked.id}")


@get("/admin/bulk/{bulk_id:uuid}", staff(Permission.READ_BOOK))
def show(visit: Visit, bulk_id: UUID) -> Answer:
    bulk = Bulk.find(visit.session, bulk_id)
    progress = bulk.progress(visit.session)
    answer = page(
        visit, "admin/bulk_report.html", here="renewals", bulk=bulk, progress=progress,
        report=bulk.report(visit.session, most=REPORTED), words=_words(visit, bulk),
    )
    if not progress.is_over:
        answer.headers["Refresh"] = LOOK_AGAIN
    return answer


def _keys(visit: Visit, said: Mapping[str, str]) -> list[UUID]:
    """The chosen ones, or all of the filter. Raises: Malformed for more than one act takes."""
    if said.get("all") == "yes":
        wanted = wanted_by(Address("/admin/renewals", said, FILTERS), visit.someone)
        keys = Pipeline(visit.session, visit.today).keys(wanted, most=Bulk.MOST + 1)
    else:
        keys = [key for key in map(_key, said) if key]
    Bulk.must_be_few(keys)
    return keys


def _key(name: str) -> UUID | None:
    try:
        return UUID(name.removeprefix(PICK)) if name.startswith(PICK) else None
    except ValueError:
        return None


def _details(visit: Visit, act: BulkAct, keys: Collection[UUID]) -> dict[str, Any]:
    """What the act needs, checked before anything is asked of the worker. Raises: Malformed."""
    form = visit.request.form
    if act is BulkAct.HAND_OVER:
        owner = somebody(running.who_may_own(visit.session), form.get("to", ""), "Choose who looks after them.", "to")
        return {"to": str(owner.id)}
    if act is BulkAct.WAIVE:
        if not form.get("key"):
            raise Malformed("Choose a milestone.", "key")
        if not form.get("reason", "").strip():
            raise Malformed("Say why the plans change.", "reason")
        return {"key": form["key"], "reason": form["reason"]}
    pattern = _patterns(visit).get(form.get("pattern", ""))
    if pattern is None:
        raise Malformed("Choose a kind of task.", "pattern")
    answers = _answers(visit, pattern, keys)
    minutes = outcome.minutes(form.get("minutes", "") or str(pattern.minutes))
    return {"pattern": pattern.key, "outcome": answers, "minutes": minutes}


def _answers(visit: Visit, pattern: Pattern, keys: Collection[UUID]) -> dict[str, Any]:
    """The same for all of them, so an amount is said only where they have one currency. Raises: Malformed."""
    form, found = visit.request.form, currencies_of(visit.session, keys, pattern.key)
    amount = next((field.key for field in pattern.amounts if form.get(outcome.PREFIX + field.key, "").strip()), None)
    if amount and len(found) > 1:
        raise Malformed(f"They are in {' and '.join(found)}: choose those of one currency, or leave it open.", amount)
    return check_outcome(pattern, outcome.typed(pattern, form, found[0] if found else ""))


def _patterns(visit: Visit) -> dict[str, Pattern]:
    """Every kind of task there is, by key."""
    known = catalogue_of(Policy.all_in_force(visit.session, visit.today)[PolicyKind.TASKS]).patterns
    return {pattern.key: pattern for pattern in known}


def _page(visit: Visit, said: Mapping[str, str], *, status: int = 200, **trouble: str) -> Answer:
    patterns, keys = _patterns(visit), list[UUID]()
    try:
        keys = _keys(visit, said)
    except Malformed as no:
        status, trouble = 422, trouble | {"chosen": str(no)}
    pattern = patterns.get(said.get("pattern", ""))
    rows = Pipeline(visit.session, visit.today).chosen(keys[:NAMED])
    open_tasks = tasks_of(visit.session, keys)
    return page(
        visit, "admin/bulk.html", here="renewals", status=status, count=len(keys), rows=rows, carried=_carried(said),
        owners=running.who_may_own(visit.session), milestones=milestones_of(visit.session, keys),
        kinds=[(key, number, _title(patterns, key)) for key, number in open_tasks], pattern=pattern,
        answers=outcome.again(pattern, said) if pattern else {}, prefix=outcome.PREFIX, trouble=trouble,
        currency=" or ".join(currencies_of(visit.session, keys, pattern.key)) if pattern else "", may=_may(visit),
        typed={name: said.get(name, "") for name in ("act", "to", "key", "reason", "minutes")},
    )


def _carried(said: Mapping[str, str]) -> list[tuple[str, str]]:
    """What says which renewals are meant, from one form to the next."""
    if said.get("all") == "yes":
        return [("all", "yes"), *((name, said[name]) for name in FILTERS if said.get(name) and name != "page")]
    return [(name, "on") for name in said if _key(name)]


def _title(patterns: Mapping[str, Pattern], key: str) -> str:
    return patterns[key].title.en if key in patterns else key


def _may(visit: Visit) -> SimpleNamespace:
    return SimpleNamespace(**{act.value: visit.someone.may(act.permission) for act in BulkAct})


def _words(visit: Visit, bulk: Bulk) -> SimpleNamespace:
    """What was asked, in the words of the page."""
    details = bulk.details
    to = next((one.name for one in running.who_may_own(visit.session) if str(one.id) == details.get("to")), "somebody")
    return SimpleNamespace(to=to, task=_title(_patterns(visit), details.get("pattern", "")))
