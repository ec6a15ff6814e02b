"""Plan: the playbook as people read it, as they would have it, and every version there was."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import SimpleNamespace
from urllib.parse import urlencode

from admin.shell import page
from gateways.browser import Answer, Visit, get, post, staff
from renewals.errors import Malformed, Stale
from renewals.health import Health
from renewals.permission import Permission
from renewals.plan import draft as drafts
from renewals.plan.catalogue import ROLES
from renewals.plan.draft import Draft
from renewals.plan.editing import named
from renewals.plan.playbook import BANDS, Chapter, kinds_of, read
from renewals.plan.preview import preview
from renewals.plan.retouching import own_keys
from renewals.plan.rule import read_rule
from renewals.plan.sound import FIXED
from renewals.plan.version import history
from renewals.policy import Policy, PolicyKind
from renewals.segment import Segment

PREFIXES = ("days.", "rule.", "task.")
"""How the names of a draft's fields begin."""
BLANKS = 2
"""Questions of one's own that can be added at once."""


@dataclass(frozen=True, slots=True)
class Looking:
    """Which plan somebody reads, and the draft they carry from page to page."""

    plan: str
    health: Health
    said: Mapping[str, str]

    def at(self, **changes: str) -> str:
        """The same page with another plan or health."""
        return self.to("/admin/plans", **changes)

    def to(self, path: str, **changes: str) -> str:
        return f"{path}?{urlencode({'plan': self.plan, 'health': self.health.value, **self.said, **changes})}"

    def beside(self, *prefixes: str) -> dict[str, str]:
        """What a form carries that shows fields of these names itself."""
        kept = {name: words for name, words in self.said.items() if not name.startswith(prefixes)}
        return {"plan": self.plan, "health": self.health.value, **kept}


@get("/admin/plans", staff(Permission.READ_BOOK))
def show(visit: Visit) -> Answer:
    """The plans in force; with a draft in the address, what it would change."""
    return _plans(visit, visit.request.query)


@post("/admin/plans", staff(Permission.PUBLISH_PLANS))
def publish(visit: Visit) -> Answer:
    form = visit.request.form
    try:
        draft = Draft.of(visit.session, form, visit.today)
        drafts.publish(
            visit.session, draft, form.get("base", ""), form.get("reason", ""), by=visit.someone, at=visit.now
        )
    except Malformed as no:
        return _plans(visit, form, status=422, trouble={no.field or "draft": str(no)})
    except Stale as no:
        return _plans(visit, form, status=409, trouble={"reason": str(no)})
    return visit.go(replace(_looking(draft, form), said={}).at(), flash="plans_published")


@get("/admin/plans/tasks/{pattern:str}", staff(Permission.READ_BOOK))
def show_task(visit: Visit, pattern: str) -> Answer:
    """One task of the playbook, with what can be changed about it."""
    draft, form, trouble = _drafted(visit, visit.request.query)
    found = draft.catalogue.pattern(pattern)
    return page(
        visit, "admin/plan_task.html", here="routing", pattern=found, form=form, trouble=trouble, roles=ROLES,
        looking=_looking(draft, visit.request.query), blanks=own_keys(found, BLANKS), prefix=f"task.{pattern}.",
        status=422 if trouble else 200,
    )


@get("/admin/plans/versions", staff(Permission.READ_BOOK))
def show_versions(visit: Visit) -> Answer:
    return page(
        visit, "admin/plan_versions.html", here="routing", versions=history(visit.session, visit.today),
    )


def _plans(
    visit: Visit, said: Mapping[str, str], *, status: int = 200, trouble: Mapping[str, str] | None = None
) -> Answer:
    draft, form, unread = _drafted(visit, said)
    trouble = {**unread, **(trouble or {})}
    looking = _looking(draft, said)
    plan = draft.contents[PolicyKind.PLAN]
    policies = Policy.all_in_force(visit.session, visit.today)
    return page(
        visit, "admin/plans.html", here="routing", status=422 if unread else status, draft=draft, form=form,
        looking=looking, kinds=kinds_of(plan), bands=BANDS, chapter=_chapter(draft, looking), trouble=trouble,
        rules=[(name, read_rule(written)) for name, written in named(plan["automation"])], fixed=FIXED,
        off=[one for one in draft.catalogue.patterns if one.off], segments=list(Segment), said=said,
        preview=preview(visit.session, draft, policies, at=visit.now) if draft.changes else None,
        may=SimpleNamespace(publish=visit.someone.may(Permission.PUBLISH_PLANS)),
    )


def _drafted(visit: Visit, said: Mapping[str, str]) -> tuple[Draft, dict[str, str], dict[str, str]]:
    """The draft, its form as it was typed, and what is wrong with it; what can not be read changes nothing."""
    try:
        draft = Draft.of(visit.session, said, visit.today)
    except Malformed as no:
        draft = Draft.none(visit.session, visit.today)
        typed = {name: words for name, words in said.items() if name.startswith(PREFIXES)}
        return replace(draft, said=typed), draft.form | typed, {no.field or "draft": str(no)}
    return draft, draft.form, {}


def _looking(draft: Draft, said: Mapping[str, str]) -> Looking:
    """What can not be understood counts as not said."""
    kinds = kinds_of(draft.contents[PolicyKind.PLAN])
    plan, health = said.get("plan", ""), said.get("health", "")
    return Looking(
        plan if plan in kinds else next(iter(kinds)),
        Health(health) if health in {band.value for band in BANDS} else Health.GREEN, draft.said,
    )


def _chapter(draft: Draft, looking: Looking) -> Chapter:
    plan = draft.contents[PolicyKind.PLAN]
    return read(plan, draft.catalogue, *kinds_of(plan)[looking.plan], looking.health)
