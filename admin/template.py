"""Template: the sections of each segment's proposal, their versions, and a look at them on a real renewal."""

from collections.abc import Mapping

from admin.sample import sampled
from admin.shell import page
from gateways import stencil
from gateways.browser import Answer, Visit, get, post, staff
from pricing.deal import DealError
from renewals.errors import Malformed, NotFound, NotNow, Stale
from renewals.permission import REFUSALS, Permission
from renewals.policy import Policy, PolicyKind
from renewals.quoting import templating
from renewals.quoting.template import ALWAYS, PLACES, ProposalTemplate, Section, Templates
from renewals.renewal import Renewal
from renewals.segment import Segment
from renewals.wording import LOCALES


@get("/admin/templates/{segment:str}", staff(Permission.READ_BOOK))
def show(visit: Visit, segment: str) -> Answer:
    """The template in force, or an older version, to be read and to begin from."""
    present, wanted = _in_force(visit, segment), visit.request.query.get("version", "")
    old = [
        one.template for one in templating.history(visit.session, present) if str(one.template.number) == wanted
    ]
    return _page(visit, present, old[0] if old else present)


@post("/admin/templates/{segment:str}", staff(Permission.EDIT_LETTERS))
def publish(visit: Visit, segment: str) -> Answer:
    present, form = _in_force(visit, segment), visit.request.form
    try:
        typed = _typed(visit, present)
        templating.publish(visit.session, typed, form.get("reason", ""), by=visit.someone, at=visit.now)
    except Malformed as no:
        return _page(visit, present, present, status=422, trouble={no.field or "reason": str(no)})
    except Stale as no:
        return _page(visit, present, present, status=409, trouble={"reason": str(no)})
    return visit.go(f"/admin/templates/{segment}", flash="template_published")


@post("/admin/templates/{segment:str}/proof", staff(Permission.EDIT_LETTERS))
def look(visit: Visit, segment: str) -> Answer:
    """What was typed, on a real renewal; nothing is kept."""
    present = _in_force(visit, segment)
    try:
        return _page(visit, present, _typed(visit, present))
    except Malformed as no:
        return _page(visit, present, present, status=422, trouble={no.field or "reason": str(no)})


def _in_force(visit: Visit, word: str) -> ProposalTemplate:
    """Raises: NotFound."""
    if word not in set(Segment):
        raise NotFound
    policy = Policy.in_force(visit.session, PolicyKind.PROPOSAL, visit.today)
    return Templates.of(policy).of_segment[Segment(word)]


def _typed(visit: Visit, present: ProposalTemplate) -> ProposalTemplate:
    """Raises: Malformed."""
    typed = templating.typed(present, visit.request.form)
    stencil.proof_template(typed)
    return typed


def _page(
    visit: Visit, present: ProposalTemplate, shown: ProposalTemplate, *, status: int = 200,
    trouble: Mapping[str, str] | None = None,
) -> Answer:
    said: Mapping[str, str] = {**visit.request.query, **visit.request.form}
    near, renewal, locale = sampled(visit, said)
    may = visit.someone.may(Permission.EDIT_LETTERS)
    return page(
        visit, "admin/template.html", here="letters", status=status, present=present, always=ALWAYS, places=PLACES,
        segments=list(Segment), versions=templating.history(visit.session, present), near=near, renewal=renewal,
        locale=locale, preview=_preview(visit, shown, renewal, locale) if renewal and not trouble else None,
        typed={**_kept(shown), **(visit.request.form if trouble else {})}, fields=list(Section), trouble=trouble or {},
        may_edit=may, why_not=None if may else REFUSALS[Permission.EDIT_LETTERS],
    )


def _kept(template: ProposalTemplate) -> dict[str, str]:
    """What the form begins with."""
    places = {f"place_{each.value}": str(number) for number, each in enumerate(template.sections, 1)}
    words = {f"{each.value}_{locale}": template.words_in(each, locale) for each in Section for locale in LOCALES}
    return places | words


def _preview(
    visit: Visit, template: ProposalTemplate, renewal: Renewal, locale: str
) -> stencil.Openings | None:
    """None where nothing could be proposed to them today."""
    try:
        return visit.previewed(template, renewal, locale)
    except (DealError, NotNow):
        return None
