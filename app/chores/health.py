"""Health: whoever looks after a customer hears that they fell into red; a new policy bands everybody again."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.chores import plan
from app.work import Work
from renewals import banding
from renewals.account import Account
from renewals.event import Event
from renewals.message import Message, MessageKind
from renewals.person import Person
from renewals.renewal import CLOSED, Renewal


def tell_health_fell(work: Work, event: UUID) -> None:
    """Everybody who owns an open renewal of theirs, once; without one, whoever looks after the company."""
    fell = work.session.get_one(Event, event)
    account = Account.find(work.session, fell.subject_id)
    for owner, renewal in _owners(work, account).items():
        Message.plan(
            work.session, MessageKind.HEALTH_FELL, owner, purpose=f"health_fell:{event}:{owner.id}",
            locale=owner.locale or "en", at=work.now, renewal_id=renewal.id if renewal else None,
            account_id=account.id, event=str(event),
        )


def _owners(work: Work, account: Account) -> dict[Person, Renewal | None]:
    """Each with the nearest renewal of theirs."""
    query = select(Renewal).where(Renewal.account_id == account.id, Renewal.state.not_in(CLOSED))
    found: dict[Person, Renewal | None] = {}
    for renewal in work.session.scalars(query.order_by(Renewal.renews_on, Renewal.id)).unique():
        if owner := renewal.looked_after_by:
            found.setdefault(owner, renewal)
    return found or ({account.owner: None} if account.owner else {})


def band_again(work: Work) -> Any:
    """After a new health policy: the bands of everybody, then the rules that ask for them."""
    banding.stand_again(work.session, at=work.now)
    yield from plan.route_renewals(work)
