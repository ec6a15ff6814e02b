"""Letter: the words of each letter, their versions and uses, and a look at them on a real renewal."""

from collections.abc import Mapping
from dataclasses import replace

from admin.sample import sampled
from admin.shell import page
from gateways import stencil
from gateways.browser import Answer, Visit, get, post, staff
from renewals import edition
from renewals.errors import Malformed, Stale
from renewals.message import TO_STAFF
from renewals.permission import REFUSALS, Permission
from renewals.plan.rule import rules
from renewals.policy import Policy, PolicyKind
from renewals.quoting.template import Templates
from renewals.wording import ALL, LOCALES, PARTS, SEGMENTS, Wording, Wordings, Words, known_to


@get("/admin/letters", staff(Permission.READ_BOOK))
def show_all(visit: Visit) -> Answer:
    every = Wordings.in_force(visit.session, visit.today).every
    policy = Policy.in_force(visit.session, PolicyKind.PROPOSAL, visit.today)
    return page(
        visit, "admin/letters.html", here="letters", uses=edition.uses(visit.session), days=_days(visit),
        templates=list(Templates.of(policy).of_segment.values()),
        sides=[
            ("To customers", [one for one in every if one.kind not in TO_STAFF]),
            ("To ourselves", [one for one in every if one.kind in TO_STAFF]),
        ],
    )


@get("/admin/letters/{letter:str}", staff(Permission.READ_BOOK))
def show(visit: Visit, letter: str) -> Answer:
    """The words in force, or those of an older version, to be read and to begin from."""
    present, wanted = _in_force(visit, letter), visit.request.query.get("version", "")
    old = [one.wording.words for one in edition.history(visit.session, letter) if str(one.wording.since) == wanted]
    return _page(visit, replace(present, words=old[0]) if old else present)


@post("/admin/letters/{letter:str}", staff(Permission.EDIT_LETTERS))
def publish(visit: Visit, letter: str) -> Answer:
    typed, reason = _typed(visit, letter), visit.request.form.get("reason", "")
    try:
        stencil.proof(typed)
        edition.publish(visit.session, typed, reason, by=visit.someone, at=visit.now)
    except Malformed as no:
        return _page(visit, typed, status=422, trouble={no.field or "reason": str(no)})
    except Stale as no:
        return _page(visit, typed, status=409, trouble={"reason": str(no)})
    return visit.go(f"/admin/letters/{letter}", flash="letter_published")


@post("/admin/letters/{letter:str}/proof", staff(Permission.EDIT_LETTERS))
def look(visit: Visit, letter: str) -> Answer:
    """What was typed, on a real renewal; nothing is kept."""
    typed = _typed(visit, letter)
    try:
        stencil.proof(typed)
    except Malformed as no:
        return _page(visit, typed, status=422, trouble={no.field or "reason": str(no)})
    return _page(visit, typed)


def _in_force(visit: Visit, letter: str) -> Wording:
    """Raises: NotFound."""
    return Wordings.in_force(visit.session, visit.today).find(letter)


def _typed(visit: Visit, letter: str) -> Wording:
    form = visit.request.form
    since = form.get("since", "")
    words = {
        locale: Words.typed(form.get(f"{locale}_subject", ""), form.get(f"{locale}_body", "")) for locale in LOCALES
    }
    return replace(_in_force(visit, letter), since=int(since) if since.isdecimal() else -1, words=words)


def _page(
    visit: Visit, shown: Wording, *, status: int = 200, trouble: Mapping[str, str] | None = None
) -> Answer:
    said: Mapping[str, str] = {**visit.request.query, **visit.request.form}
    near, renewal, locale = sampled(visit, said)
    may = visit.someone.may(Permission.EDIT_LETTERS)
    return page(
        visit, "admin/letter.html", here="letters", status=status, letter=shown, places=known_to(shown.kind), near=near,
        versions=edition.history(visit.session, shown.key), uses=edition.uses(visit.session), days=_days(visit),
        others=_others(shown), renewal=renewal, locale=locale,
        preview=visit.preview(shown, renewal, locale) if renewal and not trouble else None,
        typed_reason=said.get("reason", ""), trouble=trouble or {}, may_edit=may,
        why_not=None if may else REFUSALS[Permission.EDIT_LETTERS],
    )


def _days(visit: Visit) -> dict[str, list[int]]:
    """Kind -> days before the renewal date on which the plan sends it."""
    plan = Policy.in_force(visit.session, PolicyKind.PLAN, visit.today)
    found: dict[str, list[int]] = {}
    for rule in rules(plan.content):
        found.setdefault(rule.kind.value, []).extend(rule.at)
    return found


def _others(shown: Wording) -> list[Wording]:
    """The same letter for one part or one segment, that may have words of its own."""
    if shown.is_for_staff:
        return []
    keys = [(ALL, part) for part in (ALL, *PARTS)] + [(segment, ALL) for segment in SEGMENTS]
    return [replace(shown, segment=segment, part=part) for segment, part in keys]
