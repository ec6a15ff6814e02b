"""Quote: a series of versions of one offer, each exact, each approved by itself or not at all."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from renewals.base import Owned, new_key, session_of, tenant
from renewals.errors import NotNow, Stale
from renewals.event import Event, EventName
from renewals.lifecycle import Lifecycle
from renewals.offer import Approval, Offer
from renewals.permission import Permission
from renewals.person import Person
from renewals.renewal import Renewal, RenewalState


class QuoteState(StrEnum):
    """How far the newest version is on our side, or how the quote ended."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    SENT = "sent"
    NEGOTIATING = "negotiating"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return {"submitted": "waiting for approval", "sent": "with the customer"}.get(self.value, self.value)


ENDED = frozenset({QuoteState.ACCEPTED, QuoteState.DECLINED, QuoteState.SUPERSEDED, QuoteState.WITHDRAWN})
"""Nothing follows any more; an expired one can be taken up again."""
DEAD = ENDED | {QuoteState.EXPIRED}
OURS_ALONE = frozenset({QuoteState.DRAFT, QuoteState.SUBMITTED, QuoteState.APPROVED})
"""Its newest version was not sent yet."""
_OUT = frozenset(
    {QuoteState.ACCEPTED, QuoteState.DECLINED, QuoteState.EXPIRED, QuoteState.SUPERSEDED, QuoteState.WITHDRAWN}
)


VALID_DAYS = 30
"""How long a version can be accepted, unless the sender says otherwise."""


class Side(StrEnum):
    """Whose turn it is to say something."""

    OURS = "ours"
    THEIRS = "theirs"


class Part(StrEnum):
    """What a quote is for: the renewal, with what is bought with it; or what is new, apart from it.

    Source: framework, "Bundling vs Pemisahan": each can be closed without the other.
    """

    RENEWAL = "renewal"
    EXPANSION = "expansion"


