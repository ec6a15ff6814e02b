"""Stake: what is known of one of a customer's people, and changing it."""

from collections.abc import Mapping
from datetime import date
from types import SimpleNamespace
from typing import Any, TypeVar
from uuid import UUID

from admin.form import day, one_of, somebody
from admin.shell import page
from gateways.browser import Answer, Visit, get, post, staff
from renewals.account import Account
from renewals.errors import Malformed
from renewals.permission import Permission
from renewals.person import Person
from renewals.stake import BuyingRole, Stake, Stance, Strength
from renewals.stakeholder import Stakeholder, stakeholder

Word = TypeVar("Word", Strength, Stance)
PART = "part_"


@get("/admin/people/{person_id:uuid}/stake", staff(Permission.KEEP_ACCOUNTS))
def show(visit: Visit, person_id: UUID) -> Answer:
    one = stakeholder(visit.session, person_id)
    return _page(visit, one, _kept(one.stake))


@post("/admin/people/{person_id:uuid}/stake", staff(Permission.KEEP_ACCOUNTS))
def change(visit: Visit, person_id: UUID) -> Answer:
    one, form = stakeholder(visit.session, person_id), visit.request.form
    account = Account.find(visit.session, one.account_id, lock=True)
    try:
        stake = Stake.of(visit.session, one.person)
        stake.change(by=visit.someone, at=visit.now, today=account.today(visit.now), **_said(visit, form))
    except Malformed as trouble:
        return _page(visit, one, _typed(form), status=422, **{trouble.field or "concern": str(trouble)})
    return visit.go(f"/admin/accounts/{account.id}", flash="known")


def _said(visit: Visit, form: Mapping[str, str]) -> dict[str, Any]:
    """Raises: Malformed."""
    return {
        "buying_roles": _parts(form), "strength": _word(Strength, form, "strength"),
        "stance": _word(Stance, form, "stance"), "concern": form.get("concern", "").strip(),
        "engaged_by": _colleague(visit, form.get("engaged_by", "")), "last_contact_on": _day(form),
    }


def _parts(form: Mapping[str, str]) -> list[str]:
    return [role.value for role in BuyingRole if PART + role.value in form]


def _word(kind: type[Word], form: Mapping[str, str], name: str) -> Word | None:
    """Raises: Malformed."""
    said = form.get(name, "")
    return one_of(kind, said, "Choose one of these, or that it is not known.", name) if said else None


def _colleague(visit: Visit, word: str) -> Person | None:
    """Raises: Malformed."""
    if not word:
        return None
    return somebody(Person.staff(visit.session), word, "Choose somebody of the staff, or nobody.", "engaged_by")


def _day(form: Mapping[str, str]) -> date | None:
    """Raises: Malformed."""
    said = form.get("last_contact_on", "")
    return day(said, "Write the day like 2026-08-05.", "last_contact_on") if said else None


def _kept(stake: Stake | None) -> SimpleNamespace:
    """What the form begins with."""
    contact = stake.last_contact_on if stake else None
    return SimpleNamespace(
        parts=list(stake.buying_roles) if stake else [], strength=(stake.strength or "") if stake else "",
        stance=(stake.stance or "") if stake else "", concern=stake.concern if stake else "",
        engaged_by=stake.engaged_by_id or "" if stake else "", last_contact_on=contact.isoformat() if contact else "",
    )


def _typed(form: Mapping[str, str]) -> SimpleNamespace:
    names = ("strength", "stance", "concern", "engaged_by", "last_contact_on")
    return SimpleNamespace(parts=_parts(form), **{name: form.get(name, "") for name in names})


def _page(
    visit: Visit, one: Stakeholder, typed: SimpleNamespace, *, status: int = 200, **trouble: str
) -> Answer:
    choices = SimpleNamespace(
        roles=list(BuyingRole), strengths=[(each.value, each.label) for each in Strength],
        stances=[(each.value, each.label) for each in Stance],
        staff=[(each.id, each.name) for each in Person.staff(visit.session)],
    )
    return page(
        visit, "admin/stake.html", here="accounts", status=status, person=one.person,
        account=Account.find(visit.session, one.account_id), stake=one.stake, choices=choices, typed=typed,
        trouble=trouble,
    )
