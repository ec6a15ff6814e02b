"""People: who of the company comes in here, and as what."""

from types import SimpleNamespace
from uuid import UUID

from gateways.browser import Answer, Visit, customer, get, post
from renewals import inviting
from renewals.errors import Malformed, NotFound
from renewals.permission import Permission
from renewals.person import CUSTOMER_ROLES, Person, Role

OFFERED = (Role.VIEWER, Role.BUYER, Role.SIGNER, Role.PROCUREMENT, Role.OWNER)


@get("/people", customer(Permission.VIEW))
def show(visit: Visit) -> Answer:
    return _page(visit)


@post("/people", customer(Permission.MANAGE_PEOPLE))
def invite(visit: Visit) -> Answer:
    form = visit.request.form
    try:
        inviting.invite(
            visit.session, name=form.get("name", ""), email=form.get("email", ""), role=form.get("role", ""),
            by=visit.someone, at=visit.now,
        )
    except Malformed as trouble:
        return _page(visit, status=422, **{trouble.field or "email": str(trouble)})
    return visit.go("/people", flash="invited")


@post("/people/{person_id:uuid}/removal", customer(Permission.MANAGE_PEOPLE))
def remove(visit: Visit, person_id: UUID) -> Answer:
    inviting.remove(visit.session, _colleague(visit, person_id), by=visit.someone, at=visit.now)
    return visit.go("/people", flash="removed")


def _colleague(visit: Visit, key: UUID) -> Person:
    found = visit.session.scalars(Person.colleagues_of(visit.someone).where(Person.id == key)).one_or_none()
    if found is None:
        raise NotFound
    return found


def _page(visit: Visit, *, status: int = 200, **trouble: str) -> Answer:
    colleagues = visit.session.scalars(Person.colleagues_of(visit.someone).where(Person.active))
    people = [
        SimpleNamespace(
            id=person.id, name=person.name, email=person.email, role=_main_role(person),
            is_you=person.id == visit.someone.id,
        )
        for person in colleagues
    ]
    typed = {field: visit.request.form.get(field, "") for field in ("email", "name", "role")}
    return visit.page(
        "portal/people.html", status=status, people=people, roles=[role.value for role in OFFERED],
        may={"invite": visit.someone.may(Permission.MANAGE_PEOPLE)}, typed=typed, trouble=trouble,
    )


def _main_role(person: Person) -> str:
    """The most that somebody may do, in one word."""
    return next((role.value for role in CUSTOMER_ROLES if role.value in person.roles), Role.VIEWER.value)