class Quote(Lifecycle, Owned):
    """`shown_id` is the version that lies before the customer; the database lets it point only to what is approved.

    `matrix` is the version of the discount matrix it is judged by, from its first draft to its end; `enclosed` is what
    was sent with the version that lies before them, as `Enclosed` writes it.
    Units: `valid_until` is the last day on which it can be accepted, where the customer is; `answer_by` is when we
    said that they would hear from us, None while it is their turn.
    """

    __tablename__ = "quote"
    __table_args__ = (
        *tenant("renewal_id", "shown_id>offer"),
        Index("uq_quote_number", "number", unique=True),
        Index("ix_quote_renewal", "renewal_id"),
        Index("ix_quote_state", "state"),
        CheckConstraint("state <> 'accepted' OR shown_id IS NOT NULL", name="accepted_was_shown"),
        CheckConstraint("shown_id IS NULL OR enclosed ? 'template'", name="shown_by_a_template"),
    )

    MOVES: ClassVar = {
        QuoteState.DRAFT: frozenset({QuoteState.SUBMITTED, QuoteState.APPROVED}) | _OUT,
        QuoteState.SUBMITTED: frozenset({QuoteState.DRAFT, QuoteState.APPROVED}) | _OUT,
        QuoteState.APPROVED: frozenset({QuoteState.DRAFT, QuoteState.SENT}) | _OUT,
        QuoteState.SENT: frozenset({QuoteState.DRAFT, QuoteState.NEGOTIATING}) | _OUT,
        QuoteState.NEGOTIATING: frozenset(
            {QuoteState.DRAFT, QuoteState.SUBMITTED, QuoteState.APPROVED, QuoteState.SENT}
        ) | _OUT,
        QuoteState.EXPIRED: frozenset({QuoteState.DRAFT, QuoteState.SUPERSEDED, QuoteState.WITHDRAWN}),
    }

    renewal_id: Mapped[UUID]
    number: Mapped[int] = mapped_column(Integer)
    author_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    matrix: Mapped[str]
    part: Mapped[Part] = mapped_column(default=Part.RENEWAL)
    state: Mapped[QuoteState] = mapped_column(default=QuoteState.DRAFT)
    shown_id: Mapped[UUID | None]
    enclosed: Mapped[dict[str, Any]] = mapped_column(default=dict)
    turn: Mapped[Side] = mapped_column(default=Side.OURS)
    answer_by: Mapped[datetime | None]
    valid_until: Mapped[date | None]
    made_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    author: Mapped[Person] = relationship(foreign_keys=[author_id], lazy="joined", viewonly=True)
    renewal: Mapped[Renewal] = relationship(
        primaryjoin="Quote.renewal_id == Renewal.id", foreign_keys="Quote.renewal_id", viewonly=True
    )
    shown: Mapped[Offer | None] = relationship(
        primaryjoin="Quote.shown_id == Offer.id", foreign_keys="Quote.shown_id", viewonly=True
    )

    @property
    def name(self) -> str:
        return name_of(self.number)

    @property
    def is_live(self) -> bool:
        return self.state not in DEAD

    @property
    def leads_to_a_term(self) -> bool:
        """Whether what it is for can still come about."""
        return self.renewal.is_open or (self.part is Part.EXPANSION and self.renewal.state is RenewalState.WON)

    @property
    def versions(self) -> Sequence[Offer]:
        """Oldest first."""
        query = select(Offer).where(Offer.quote_id == self.id).order_by(Offer.number)
        return session_of(self).scalars(query).all()

    @property
    def newest(self) -> Offer:
        query = select(Offer).where(Offer.quote_id == self.id).order_by(Offer.number.desc()).limit(1)
        return session_of(self).scalars(query).one()

    @property
    def ours(self) -> Offer:
        """The newest version that is our word: one that we wrote, or that lies before them."""
        return next(
            each for each in reversed(self.versions)
            if each.id == self.shown_id or each.author is None or each.author.is_staff
        )

    @classmethod
    def begin(
        cls, renewal: Renewal, *, matrix: str, part: Part = Part.RENEWAL, by: Person, at: datetime
    ) -> "Quote":
        """An empty one, with the next number. Raises: NotYours, NotNow."""
        by.must(Permission.QUOTE)
        must_lead_to_a_term(renewal, part)
        session = session_of(renewal)
        quote = cls(
            id=new_key(), account_id=renewal.account_id, renewal_id=renewal.id, author_id=by.id,
            number=session.scalar(select(func.nextval("quote_number"))), matrix=matrix, part=part,
            made_at=at,
        )
        session.add(quote)
        session.flush()  # its versions and the event name the row
        Event.record(session, EventName.QUOTE_DRAFTED, quote, by=by, at=at, number=quote.name)
        return quote

    @classmethod
    def of_renewal(cls, session: Session, renewal_id: UUID) -> Sequence["Quote"]:
        """Newest first."""
        return session.scalars(select(cls).where(cls.renewal_id == renewal_id).order_by(cls.number.desc())).all()

    @classmethod
    def under_way(cls, session: Session) -> dict[str, int]:
        """How many are alive, by the version of the matrix that judges them, the oldest first."""
        query = select(cls.matrix, func.count()).where(cls.state.not_in(DEAD)).group_by(cls.matrix)
        query = query.order_by(func.min(cls.made_at), cls.matrix)
        return dict(session.execute(query).all())

    @classmethod
    def before_customer(cls, session: Session, renewal_id: UUID, part: Part = Part.RENEWAL) -> "Quote | None":
        """The one of a renewal that was sent last and not taken back."""
        query = select(cls).where(
            cls.renewal_id == renewal_id, cls.part == part, cls.shown_id.is_not(None),
            cls.state.not_in((QuoteState.SUPERSEDED, QuoteState.WITHDRAWN)),
        )
        return session.scalars(query.order_by(cls.sent_at.desc(), cls.id.desc()).limit(1)).first()

    @property
    def sent_numbers(self) -> list[int]:
        """The versions that lay before the customer, in the order in which they did."""
        happened = session_of(self).scalars(Event.about(self.id).where(Event.name == EventName.QUOTE_SENT))
        return list(dict.fromkeys(event.details["version"] for event in happened))

    def can_be_answered(self, on: date) -> bool:
        """Whether a customer can still say something to it. Units: `on` is their day."""
        return self.is_live and self.shown_id is not None and (self.valid_until is None or on <= self.valid_until)

    def must_still_show(self, content_hash: str) -> None:
        """Raises: Stale when another version lies before them than the one they looked at."""
        if self.shown is None or self.shown.content_hash != content_hash:
            raise Stale("A newer version of this proposal was sent since you opened it. Nothing was done; look again.")

    def must_be_live(self) -> None:
        """Raises: NotNow."""
        if not self.is_live:
            raise NotNow(f"{self.name} is {self.state.label}; nothing about it changes any more.")

    def must_be_at(self, number: int) -> None:
        """Whoever acts has seen its newest version. Raises: Stale."""
        if (newest := self.newest.number) != number:
            raise Stale(f"Version {newest} of {self.name} was written since this page was shown. Look at it first.")

    # One verb for each arrow

    def to_draft(self, *, by: Person | None, at: datetime) -> None:
        """A new version is being written, and what was approved is no longer the newest."""
        if self.state is not QuoteState.DRAFT:
            self._move(QuoteState.DRAFT, EventName.QUOTE_REVISED, by=by, at=at)

    def await_approval(self, *, by: Person, at: datetime, needs: Sequence[str]) -> None:
        self._move(QuoteState.SUBMITTED, EventName.QUOTE_SUBMITTED, by=by, at=at, axes=list(needs))

    def approve(self, offer: Offer, *, by: Person | None, at: datetime) -> None:
        """Everything that was needed for its newest version is granted."""
        self._move(QuoteState.APPROVED, EventName.QUOTE_APPROVED, by=by, at=at, version=offer.number)

    def show(self, offer: Offer, *, by: Person | None, at: datetime, valid_until: date) -> None:
        """It lies before the customer from now on, never longer than the day that its price is for signing by. The
        database refuses what is not approved."""
        self.shown_id, self.sent_at = offer.id, at
        self.valid_until = min(valid_until, offer.sign_by or valid_until)
        self.turn, self.answer_by = Side.THEIRS, None
        self._move(QuoteState.SENT, EventName.QUOTE_SENT, by=by, at=at, version=offer.number)

    def be_answered(self, *, by: Person, at: datetime, answer_by: datetime) -> None:
        """The customer asked or countered: it is our turn, and they know until when. While a newer version is being
        made on our side it stays there."""
        self.turn, self.answer_by = Side.OURS, answer_by
        if self.state is QuoteState.SENT:
            self._move(QuoteState.NEGOTIATING, EventName.QUOTE_NEGOTIATED, by=by, at=at)

    def hand_back(self, *, by: Person, at: datetime) -> None:
        """We answered, and what lay before them still does. Raises: NotNow when nothing does."""
        if self.shown_id is None:
            raise NotNow("Nothing of this quote has been sent yet.")
        self.turn, self.answer_by = Side.THEIRS, None
        if self.state is QuoteState.NEGOTIATING:
            self._move(QuoteState.SENT, EventName.QUOTE_ANSWERED, by=by, at=at)

    def close(self, how: QuoteState, name: EventName, *, by: Person | None, at: datetime, **details: str) -> None:
        """However it ends. Raises: NotNow when it has ended."""
        self.ended_at, self.answer_by = at, None
        self._move(how, name, by=by, at=at, **details)

    @property
    def approval(self) -> Approval | None:
        """Of the version that lies before the customer."""
        if self.shown is None:
            return None
        return Approval.of(session_of(self), self.shown)


def name_of(number: int) -> str:
    """As people say it: Q-00012."""
    return f"Q-{number:05d}"


def must_lead_to_a_term(renewal: Renewal, part: Part) -> None:
    """A renewal is quoted for while it is open; what is new apart from it also once it was won. Raises: NotNow."""
    if part is Part.RENEWAL:
        renewal.must_be_open()
    elif renewal.state is RenewalState.LOST:
        raise NotNow("This renewal was not signed. There is no term that something could be added to.")


def usual_last_day(renewal: Renewal, today: date) -> date:
    """Never beyond the renewal date, while that is still to come and not yet signed for."""
    if not renewal.is_open:
        return today + timedelta(days=VALID_DAYS)
    return min(today + timedelta(days=VALID_DAYS), max(renewal.renews_on, today))
