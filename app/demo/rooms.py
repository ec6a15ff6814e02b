"""The demo's rooms: a page for a newcomer, the cast, the clock and the mailbox. Hung in demo mode only."""

import json
import os
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import signin
from app.demo import time
from app.demo.edition import CAST
from app.demo.mailbox import Mail, read_all
from app.demo.road import stops
from app.house import House
from app.transaction import Role
from app.visit import Visiting
from gateways.browser import Access, Answer, Side, Visit, get, post
from renewals.account import Account
from renewals.errors import Malformed, NotFound
from renewals.person import CUSTOMER_ROLES, Person
from renewals.policy import Policy, PolicyKind
from renewals.renewal import CLOSED, Renewal

DEMO = Access(Side.ANYBODY, form=False, door=True)
ROADS = ("halden-bank", "cedar-dental")
"""Whose road can be walked milestone by milestone: a long one and a short one."""
LONGEST_JUMP = 800
NEWEST_MAILS = 30


@get("/demo", DEMO)
def show(visit: Visit) -> Answer:
    house = _house(visit)
    with house.database.begin(Role.WORKER, read_only=True) as (session, _):
        context = _newcomer(session) | {"stops": stops(session, ROADS, visit.today)}
    every, most = read_all(_mailbox()), _most_mails(visit)
    return visit.page(
        "demo/demo.html", mails=[_shown_mail(mail) for mail in reversed(every[-most:])],
        older=most + NEWEST_MAILS if len(every) > most else 0, sandbox_url=house.settings.stripe_base or "", **context,
    )


@get("/demo/parts.json", DEMO)
def parts(visit: Visit) -> Answer:
    settings = _house(visit).settings
    return _json(
        {
            "portal": settings.public_url, "sandbox": settings.stripe_base, "database_url": settings.database_url,
            "now": visit.now.isoformat(),
        }
    )


@get("/demo/cast.json", DEMO)
def cast_list(visit: Visit) -> Answer:
    with _house(visit).database.begin(Role.WORKER, read_only=True) as (session, now):
        accounts = {account.id: account for account in session.scalars(select(Account).order_by(Account.name))}
        people = session.scalars(select(Person).where(Person.active).order_by(Person.name)).all()
        policies = Policy.all_in_force(session, now.business.date())
        nearest = _nearest(session)
        told = [_told_account(account, nearest.get(account.id), policies) for account in accounts.values()]
        return _json({"people": [_told_person(person, accounts) for person in people], "accounts": told})


@post("/demo/sign-in", DEMO)
def sign_in(visit: Visit) -> Answer:
    email = visit.request.form.get("email", "").strip().lower()
    person = visit.session.scalars(
        select(Person).where(Person.email == email, Person.active).order_by(Person.account_id).limit(1)
    ).first()
    if person is None:
        raise NotFound
    return signin.start_for(visit, person)


@get("/demo/mail.json", DEMO)
def mails(visit: Visit) -> Answer:
    fields = ("to", "subject", "text", "html", "sent_at", "kind", "about")
    return _json([{field: getattr(mail, field) for field in fields} for mail in read_all(_mailbox())])


@post("/demo/clock", DEMO)
def move_clock(visit: Visit) -> Any:
    """Day by day, and back when all due work is done."""
    house, day = _house(visit), _wanted_day(visit)
    yield partial(time.move_to, house, day)
    return visit.go("/demo")


def _most_mails(visit: Visit) -> int:
    """How many mails the page shows: the newest, and more for whoever asks for older ones."""
    word = visit.request.query.get("mails", "")
    return max(NEWEST_MAILS, int(word)) if word.isascii() and word.isdigit() and len(word) < 6 else NEWEST_MAILS


def _wanted_day(visit: Visit) -> date:
    """Raises: Malformed."""
    form, today = visit.request.form, visit.now.date()
    try:
        day = date.fromisoformat(form["to"]) if form.get("to") else today + timedelta(days=int(form.get("days", "")))
    except (ValueError, OverflowError):
        raise Malformed("Give a day as to=YYYY-MM-DD, or a number of days.", "to") from None
    if not today <= day <= today + timedelta(days=LONGEST_JUMP):
        raise Malformed(f"The clock only moves forward, and at most {LONGEST_JUMP} days at once.", "to")
    return day


def _newcomer(session: Session) -> dict[str, Any]:
    accounts = {account.external_id: account for account in session.scalars(select(Account))}
    nearest = _nearest(session)
    customers = [
        SimpleNamespace(
            name=person.name, email=person.email, account=accounts[key].name, role=person.roles[0],
            story=key.split("-")[0], renews_on=_renews_on(nearest.get(accounts[key].id)),
        )
        for key in CAST
        if key in accounts
        for person in _faces(session, accounts[key])
    ]
    staff = session.scalars(select(Person).where(Person.account_id.is_(None), Person.active).order_by(Person.name))
    return {
        "customers": customers,
        "staff": [SimpleNamespace(name=one.name, email=one.email, role=one.roles[0]) for one in staff],
        "ordinary": (session.scalar(select(func.count()).select_from(Account)) or 0) - len(CAST),
    }


def _renews_on(renewal: Renewal | None) -> date | None:
    return renewal.renews_on if renewal else None


def _faces(session: Session, account: Account) -> list[Person]:
    """Who of a company stands on the newcomer's page: the one who does most."""
    people = session.scalars(select(Person).where(Person.account_id == account.id, Person.active)).all()
    return sorted(people, key=lambda person: (_rank(person), person.name))[:1]


def _rank(person: Person) -> int:
    order = [role.value for role in CUSTOMER_ROLES]
    return min((order.index(role) for role in person.roles if role in order), default=len(order))


def _nearest(session: Session) -> dict[Any, Renewal]:
    """The next open renewal of each account."""
    rows = session.scalars(select(Renewal).where(Renewal.state.not_in(CLOSED)).order_by(Renewal.renews_on.desc()))
    return {renewal.account_id: renewal for renewal in rows}


def _told_person(person: Person, accounts: dict[Any, Account]) -> dict[str, Any]:
    return {
        "email": person.email, "name": person.name, "side": "staff" if person.is_staff else "customer",
        "roles": list(person.roles), "account": accounts[person.account_id].name if person.account_id else None,
    }


def _told_account(
    account: Account, renewal: Renewal | None, policies: dict[PolicyKind, Policy]
) -> dict[str, Any]:
    return {
        "id": str(account.id), "name": account.name, "health": account.health_band.value, "locale": account.locale,
        "segment": renewal.segment(policies[PolicyKind.SEGMENT].content).value if renewal else None,
        "renewal_id": str(renewal.id) if renewal else None,
        "renews_on": renewal.renews_on.isoformat() if renewal else None,
        "stage": renewal.state.value if renewal else None,
    }


def _shown_mail(mail: Mail) -> SimpleNamespace:
    return SimpleNamespace(
        to=", ".join(mail.to), subject=mail.subject, sent_at=mail.when, text=mail.text, kind=mail.kind
    )


def _json(content: object) -> Answer:
    return Answer(body=json.dumps(content, ensure_ascii=False).encode(), content_type="application/json")


def _mailbox() -> Path:
    return Path(os.environ["KEKAL_DEMO_MAILBOX"])


def _house(visit: Visit) -> House:
    return cast(Visiting, visit).house
