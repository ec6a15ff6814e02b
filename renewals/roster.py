"""Roster: the customer companies as one list."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from renewals.account import Account
from renewals.health import Health
from renewals.person import Person
from renewals.renewal import CLOSED, Renewal

Query = Select[*tuple[Any, ...]]
PAGE = 50
ORDERS = ("name", "industry", "country", "health", "since", "renews_on", "owner")


@dataclass(frozen=True, slots=True)
class Entered:
    """One company of the list. `renews_on` is its nearest open renewal's."""

    id: UUID
    name: str
    external_id: str
    country: str
    industry: str
    since: date | None
    health: Health
    score: int | None
    owner: str | None
    renews_on: date | None
    people: int


@dataclass(frozen=True, slots=True)
class Sought:
    """What somebody looks for. `order` is one of `ORDERS`."""

    text: str = ""
    order: str = "name"
    descending: bool = False
    page: int = 1


def page(session: Session, sought: Sought) -> list[Entered]:
    column = _columns()[sought.order]
    way = column.desc().nulls_last() if sought.descending else column.asc().nulls_last()
    query = _filtered(_rows(), sought).order_by(way, Account.id)
    rows = session.execute(query.limit(PAGE).offset((sought.page - 1) * PAGE))
    return [_entered(row) for row in rows]


def count(session: Session, sought: Sought) -> int:
    query = select(func.count()).select_from(Account)
    found: int = session.execute(_filtered(query, sought)).scalar_one()
    return found


NEAREST = (
    select(func.min(Renewal.renews_on))
    .where(Renewal.account_id == Account.id, Renewal.state.not_in(CLOSED))
    .scalar_subquery()
)
PEOPLE = (
    select(func.count())
    .select_from(Person)
    .where(Person.account_id == Account.id, Person.active)
    .correlate(Account)
    .scalar_subquery()
)
OWNER = select(Person.name).where(Person.id == Account.owner_id).correlate(Account).scalar_subquery()


def _rows() -> Query:
    return select(
        Account.id, Account.name, Account.external_id, Account.country, Account.industry, Account.customer_since,
        Account.health_score, Account.health_band, OWNER.label("owner"), NEAREST.label("renews_on"),
        PEOPLE.label("people"),
    )


def _columns() -> dict[str, Any]:
    return {
        "name": func.lower(Account.name), "industry": func.lower(Account.industry), "country": Account.country,
        "health": Account.health_score,
        "since": Account.customer_since, "renews_on": NEAREST, "owner": OWNER,
    }


def _filtered(query: Query, sought: Sought) -> Query:
    if not sought.text:
        return query
    named = (Account.name, Account.external_id, Account.industry)
    return query.where(or_(*(column.icontains(sought.text, autoescape=True) for column in named)))


def _entered(row: Any) -> Entered:
    return Entered(
        id=row.id, name=row.name, external_id=row.external_id, country=row.country, industry=row.industry,
        since=row.customer_since, health=row.health_band, score=row.health_score,
        owner=row.owner, renews_on=row.renews_on, people=row.people,
    )
