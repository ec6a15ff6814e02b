"""Account: a customer company, and the tenant that owns every row about it."""

import hashlib
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Date, ForeignKey, Index, Integer, cast, func, literal, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from renewals.base import Moment, Owned, Record, Versioned, session_of, sought, tenant
from renewals.errors import Malformed, NotNow
from renewals.event import Event, EventName
from renewals.permission import Permission
from renewals.person import Person


class Health(StrEnum):
    """The band a health score falls in."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    UNKNOWN = "unknown"

    @classmethod
    def of(cls, score: int | None, policy: dict[str, int]) -> "Health":
        """A missing score is unknown, never good.

        Units: score 0 to 100. Source: framework, "Status Kesihatan Mengubah Segalanya"; the bands are ours.
        """
        if score is None:
            return cls.UNKNOWN
        if score >= policy["green"]:
            return cls.GREEN
        return cls.YELLOW if score >= policy["yellow"] else cls.RED


class Account(Versioned, Record):
    """Units: `health_score` 0 to 100; dates are days in `timezone`; `region` is a state, such as WI."""

    __tablename__ = "account"
    __table_args__ = (
        Index("uq_account_external_id", "external_id", unique=True),
        sought("account", "name", "external_id"),
    )

    external_id: Mapped[str]
    name: Mapped[str]
    currency: Mapped[str]
    country: Mapped[str]
    region: Mapped[str] = mapped_column(default="")
    timezone: Mapped[str]
    locale: Mapped[str]
    industry: Mapped[str] = mapped_column(default="")
    customer_since: Mapped[date | None]
    health_score: Mapped[int | None] = mapped_column(Integer)
    strategic: Mapped[bool] = mapped_column(default=False)
    strategic_reason: Mapped[str | None]
    strategic_review_on: Mapped[date | None]
    stable_business: Mapped[bool | None]
    budget_predictable: Mapped[bool | None]
    wants_multi_year: Mapped[bool | None]
    industry_changes_fast: Mapped[bool | None]
    stripe_customer: Mapped[str | None]
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", use_alter=True))

    owner: Mapped[Person | None] = relationship(foreign_keys=[owner_id])
    card_on_file: Mapped["Card | None"] = relationship(
        primaryjoin="and_(Account.id == foreign(Card.account_id), Card.active)", uselist=False, viewonly=True
    )

    def today(self, now: datetime) -> date:
        """The day it is for this customer."""
        return now.astimezone(ZoneInfo(self.timezone)).date()

    @classmethod
    def day_at(cls, now: datetime) -> ColumnElement[date]:
        """As `today`, for the database to work out for many."""
        return cast(func.timezone(cls.timezone, literal(now, Moment)), Date)

    def flag_strategic(self, reason: str, review_on: date, *, by: Person, at: datetime) -> None:
        """Important beyond its size, for a reason and until somebody looks again.

        Raises: NotYours, Malformed. Source: framework, "Penglibatan eksekutif untuk akaun strategik tanpa mengira
        saiz"; that a flag has a reason and a day of review is ours.
        """
        by.must(Permission.CHANGE_ROUTING)
        if not reason.strip():
            raise Malformed("Say why this account is strategic.", "reason")
        if review_on <= self.today(at):
            raise Malformed("Choose a later day to look at it again.", "review_on")
        self.strategic, self.strategic_reason, self.strategic_review_on = True, reason.strip()[:500], review_on
        self._flagged(by=by, at=at, strategic=True, reason=self.strategic_reason, review_on=review_on.isoformat())

    def unflag_strategic(self, reason: str, *, by: Person, at: datetime) -> None:
        """Raises: NotYours, NotNow, Malformed without a reason."""
        by.must(Permission.CHANGE_ROUTING)
        if not self.strategic:
            raise NotNow("This account is not strategic.")
        if not reason.strip():
            raise Malformed("Say why this account is not strategic any more.", "reason")
        self.strategic, self.strategic_reason, self.strategic_review_on = False, None, None
        self._flagged(by=by, at=at, strategic=False, reason=reason.strip()[:500])

    def _flagged(self, *, by: Person, at: datetime, **details: Any) -> None:
        Event.record(session_of(self), EventName.ACCOUNT_FLAGGED, self, by=by, at=at, **details)

    def card(self) -> "Card | None":
        """The card on file."""
        return session_of(self).scalars(select(Card).where(Card.account_id == self.id, Card.active)).first()

    def put_card_on_file(
        self, stripe_id: str, brand: str, last4: str, expires_on: date, *, by: Person | None, at: datetime,
        fetched: bool = False,
    ) -> "Card":
        """The card takes the place of the one before; the same card again changes nothing. It is `fetched` when it
        comes with many others after an import."""
        session = session_of(self)
        session.expire(self, ["card_on_file"])  # somebody else may have put another
        held = self.card_on_file
        if held and held.stripe_id == stripe_id:
            return held
        if held:
            held.active = False
            session.flush()  # one active card at a time: the old one first
        card = Card(account_id=self.id, stripe_id=stripe_id, brand=brand, last4=last4, expires_on=expires_on)
        session.add(card)
        session.flush()  # the event names the row
        session.expire(self, ["card_on_file"])
        name = EventName.CARD_REPLACED if held else EventName.CARD_SAVED
        Event.record(session, name, card, by=by, at=at, brand=brand, **({"fetched": True} if fetched else {}))
        return card

    @classmethod
    def by_external_id(cls, session: Session, external_id: str) -> "Account | None":
        return session.scalars(select(cls).where(cls.external_id == external_id)).one_or_none()


class Card(Owned):
    """A payment card on file at Stripe: we hold its name, never its number.

    Units: `expires_on` is the last day it is good.
    """

    __tablename__ = "card"
    __table_args__ = (
        *tenant(),
        Index("uq_card_one_active", "account_id", unique=True, postgresql_where="active"),
    )

    stripe_id: Mapped[str]
    brand: Mapped[str]
    last4: Mapped[str]
    expires_on: Mapped[date]
    active: Mapped[bool] = mapped_column(default=True)

    def lives_on(self, day: date) -> bool:
        return day <= self.expires_on


class Consent(Owned):
    """What somebody agreed to, in which words, when and from where; kept as long as the law asks."""

    __tablename__ = "consent"
    __table_args__ = tenant("person_id")

    person_id: Mapped[UUID]
    kind: Mapped[str]
    text_version: Mapped[str]
    text_hash: Mapped[str]
    given_at: Mapped[datetime]
    ip: Mapped[str]
    user_agent: Mapped[str]

    @classmethod
    def give(
        cls, session: Session, kind: str, text: str, *, text_version: str, by: Person, at: datetime, ip: str,
        user_agent: str,
    ) -> "Consent":
        """Record it, with the hash of the exact words shown."""
        consent = cls(
            account_id=by.account_id, person_id=by.id, kind=kind, text_version=text_version,
            text_hash=hashlib.sha256(text.encode()).hexdigest(), given_at=at, ip=ip, user_agent=user_agent[:300],
        )
        session.add(consent)
        session.flush()  # the event names the row
        Event.record(session, EventName.CONSENT_GIVEN, consent, by=by, at=at, kind=kind, text_version=text_version)
        return consent
