"""Running: what the staff do with a renewal on its way: hand it over.

The renewal must be locked.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from renewals.base import session_of
from renewals.errors import Malformed
from renewals.event import Event, EventName
from renewals.permission import MAY, Permission
from renewals.person import Person
from renewals.renewal import Renewal


def hand_over(renewal: Renewal, to: Person, *, by: Person, at: datetime) -> None:
    """Somebody else of the staff looks after it from now on. Raises: NotYours, NotNow, Malformed."""
    by.must(Permission.ASSIGN_OWNERS)
    renewal.must_be_open()
    if not to.may(Permission.OWN_RENEWALS):
        raise Malformed(f"{to.name} can not look after renewals.", "owner")
    if to.id == renewal.owner_id:
        raise Malformed(f"{to.name} looks after it already.", "owner")
    former, renewal.owner_id = renewal.owner_id, to.id
    Event.record(
        session_of(renewal), EventName.RENEWAL_HANDED_OVER, renewal, by=by, at=at, owner=str(to.id),
        former=str(former) if former else None,
    )


def who_may_own(session: Session) -> Sequence[Person]:
    """Who of the staff can look after a renewal, in the order of their names."""
    able = Person.roles.overlap(sorted(MAY[Permission.OWN_RENEWALS]))
    query = select(Person).where(Person.account_id.is_(None), Person.active, able)
    return session.scalars(query.order_by(Person.name, Person.id)).all()
