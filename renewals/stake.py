"""Stake: what one of the customer's people has to say in the decision, and how they stand to us."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from renewals.base import Owned, Versioned, session_of, tenant
from renewals.errors import Malformed
from renewals.event import Event, EventName
from renewals.permission import Permission
from renewals.person import Person

LONGEST = 400
"""Characters of a concern."""


class BuyingRole(StrEnum):
    """The part a person plays in the decision; one may play several. Source: timeline, "Pemetaan Stakeholder"."""

    USER = "user"
    CHAMPION = "champion"
    ECONOMIC_BUYER = "economic_buyer"
    DECISION_MAKER = "decision_maker"
    TECHNICAL_BUYER = "technical_buyer"
    LEGAL = "legal"
    PROCUREMENT = "procurement"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


class Strength(StrEnum):
    """How strong our tie to somebody is. Source: timeline, "Pemetaan Stakeholder" (kuat, sederhana, lemah)."""

    STRONG = "strong"
    MEDIUM = "medium"
    WEAK = "weak"

    @property
    def label(self) -> str:
        return self.value.capitalize()


class Stance(StrEnum):
    """What they think of us. Source: timeline, "Penyiapan Pemetaan Hubungan" (peguam bela, neutral, detractor)."""

    ADVOCATE = "advocate"
    NEUTRAL = "neutral"
    DETRACTOR = "detractor"

    @property
    def label(self) -> str:
        return self.value.capitalize()


class Stake(Versioned, Owned):
    """One for each person of whom anything is known. No customer reads it: it is what we think of them.

    Units: `last_contact_on` is the day somebody of us last spoke with them; it is moved forward by what is noted.
    """

    __tablename__ = "stake"
    __table_args__ = (*tenant("person_id"), Index("uq_stake_person", "person_id", unique=True))

    person_id: Mapped[UUID]
    buying_roles: Mapped[list[str]] = mapped_column(default=list)
    strength: Mapped[Strength | None]
    stance: Mapped[Stance | None]
    concern: Mapped[str] = mapped_column(default="")
    engaged_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    last_contact_on: Mapped[date | None]

    person: Mapped[Person] = relationship(
        primaryjoin="foreign(Stake.person_id) == Person.id", viewonly=True, lazy="joined"
    )
    engaged_by: Mapped[Person | None] = relationship(foreign_keys=[engaged_by_id])

    @property
    def parts(self) -> list[BuyingRole]:
        return [role for role in BuyingRole if role in self.buying_roles]

    @classmethod
    def of(cls, session: Session, person: Person) -> "Stake":
        """That of one of the customer's people; an empty one is begun when nothing was known."""
        found = session.scalars(select(cls).where(cls.person_id == person.id)).first()
        if found is None:
            found = cls(account_id=person.account_id, person_id=person.id, buying_roles=[], concern="")
            session.add(found)
            session.flush()
        return found

    @classmethod
    def of_account(cls, session: Session, account_id: UUID) -> Sequence["Stake"]:
        return session.scalars(select(cls).where(cls.account_id == account_id).order_by(cls.person_id)).all()

    def change(self, *, by: Person, at: datetime, today: date, **values: Any) -> bool:
        """What is known of them now; what is not named stays. Says whether anything is another.

        `today` is the customer's day. The words of a concern stay out of the chain of events.
        Raises: NotYours, Malformed.
        """
        by.must(Permission.KEEP_ACCOUNTS)
        self._must_be_true(values, today)
        changed = sorted(name for name, value in values.items() if getattr(self, name) != value)
        for name in changed:
            setattr(self, name, values[name])
        if changed:
            Event.record(
                session_of(self), EventName.STAKE_CHANGED, self, by=by, at=at, person=str(self.person_id),
                fields=changed, buying_roles=list(self.buying_roles), strength=self.strength, stance=self.stance,
            )
        return bool(changed)

    def spoken_with(self, on: date) -> None:
        """Somebody of us spoke with them: the last contact moves forward, never back."""
        self.last_contact_on = max(on, self.last_contact_on or on)

    @staticmethod
    def _must_be_true(values: dict[str, Any], today: date) -> None:
        contact, engaged_by = values.get("last_contact_on"), values.get("engaged_by")
        if len(values.get("concern", "")) > LONGEST:
            raise Malformed(f"A concern has at most {LONGEST} characters.", "concern")
        if contact and contact > today:
            raise Malformed("That day has not come yet.", "last_contact_on")
        if engaged_by and not (engaged_by.is_staff and engaged_by.active):
            raise Malformed("Choose somebody of the staff.", "engaged_by")
