"""Team: who of the staff is named for a role at a customer."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from renewals.account import Account
from renewals.base import Owned, Versioned, tenant
from renewals.errors import Malformed
from renewals.event import Event, EventName
from renewals.permission import Permission
from renewals.person import STAFF_ROLES, Person, Role


class TeamMember(Versioned, Owned):
    """One for each role of a customer's; who looks after the customer is named on the account itself."""

    __tablename__ = "team_member"
    __table_args__ = (*tenant(), Index("uq_team_member_role", "account_id", "role", unique=True))

    role: Mapped[Role]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))

    person: Mapped[Person] = relationship(foreign_keys=[person_id], lazy="joined", viewonly=True)



def of_account(session: Session, account_id: UUID) -> Sequence[TeamMember]:
    query = select(TeamMember).where(TeamMember.account_id == account_id)
    return session.scalars(query.order_by(TeamMember.role)).all()


def name(session: Session, account: Account, role: Role, person: Person, *, by: Person, at: datetime) -> TeamMember:
    """This person plays this role for this customer, in place of whoever did.

    Raises: NotYours, Malformed for somebody who does not play it.
    """
    by.must(Permission.CHANGE_ROUTING)
    if role not in STAFF_ROLES or not person.is_staff or not person.active or role.value not in person.roles:
        raise Malformed("Choose somebody of the staff with this role.", "person")
    Account.find(session, account.id, lock=True)  # one is named at a time
    query = select(TeamMember).where(TeamMember.account_id == account.id, TeamMember.role == role)
    member = session.scalars(query).one_or_none()
    former = member.person_id if member else None
    if member is None:
        member = TeamMember(account_id=account.id, role=role, person_id=person.id)
        session.add(member)
    member.person_id = person.id
    session.flush()  # the event names the row
    Event.record(
        session, EventName.TEAM_NAMED, account, by=by, at=at, role=role.value, person=str(person.id),
        former=str(former) if former else None,
    )
    return member
