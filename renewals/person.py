"""Person: a human on either side, with the roles that say what they may do."""

from collections.abc import Sequence
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Select, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from renewals.base import Record, Versioned, sought
from renewals.errors import NotYours
from renewals.permission import MAY, Permission

ONE_BY_ONE = 7_205_327
"""The advisory lock under which one person's wishes are counted; the staff's role may not lock their rows."""


class Role(StrEnum):
    """What a person is; the first five are a customer's, the others the staff's."""

    OWNER = "owner"
    BUYER = "buyer"
    SIGNER = "signer"
    PROCUREMENT = "procurement"
    VIEWER = "viewer"
    CSM = "csm"
    SPECIALIST = "specialist"
    AE = "ae"
    MANAGER = "manager"
    FINANCE = "finance"
    LEGAL = "legal"
    PRODUCT = "product"
    IMPLEMENTATION = "implementation"
    EXECUTIVE = "executive"
    ADMIN = "admin"


CUSTOMER_ROLES = (Role.OWNER, Role.BUYER, Role.SIGNER, Role.PROCUREMENT, Role.VIEWER)
STAFF_ROLES = tuple(role for role in Role if role not in CUSTOMER_ROLES)
ENCODED = "=?"
"""How a mail's header begins a word that stands for any other characters, the ends of lines among them (RFC 2047).
Nobody is called so."""


class Person(Versioned, Record):
    """A customer's person belongs to one account; a member of the staff to none.

    The same mail address may stand in two accounts: two persons, chosen between at sign-in.
    """

    __tablename__ = "person"
    __table_args__ = (
        Index("uq_person_account_email", "account_id", "email", unique=True, postgresql_nulls_not_distinct=True),
        Index("uq_person_account_external", "account_id", "external_id", unique=True),
        Index("uq_person_account_id", "account_id", "id", unique=True),
        sought("person", "name", "email"),
        CheckConstraint("email = lower(email)", name="email_lower"),
    )

    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    external_id: Mapped[str | None]
    email: Mapped[str]
    name: Mapped[str]
    title: Mapped[str] = mapped_column(default="")
    roles: Mapped[list[str]]
    locale: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)

    @property
    def is_staff(self) -> bool:
        return self.account_id is None

    @property
    def first_name(self) -> str:
        return self.name.split(" ", 1)[0]

    def may(self, permission: Permission) -> bool:
        return self.active and any(role in MAY[permission] for role in self.roles)

    def must(self, permission: Permission) -> None:
        """Raises: NotYours, naming what is missing."""
        if not self.may(permission):
            raise NotYours(permission.refusal(self.first_name))

    def one_at_a_time(self, session: Session) -> None:
        """What they ask for at the same moment waits until this transaction has ended, so that it can be counted."""
        session.execute(select(func.pg_advisory_xact_lock(ONE_BY_ONE, func.hashtext(str(self.id)))))

    @classmethod
    def colleagues_of(cls, person: "Person") -> Select["Person"]:
        """The people of one's own company, active ones first, in the order of their names."""
        return (
            select(cls).where(cls.account_id == person.account_id).order_by(cls.active.desc(), cls.name, cls.id)
        )

    @classmethod
    def staff(cls, session: Session) -> Sequence["Person"]:
        """Everybody of our own who is still there, in the order of their names."""
        query = select(cls).where(cls.account_id.is_(None), cls.active).order_by(cls.name, cls.id)
        return session.scalars(query).all()

    @classmethod
    def staff_by_email(cls, session: Session, email: str) -> "Person | None":
        return session.scalars(
            select(cls).where(cls.account_id.is_(None), cls.email == email.lower())
        ).one_or_none()
