"""Renewal: the work of replacing one term by the next."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Select, case, func, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from pricing.money import Money
from renewals.account import Account
from renewals.activity import LONGEST, Activity, ActivityKind
from renewals.base import Owned, new_key, session_of, tenant
from renewals.errors import Malformed, NotNow
from renewals.event import Event, EventName
from renewals.lifecycle import Lifecycle
from renewals.permission import Permission
from renewals.person import Person
from renewals.segment import Segment
from renewals.subscription import Subscription, Term


class RenewalState(StrEnum):
    """The stages of a renewal. Source: `design.md`'s nouns; framework, "Jejaki Segala Yang Penting"."""

    PLANNED = "planned"
    PREPARING = "preparing"
    ENGAGED = "engaged"
    PROPOSED = "proposed"
    NEGOTIATING = "negotiating"
    AGREED = "agreed"
    CONTRACTING = "contracting"
    WON = "won"
    LOST = "lost"


def place(stage: RenewalState) -> int:
    """How far a stage is on the way."""
    return list(RenewalState).index(stage)


def reached(state: RenewalState, wanted: RenewalState) -> bool:
    """Whether a stage is as far as another."""
    return place(state) >= place(wanted)


NOES_A_DAY = 5
"""How often "do not renew" can be taken back in a day. The no itself is heard at any time."""
QUESTIONS_A_DAY = 20
ASKING = (EventName.QUESTION_ASKED, EventName.REMARK_MADE, EventName.QUOTE_COUNTERED)
"""Questions and wishes for an invoice of one person."""
CLOSED = frozenset({RenewalState.WON, RenewalState.LOST})


class LossReason(StrEnum):
    """Why a renewal was lost."""

    PRICE = "price"
    NOT_NEEDED = "not_needed"
    COMPETITOR = "competitor"
    SERVICE = "service"
    CLOSED = "closed"
    ACQUIRED = "acquired"
    CHANGED = "changed"
    OTHER = "other"

    @property
    def label(self) -> str:
        return {
            "price": "The price", "not_needed": "No longer needed", "competitor": "A competitor",
            "service": "Our service", "closed": "The company closed",
            "acquired": "They were acquired", "changed": "Their business changed", "other": "Something else",
        }[self.value]


