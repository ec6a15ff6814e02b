"""EarlyExit: an off-ramp that one of us wants to take and another has to agree to first."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from pricing.clause import LeavingEvent
from pricing.money import Money
from renewals.activity import Activity
from renewals.base import Owned, session_of, tenant
from renewals.errors import NotNow
from renewals.event import EventName
from renewals.lifecycle import Lifecycle
from renewals.permission import Permission
from renewals.person import Person
from renewals.renewal import Renewal


class ExitState(StrEnum):
    """Where it stands."""

    ASKED = "asked"
    AGREED = "agreed"
    REFUSED = "refused"


class EarlyExit(Lifecycle, Owned):
    """Agreed to by another than who asks; the database counts on it before it lets a term be left so.

    Units: `amount_minor` as in `Termination`; not more is returned than was agreed to.
    """

    __tablename__ = "early_exit"
    __table_args__ = (
        *tenant("term_id", "renewal_id", "activity_id"),
        Index("uq_early_exit_asked", "term_id", unique=True, postgresql_where="state = 'asked'"),
        CheckConstraint("(state = 'asked') = (decided_by IS NULL)", name="decided"),
        CheckConstraint("decided_by <> by_id", name="by_another"),
    )

    MOVES: ClassVar[Mapping[ExitState, frozenset[ExitState]]] = {
        ExitState.ASKED: frozenset({ExitState.AGREED, ExitState.REFUSED}),
    }

    term_id: Mapped[UUID]
    renewal_id: Mapped[UUID]
    activity_id: Mapped[UUID]
    event: Mapped[LeavingEvent]
    told_on: Mapped[date]
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]
    state: Mapped[ExitState] = mapped_column(default=ExitState.ASKED)
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]

    by: Mapped[Person] = relationship(foreign_keys=[by_id], viewonly=True)

    renewal: Mapped[Renewal] = relationship(
        primaryjoin="foreign(EarlyExit.renewal_id) == Renewal.id", viewonly=True
    )

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def evidence(self) -> str:
        """How whoever asked knows of the event."""
        return session_of(self).get_one(Activity, self.activity_id).words

    @classmethod
    def asked_of(cls, renewal: Renewal) -> "EarlyExit | None":
        """The one that waits."""
        query = select(cls).where(cls.term_id == renewal.term_id, cls.state == ExitState.ASKED)
        return session_of(renewal).scalars(query).one_or_none()

    @classmethod
    def waiting_for(cls, session: Session, person: Person) -> Sequence["EarlyExit"]:
        """What this person may decide, the oldest first."""
        waits = select(cls).where(cls.state == ExitState.ASKED).order_by(cls.at, cls.id)
        return [one for one in session.scalars(waits) if one.may_be_decided_by(person)]

    @classmethod
    def must_wait(cls, renewal: Renewal) -> "EarlyExit":
        """Raises: NotNow when nothing waits."""
        if asked := cls.asked_of(renewal):
            return asked
        raise NotNow("Nobody asks to end this term early any more.")

    def may_be_decided_by(self, person: Person) -> bool:
        return person.may(Permission.AGREE_EXITS) and person.id != self.by_id

    def agree(self, *, by: Person, at: datetime) -> None:
        """Raises: NotYours, NotNow for one's own."""
        self._decide(ExitState.AGREED, EventName.EXIT_AGREED, by=by, at=at)

    def refuse(self, *, by: Person, at: datetime) -> None:
        """Raises: as `agree`."""
        self._decide(ExitState.REFUSED, EventName.EXIT_REFUSED, by=by, at=at)

    def _decide(self, state: ExitState, name: EventName, *, by: Person, at: datetime) -> None:
        by.must(Permission.AGREE_EXITS)
        if by.id == self.by_id:
            raise NotNow("Somebody else has to agree to it; you asked.")
        self.decided_by, self.decided_at = by.id, at
        self._move(state, name, by=by, at=at, amount=self.amount_minor, currency=self.currency)
        session_of(self).flush()  # the database counts it before the term is left
