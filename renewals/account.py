"""Account: a customer company, and the tenant that owns every row about it."""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Date, ForeignKey, Index, Integer, cast, func, literal, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from renewals.activity import Activity, ActivityKind
from renewals.base import Moment, Owned, Record, Versioned, new_key, session_of, sought, tenant
from renewals.errors import Malformed, NotNow
from renewals.event import Event, EventName
from renewals.health import Bands, Confidence, Health, Standing
from renewals.permission import Permission
from renewals.person import Person
from renewals.reading import SOURCE, HealthReading


class Account(Versioned, Record):
    """Units: `health_score` 0 to 100; dates are days in `timezone`; `region` is a state, such as WI.

    `health_score`, `health_band`, its first day `health_since` and the score's own day `health_taken_on` follow from
    the `HealthReading`s and are written with them, never alone.
    """

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
    health_band: Mapped[Health] = mapped_column(default=Health.UNKNOWN)
    health_since: Mapped[date | None]
    health_taken_on: Mapped[date | None]
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

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def today(self, now: datetime) -> date:
        """The day it is for this customer."""
        return now.astimezone(self.zone).date()

    @classmethod
    def day_at(cls, now: datetime) -> ColumnElement[date]:
        """As `today`, for the database to work out for many."""
        return cast(func.timezone(cls.timezone, literal(now, Moment)), Date)

    def take_reading(
        self, score: int | None, source: str, *, on: date, bands: Bands, by: Person, at: datetime
    ) -> HealthReading | None:
        """What `source` says of their health on a day, and the band that follows. The account must be locked.

        Returns: None when it said the same of that day before.
        Raises: NotYours, Malformed.
        """
        by.must(Permission.KEEP_ACCOUNTS)
        self._must_be_readable(score, source, on, self.today(at))
        session = session_of(self)
        known = HealthReading.of_account(session, self.id)
        said = [one.score for one in known if (one.taken_on, one.source) == (on, source)]
        if said and said[-1] == score:
            return None
        reading = HealthReading(account_id=self.id, score=score, taken_on=on, source=source, by_id=by.id, at=at)
        session.add(reading)
        session.flush()  # the event names the row
        days = sorted([*known, reading], key=lambda one: (one.taken_on, one.id))
        self._stand(days, bands, reading, by=by, at=at)
        return reading

    def health_confidence(self, bands: Bands, on: date) -> Confidence:
        """How far the score can be relied on."""
        return bands.confidence(self.health_score, self.health_taken_on, on)

    def _stand(
        self, readings: Sequence[HealthReading], bands: Bands, news: HealthReading, *, by: Person, at: datetime
    ) -> None:
        score, band = self.health_score, self.health_band
        standing = Standing.over(((one.taken_on, one.score) for one in readings), bands)
        self.health_score, self.health_taken_on = readings[-1].score, readings[-1].taken_on
        self.health_band, self.health_since = standing.band, standing.since
        Event.record(
            session_of(self), health_event(band, standing.band), self, by=by, at=at, score=news.score,
            on=news.taken_on.isoformat(), source=news.source, band=standing.band.value,
            before={"score": score, "band": band.value},
        )

    @staticmethod
    def _must_be_readable(score: int | None, source: str, on: date, today: date) -> None:
        if score is not None and not 0 <= score <= 100:
            raise Malformed("A health score is a whole number from 0 to 100.", "score")
        if not SOURCE.fullmatch(source):
            raise Malformed("Name the source in lower case, such as crm or support-desk.", "source")
        if on > today:
            raise Malformed("That day has not come yet.", "taken_on")

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
        self._flagged(reason, by=by, at=at, strategic=True, review_on=review_on.isoformat())

    def unflag_strategic(self, reason: str, *, by: Person, at: datetime) -> None:
        """Raises: NotYours, NotNow, Malformed without a reason."""
        by.must(Permission.CHANGE_ROUTING)
        if not self.strategic:
            raise NotNow("This account is not strategic.")
        if not reason.strip():
            raise Malformed("Say why this account is not strategic any more.", "reason")
        self.strategic, self.strategic_reason, self.strategic_review_on = False, None, None
        self._flagged(reason, by=by, at=at, strategic=False)

    def _flagged(self, reason: str, *, by: Person, at: datetime, **details: Any) -> None:
        told = Activity(
            id=new_key(), account_id=self.id, kind=ActivityKind.REASON, happened_on=self.today(at),
            words=reason.strip()[:500], more={},
        )
        session_of(self).add(told)
        Event.record(
            session_of(self), EventName.ACCOUNT_FLAGGED, self, by=by, at=at, activity=str(told.id), **details
        )

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


def health_event(before: Health, after: Health) -> EventName:
    """What a reading means: a fall into red, the way out of it, or only one more score."""
    if Health.RED not in (before, after) or before is after:
        return EventName.HEALTH_READ
    return EventName.HEALTH_FELL if after is Health.RED else EventName.HEALTH_RECOVERED


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
    """What somebody agreed to, in which words, when and from where; kept as long as the law asks.

    That a card may be charged by itself is said, and taken back, of one subscription: `renewals.mandate`.
    """

    __tablename__ = "consent"
    __table_args__ = (*tenant("person_id", "subscription_id"), Index("ix_consent_subscription", "subscription_id"))

    person_id: Mapped[UUID]
    subscription_id: Mapped[UUID | None]
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
        consent = cls.keep(session, kind, text, text_version=text_version, by=by, at=at, ip=ip, user_agent=user_agent)
        Event.record(session, EventName.CONSENT_GIVEN, consent, by=by, at=at, kind=kind, text_version=text_version)
        return consent

    @classmethod
    def keep(
        cls, session: Session, kind: str, text: str, *, text_version: str, by: Person, at: datetime, ip: str,
        user_agent: str, subscription_id: UUID | None = None,
    ) -> "Consent":
        """The record alone, for whoever says themselves what happened."""
        consent = cls(
            account_id=by.account_id, person_id=by.id, subscription_id=subscription_id, kind=kind,
            text_version=text_version, text_hash=hashlib.sha256(text.encode()).hexdigest(), given_at=at, ip=ip,
            user_agent=user_agent[:300],
        )
        session.add(consent)
        session.flush()  # the event names the row
        return consent
