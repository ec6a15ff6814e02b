"""Matrix: who may grant what: the table in force, a draft of it replayed over past quotes, and every version."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from urllib.parse import urlencode

from admin.form import day
from admin.shell import page
from gateways.browser import Answer, Visit, get, post, staff
from pricing.authority import APPROVERS, SEGMENTS, span
from renewals.errors import Malformed, Stale
from renewals.matrix import draft as drafts
from renewals.matrix.draft import Draft
from renewals.matrix.editing import REST, cell_name, part_of
from renewals.matrix.preview import preview
from renewals.matrix.version import history
from renewals.permission import REFUSALS, Permission
from renewals.policy import Policy, PolicyKind
from renewals.quoting.basis import matrix_of
from renewals.quoting.quote import Quote

PARTS = (*SEGMENTS, REST)
"""A form shows one of them; the rest of a draft it carries."""


@dataclass(frozen=True, slots=True)
class Looking:
    """The draft that somebody carries from page to page, and the part of it they write in."""

    said: Mapping[str, str]
    part: str

    @classmethod
    def of(cls, draft: Draft, said: Mapping[str, str]) -> "Looking":
        """The part that the address names, else that of the first thing which is wrong, or another."""
        first = next((part_of(name) for name in (*draft.troubles, *draft.said) if name != drafts.AGAIN), PARTS[0])
        return cls(draft.said, said["part"] if said.get("part") in PARTS else first)

    def to(self, path: str, **more: str) -> str:
        known = {**self.said, **more}
        return f"{path}?{urlencode(known)}" if known else path

    @property
    def beside(self) -> dict[str, str]:
        """What a form carries that shows this part itself."""
        return {name: words for name, words in self.said.items() if name == drafts.AGAIN or part_of(name) != self.part}


@get("/admin/matrix", staff(Permission.READ_BOOK))
def show(visit: Visit) -> Answer:
    """The matrix in force; with a draft in the address, what it would have done."""
    return _matrix(visit, visit.request.query)


@post("/admin/matrix", staff(Permission.PUBLISH_MATRIX))
def publish(visit: Visit) -> Answer:
    form = visit.request.form
    draft = Draft.of(visit.session, form)
    try:
        begins_on = day(form.get("begins_on", ""), "Give the day from which it holds.", "begins_on")
        base, reason = form.get("base", ""), form.get("reason", "")
        drafts.publish(visit.session, draft, base, reason, begins_on, by=visit.someone, at=visit.now)
    except Malformed as no:
        return _matrix(visit, form, status=422, trouble={no.field or "draft": str(no)})
    except Stale as no:
        return _matrix(visit, form, status=409, trouble={"reason": str(no)})
    return visit.go("/admin/matrix", flash="matrix_published")


@get("/admin/matrix/draft", staff(Permission.READ_BOOK))
def edit(visit: Visit) -> Answer:
    """One part of the matrix as a form, with the draft in the address."""
    return _form(visit, Draft.of(visit.session, visit.request.query), visit.request.query)


@post("/admin/matrix/draft", staff(Permission.READ_BOOK))
def look(visit: Visit) -> Answer:
    """From the form to what it would change; nothing is kept but the address."""
    draft = Draft.of(visit.session, visit.request.form)
    if draft.troubles:
        return _form(visit, draft, visit.request.form)
    return visit.go(Looking.of(draft, {}).to("/admin/matrix"), flash=None if draft.changes else "matrix_same")


@get("/admin/matrix/versions", staff(Permission.READ_BOOK))
def show_versions(visit: Visit) -> Answer:
    return page(visit, "admin/matrix_versions.html", here="matrix", versions=history(visit.session, visit.today))


def _matrix(
    visit: Visit, said: Mapping[str, str], *, status: int = 200, trouble: Mapping[str, str] | None = None
) -> Answer:
    session, draft = visit.session, Draft.of(visit.session, said)
    policy = Policy.in_force(session, PolicyKind.MATRIX, visit.today)
    drafted = draft.changes
    return page(
        visit, "admin/matrix.html", here="matrix", status=422 if draft.troubles else status, policy=policy,
        draft=draft, shown=draft.matrix if drafted else matrix_of(policy), drafted=drafted, segments=SEGMENTS,
        was={row.cell: row for row in draft.before.rows}, looking=Looking.of(draft, {}), said=said,
        trouble={**draft.troubles, **(trouble or {})}, under_way=Quote.under_way(session), span=span,
        begins_on=said.get("begins_on") or visit.today.isoformat(),
        preview=preview(session, draft, at=visit.now) if drafted else None, may=_may(visit),
    )


def _form(visit: Visit, draft: Draft, said: Mapping[str, str]) -> Answer:
    return page(
        visit, "admin/matrix_draft.html", here="matrix", status=422 if draft.troubles else 200, draft=draft,
        form=draft.form, trouble=draft.troubles, segments=SEGMENTS, bands=draft.matrix.authority.bands, span=span,
        cell_name=cell_name, approvers=APPROVERS, looking=Looking.of(draft, said), part_of=part_of, parts=PARTS,
    )


def _may(visit: Visit) -> SimpleNamespace:
    may = visit.someone.may(Permission.PUBLISH_MATRIX)
    return SimpleNamespace(publish=may, why_not=None if may else REFUSALS[Permission.PUBLISH_MATRIX])