class Renewal(Lifecycle, Owned):
    """One open at a time for each subscription; the database holds that.

    Units: `target_minor` is a year, in minor units of the term's currency.
    """

    __tablename__ = "renewal"
    __table_args__ = (
        *tenant("subscription_id", "term_id"),
        Index("uq_renewal_term", "term_id", unique=True),
        Index(
            "uq_renewal_one_open", "subscription_id", unique=True,
            postgresql_where="state NOT IN ('won', 'lost')",
        ),
        Index("ix_renewal_state_renews_on", "state", "renews_on"),
    )

    MOVES: ClassVar[Mapping[RenewalState, frozenset[RenewalState]]] = {
        RenewalState.PLANNED: frozenset(RenewalState) - {RenewalState.PLANNED, RenewalState.WON},
        RenewalState.PREPARING: frozenset(
            {RenewalState.ENGAGED, RenewalState.PROPOSED, RenewalState.AGREED, RenewalState.LOST}
        ),
        RenewalState.ENGAGED: frozenset({RenewalState.PROPOSED, RenewalState.AGREED, RenewalState.LOST}),
        RenewalState.PROPOSED: frozenset({RenewalState.NEGOTIATING, RenewalState.AGREED, RenewalState.LOST}),
        RenewalState.NEGOTIATING: frozenset({RenewalState.PROPOSED, RenewalState.AGREED, RenewalState.LOST}),
        RenewalState.AGREED: frozenset({RenewalState.NEGOTIATING, RenewalState.CONTRACTING, RenewalState.LOST}),
        RenewalState.CONTRACTING: frozenset({RenewalState.AGREED, RenewalState.WON, RenewalState.LOST}),
    }

    subscription_id: Mapped[UUID]
    term_id: Mapped[UUID]
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    state: Mapped[RenewalState] = mapped_column(default=RenewalState.PLANNED)
    renews_on: Mapped[date]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    target_minor: Mapped[int | None] = mapped_column(BigInteger)
    declined_at: Mapped[datetime | None]
    declined_reason: Mapped[str | None]
    declined_by: Mapped[UUID | None]
    lost_reason: Mapped[LossReason | None]
    segment_override: Mapped[Segment | None]
    segment_reason: Mapped[str | None]

    account: Mapped[Account] = relationship(
        primaryjoin="Renewal.account_id == Account.id", foreign_keys="Renewal.account_id", lazy="joined", viewonly=True
    )
    subscription: Mapped[Subscription] = relationship(
        primaryjoin="Renewal.subscription_id == Subscription.id", foreign_keys="Renewal.subscription_id", lazy="joined",
        viewonly=True,
    )
    term: Mapped[Term] = relationship(
        primaryjoin="Renewal.term_id == Term.id", foreign_keys="Renewal.term_id", lazy="joined", viewonly=True
    )
    owner: Mapped[Person | None] = relationship(foreign_keys=[owner_id], lazy="joined", viewonly=True)

    @property
    def looked_after_by(self) -> Person | None:
        """Whoever runs this renewal; else whoever looks after the company."""
        return self.owner or self.account.owner

    def locale_of(self, reader: Person) -> str:
        """The language somebody is written to in about it: their own, else ours or the company's."""
        return reader.locale or ("en" if reader.is_staff else self.account.locale)

    @property
    def is_open(self) -> bool:
        return self.state not in CLOSED

    @property
    def is_declined(self) -> bool:
        return self.declined_at is not None

    @property
    def decide_by(self) -> date:
        """The last day to say no: the contract's notice before the renewal date."""
        return self.renews_on - timedelta(days=self.term.notice_days)

    @property
    def has_card_until_then(self) -> bool:
        """Whether a card is on file that is good on the renewal date."""
        card = self.account.card_on_file
        return card is not None and card.lives_on(self.renews_on)

    @property
    def last_day(self) -> date:
        """The last day of the term that is running."""
        return self.renews_on - timedelta(days=1)

    @property
    def take_back_by(self) -> date:
        """The last day on which a no can be taken back."""
        return self.decide_by if self.term.auto_renew else self.last_day

    def hears_no(self, on: date) -> bool:
        """Whether a no still counts. The notice binds only where the contract renews by itself; any other ends unless
        they renew, and they may say so at any time."""
        return not self.term.auto_renew or on <= self.decide_by

    @property
    def value(self) -> Money:
        """What a year is worth today."""
        return self.term.arr

    @property
    def seats(self) -> int:
        """People it is paid for: the plan's own, without what is bought beside it."""
        return sum(line.quantity for line in self.term.lines if line.product == self.subscription.plan)

    @property
    def target(self) -> Money:
        """What we hope a year will be worth; today's value unless somebody said otherwise."""
        return self.value if self.target_minor is None else Money(self.target_minor, self.value.currency)

    def days_left(self, on: date) -> int:
        return (self.renews_on - on).days

    def segment(self, policy: Mapping[str, Any]) -> Segment:
        """By value, unless a person decided otherwise for this term; the next renewal starts afresh."""
        return self.segment_override or Segment.of(self.value, dict(policy))

    def serve_as(self, segment: Segment | None, reason: str, *, by: Person, at: datetime) -> None:
        """Override the segment for this term, or take the override back with None.

        Raises: NotYours, NotNow when closed, Malformed without a reason.
        Source: framework, "Ini bukan peraturan yang rigid ... Gunakan pertimbangan."
        """
        by.must(Permission.CHANGE_SEGMENT)
        self.must_be_open()
        if not reason.strip():
            raise Malformed("Say why this renewal is served in another segment.", "reason")
        before = self.segment_override
        self.segment_override, self.segment_reason = segment, reason.strip() if segment else None
        Event.record(
            session_of(self), EventName.RENEWAL_RESEGMENTED, self, by=by, at=at, **self.because(reason, at=at),
            **{"from": before.value if before else None, "to": segment.value if segment else None},
        )

    def must_be_open(self) -> None:
        """Raises: NotNow."""
        if self.state is RenewalState.WON:
            raise NotNow("This renewal is already done; nothing was charged a second time.")
        if not self.is_open:
            raise NotNow("This renewal is closed.")

    def advance(self, to: RenewalState, *, by: Person | None, at: datetime) -> None:
        """Move to another stage. Raises: NotNow when there is no such step."""
        self._move(to, EventName.RENEWAL_MOVED, by=by, at=at)

    def close_as_won(self, *, at: datetime) -> None:
        """Only `renewals.closing.win` calls this, when everything is in. Raises: NotNow."""
        self.closed_at = at
        self._move(RenewalState.WON, EventName.RENEWAL_WON, by=None, at=at)

    def close_as_lost(self, reason: LossReason, *, by: Person | None, at: datetime, **details: str) -> None:
        """Only `renewals.loss` calls this, for a person or when the time of a declined one has come. Raises: NotNow."""
        self.closed_at, self.lost_reason = at, reason
        self._move(RenewalState.LOST, EventName.RENEWAL_LOST, by=by, at=at, reason=reason.value, **details)

    def decline(self, reason: str, *, by: Person, at: datetime) -> None:
        """"Do not renew", said by the customer.

        Raises: NotYours, NotNow.
        """
        by.must(Permission.DECLINE)
        self.must_be_open()
        if self.is_declined:
            raise NotNow("You have already told us that you will not renew.")
        if not self.hears_no(self.account.today(at)):
            raise NotNow("The last day to decline has passed. Write to us and we will look at it together.")
        self.declined_at, self.declined_reason, self.declined_by = at, reason.strip()[:500], by.id
        Event.record(session_of(self), EventName.RENEWAL_DECLINED, self, by=by, at=at)

    def reconsider(self, *, by: Person, at: datetime) -> None:
        """Take "do not renew" back. Raises: NotYours, NotNow."""
        by.must(Permission.DECLINE)
        self.must_be_open()
        if not self.is_declined:
            raise NotNow("This renewal goes on; there is nothing to take back.")
        if self.account.today(at) > self.take_back_by:
            raise NotNow("The last day to decide has passed. Write to us and we will look at it together.")
        if self._declined_since(at - timedelta(days=1)) >= NOES_A_DAY:
            raise NotNow("You have changed your mind often today. Write to us and we will look at it together.")
        self.declined_at = self.declined_reason = self.declined_by = None
        Event.record(session_of(self), EventName.RENEWAL_RECONSIDERED, self, by=by, at=at)

    def _declined_since(self, since: datetime) -> int:
        noes = select(func.count()).where(
            Event.subject_id == self.id, Event.name == EventName.RENEWAL_DECLINED, Event.at > since
        )
        return session_of(self).scalar(noes) or 0

    def ask(self, purpose: str, words: str, *, by: Person, at: datetime, option: str = "", **more: str) -> Event:
        """A question to the person who looks after this renewal; `more` is what a form asked beside it, `option` the
        content hash of what is to be invoiced.

        Raises: NotYours, Malformed, NotNow after many in a day: each is a mail to somebody.
        """
        by.must(Permission.ASK)
        if not words.strip():
            raise Malformed("Write your question first.", "words")
        self.must_not_flood(by, at)
        asked = self.write_down(ActivityKind(purpose), words, on=self.account.today(at), person=by, **more)
        return Event.record(
            session_of(self), EventName.QUESTION_ASKED, self, by=by, at=at, purpose=purpose, option=option,
            activity=str(asked.id),
        )

    def must_not_flood(self, by: Person, at: datetime) -> None:
        """Questions, remarks and counter-offers are counted together: each is a mail to somebody. Raises: NotNow."""
        session = session_of(self)
        by.one_at_a_time(session)
        asked = select(func.count()).where(
            Event.account_id == self.account_id, Event.name.in_(ASKING), Event.by_id == by.id,
            Event.at > at - timedelta(days=1),
        )
        if (session.scalar(asked) or 0) >= QUESTIONS_A_DAY:
            raise NotNow(f"You have asked {QUESTIONS_A_DAY} times since yesterday. Ask the rest tomorrow, or by mail.")

    def write_down(
        self, kind: ActivityKind, words: str, *, on: date, person: Person | None = None, **more: str
    ) -> Activity:
        """Words about this renewal, for an event to refer to; `person` is who of the customer's people it was with."""
        activity = Activity(
            id=new_key(), account_id=self.account_id, renewal_id=self.id, kind=kind, happened_on=on,
            person_id=person.id if person else None, words=words.strip()[:LONGEST], more=more,
        )
        session_of(self).add(activity)
        return activity

    def because(self, reason: str, *, at: datetime) -> dict[str, str]:
        """Why something was decided about it, kept in words; what an event says to refer to them."""
        return {"activity": str(self.write_down(ActivityKind.REASON, reason, on=self.account.today(at)).id)}

    @classmethod
    def with_parts(cls, query: Select["Renewal"]) -> Select["Renewal"]:
        """A renewal's page needs its lines and the card on file."""
        return query.options(
            joinedload(cls.term).joinedload(Term.lines), joinedload(cls.account).joinedload(Account.card_on_file)
        )

    @classmethod
    def open(cls, session: Session, term: Term, owner_id: UUID | None, *, at: datetime) -> "Renewal":
        """Begin the work of replacing a term."""
        renewal = cls(
            account_id=term.account_id, subscription_id=term.subscription_id, term_id=term.id, owner_id=owner_id,
            renews_on=term.ends_on, opened_at=at,
        )
        session.add(renewal)
        session.flush()  # the event and the next steps name the row
        Event.record(
            session, EventName.RENEWAL_OPENED, renewal, by=None, at=at, renews_on=renewal.renews_on.isoformat()
        )
        return renewal

    @classmethod
    def nearest_to(cls, person: Person) -> Select[UUID]:
        """The key of the renewal that comes next for this person's company.

        One they declined only when there is no other, and the last that was lost when none is under way.
        """
        lost = cls.state == RenewalState.LOST
        rank = case((lost, 2), (cls.declined_at.is_not(None), 1), else_=0)
        soonest = case((lost, None), else_=cls.renews_on)
        ours = cls.seen_by(person).where(cls.state != RenewalState.WON).with_only_columns(cls.id)
        return ours.order_by(rank, soonest, cls.renews_on.desc(), cls.id).limit(1)

    @classmethod
    def of_subscription(cls, session: Session, subscription_id: UUID) -> "Renewal | None":
        """The open one."""
        return session.scalars(
            select(cls).where(cls.subscription_id == subscription_id, cls.state.not_in(CLOSED))
        ).one_or_none()
