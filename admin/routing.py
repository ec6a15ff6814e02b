"""Routing: why a renewal runs the way it does, and the rules by which all of them do."""

from types import SimpleNamespace
from typing import Any
from uuid import UUID

from admin.form import day, one_of, somebody
from admin.shell import page
from gateways.browser import Answer, Visit, get, post, staff
from renewals.account import Account
from renewals.errors import Malformed, NotFound, NotNow, Stale
from renewals.permission import Permission
from renewals.person import STAFF_ROLES, Person
from renewals.policy import Policy, PolicyKind
from renewals.renewal import Renewal
from renewals.routing import handoff, team
from renewals.routing.condition import condition
from renewals.routing.decision import BY_RULES, Rules
from renewals.routing.draft import draft_of, publish
from renewals.routing.kind import Model, Part
from renewals.routing.knowing import per_quarter
from renewals.routing.ownership import OwnershipPolicy
from renewals.routing.preview import Numbers, preview
from renewals.routing.routing import Routing
from renewals.routing.rule import read_rules
from renewals.routing.share import burdens, shares
from renewals.running import who_may_own

BY_RULE = "by_rule"
"""What a form says to give a part back to its rule."""


@post("/admin/renewals/{renewal_id:uuid}/routing", staff(Permission.CHANGE_ROUTING))
def decide(visit: Visit, renewal_id: UUID) -> Answer:
    """Decide one part otherwise for this term, or give it back to its rule."""
    form, by, at = visit.request.form, visit.someone, visit.now
    renewal = visit.find(Renewal, renewal_id, lock=True)
    routing = Routing.of(visit.session, renewal.id, lock=True)
    if routing is None:
        raise NotNow("Nobody has looked at this renewal yet; that takes a minute.")
    part = one_of(Part, form.get("part", ""), "Choose what is to run otherwise.", "part")
    value, reason = form.get("value", ""), form.get("reason", "")
    if value == BY_RULE:
        routing.give_back(part, reason, renewal=renewal, by=by, at=at)
    elif part is Part.OWNER:
        owner = somebody(who_may_own(visit.session), value, "Choose who looks after it.", "value")
        handoff.choose_owner(routing, renewal, owner, reason, by=by, at=at)
    else:
        routing.decide(part, value, reason, renewal=renewal, by=by, at=at)
    return visit.go(f"/admin/renewals/{renewal_id}", flash="routed")


@post("/admin/accounts/{account_id:uuid}/strategic", staff(Permission.CHANGE_ROUTING))
def flag(visit: Visit, account_id: UUID) -> Answer:
    """Flag a strategic account, or take the flag away by the button `end`."""
    form, account = visit.request.form, Account.find(visit.session, account_id, lock=True)
    if "end" in form:
        account.unflag_strategic(form.get("reason", ""), by=visit.someone, at=visit.now)
    else:
        review_on = day(form.get("review_on", ""), "Give the day on which to look at it again.", "review_on")
        account.flag_strategic(form.get("reason", ""), review_on, by=visit.someone, at=visit.now)
    return visit.go(f"/admin/accounts/{account_id}", flash="routed")


@post("/admin/accounts/{account_id:uuid}/team", staff(Permission.CHANGE_ROUTING))
def name(visit: Visit, account_id: UUID) -> Answer:
    """Name who plays a role for this customer."""
    form, account = visit.request.form, Account.find(visit.session, account_id)
    role = one_of(STAFF_ROLES, form.get("role", ""), "Choose a role of the staff.", "role")
    team.name(visit.session, account, role, _colleague(visit, form), by=visit.someone, at=visit.now)
    return visit.go(f"/admin/accounts/{account_id}", flash="routed")


def _colleague(visit: Visit, form: Any) -> Person:
    """Raises: Malformed."""
    try:
        return Person.find(visit.session, UUID(form.get("person", "")))
    except (ValueError, NotFound):
        raise Malformed("Choose somebody of the staff.", "person") from None


# The rules


@get("/admin/routing", staff(Permission.READ_BOOK))
def show(visit: Visit) -> Answer:
    """The rules in force; with a draft in the address, what it would change."""
    return _rules(visit, visit.request.query)


@post("/admin/routing", staff(Permission.PUBLISH_ROUTING))
def publish_rules(visit: Visit) -> Answer:
    form = visit.request.form
    try:
        draft = draft_of(_in_force(visit).content, form)
        base, reason = form.get("base", ""), form.get("reason", "")
        publish(visit.session, draft, base, reason, by=visit.someone, at=visit.now)
    except Malformed as trouble:
        return _rules(visit, form, status=422, **{trouble.field or "reason": str(trouble)})
    except Stale as trouble:
        return _rules(visit, form, status=409, reason=str(trouble))
    return visit.go("/admin/routing", flash="rules_published")


def _in_force(visit: Visit) -> Policy:
    return Policy.in_force(visit.session, PolicyKind.OWNERSHIP, visit.today)


def _rules(visit: Visit, said: Any, *, status: int = 200, **trouble: str) -> Answer:
    known = Policy.all_in_force(visit.session, visit.today)
    touch, ownership = known[PolicyKind.TOUCH], known[PolicyKind.OWNERSHIP]
    draft = OwnershipPolicy(ownership.content)
    try:
        draft = draft_of(ownership.content, said)
    except Malformed as no:
        status, trouble = 422, trouble | {no.field or "draft": str(no)}
    numbers = Numbers.of(visit.session, per_quarter(visit.session, visit.now))
    changes = draft.content != ownership.content
    return page(
        visit, "admin/routing.html", here="routing", status=status, touch=touch, ownership=ownership, draft=draft,
        lists={part.label: read_rules(touch.content[part.value]) for part in BY_RULES}, numbers=numbers,
        conditions=[condition(model, draft, numbers) for model in Model], said=said, trouble=trouble, changes=changes,
        preview=preview(visit.session, Rules(touch.content, draft)) if changes else None,
        shares=shares(visit.session, visit.now),
        burdens=burdens(visit.session, touch.content["hand_run_a_quarter"], visit.now),
        may=SimpleNamespace(publish=visit.someone.may(Permission.PUBLISH_ROUTING)),
    )
