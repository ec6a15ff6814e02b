"""Payment: one attempt to have an instalment paid.

The protocol that keeps money from moving twice: an attempt and its frozen request are committed before
anybody is called; only one attempt for an instalment may be alive, and the database holds that; what came
of it is only ever learnt from the outside party, never assumed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, Index, Integer, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from pricing.money import Money
from renewals.account import Card
from renewals.base import Owned, new_key, session_of, tenant
from renewals.errors import NotNow
from renewals.event import Event, EventName
from renewals.instalment import Instalment
from renewals.lifecycle import Lifecycle
from renewals.person import Person
from renewals.renewal import Renewal


class PaymentState(StrEnum):
    """Where an attempt stands."""

    SENT = "sent"
    REQUIRES_ACTION = "requires_action"
    PROCESSING = "processing"
    UNKNOWN = "unknown"
    SUCCEEDED = "succeeded"
    DECLINED = "declined"
    CANCELLED = "cancelled"

    @property
    def is_live(self) -> bool:
        return self in LIVE


LIVE = frozenset(
    {
        PaymentState.SENT,
        PaymentState.REQUIRES_ACTION,
        PaymentState.PROCESSING,
        PaymentState.UNKNOWN,
        PaymentState.SUCCEEDED,
    }
)
"""While one of these stands for an instalment, no second attempt begins."""

OPEN = LIVE - {PaymentState.SUCCEEDED}


class PaymentKind(StrEnum):
    """How the money is asked for."""

    CARD = "card"
    CHECKOUT = "checkout"
    OFF_SESSION = "off_session"


@dataclass(frozen=True, slots=True)
class Succeeded:
    """Money moved. `card` is the method used, when Stripe keeps it for later."""

    reference: str
    money: Money
    customer: str
    attempt: str
    card: "KeptCard | None" = None


@dataclass(frozen=True, slots=True)
class KeptCard:
    """Units: `expires_on` is the last day it is good."""

    stripe_id: str
    brand: str
    last4: str
    expires_on: date


@dataclass(frozen=True, slots=True)
class NeedsAction:
    """The customer must do something at `url` (their bank, or Stripe's checkout page)."""

    reference: str
    url: str


@dataclass(frozen=True, slots=True)
class InProgress:
    """The bank is still working on it; days may pass."""

    reference: str


@dataclass(frozen=True, slots=True)
class Declined:
    """A definite no: nothing moved. `reason` is Stripe's code."""

    reference: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Cancelled:
    """Given up before anything moved: an expired checkout, a cancelled intent."""

    reference: str | None


@dataclass(frozen=True, slots=True)
class Unknown:
    """No answer, or one that proves nothing. Never the same as a no. `lasting`: asking again brings the same."""

    why: str
    lasting: bool = False


Answer = Succeeded | NeedsAction | InProgress | Declined | Cancelled | Unknown


@dataclass(frozen=True, slots=True)
class CardUsed:
    """The card that was asked, as its holder knows it."""

    brand: str
    last4: str


class Payment(Lifecycle, Owned):
    """An attempt at Stripe for one instalment.

    `request` is frozen with the idempotency `key` before the call and sent again byte for byte or not at all.
    """

    __tablename__ = "payment"
    __table_args__ = (
        *tenant("renewal_id", "instalment_id"),
        Index(
            "uq_payment_one_live", "renewal_id", "instalment_number", unique=True,
            postgresql_where="state IN ('sent', 'requires_action', 'processing', 'unknown', 'succeeded')",
        ),
        Index("uq_payment_key", "key", unique=True),
        Index("ix_payment_reference", "reference"),
        Index("ix_payment_renewal", "renewal_id"),
    )

    MOVES: ClassVar = {
        PaymentState.SENT: frozenset(PaymentState) - {PaymentState.SENT},
        PaymentState.REQUIRES_ACTION: frozenset(PaymentState) - {PaymentState.SENT, PaymentState.REQUIRES_ACTION},
        PaymentState.PROCESSING: frozenset(PaymentState) - {PaymentState.SENT, PaymentState.PROCESSING},
        PaymentState.UNKNOWN: frozenset(PaymentState) - {PaymentState.SENT, PaymentState.UNKNOWN},
    }

    renewal_id: Mapped[UUID]
    instalment_id: Mapped[UUID]
    instalment_number: Mapped[int] = mapped_column(Integer)
    kind: Mapped[PaymentKind]
    state: Mapped[PaymentState] = mapped_column(default=PaymentState.SENT)
    key: Mapped[str]
    request: Mapped[dict[str, Any]] = mapped_column(default=dict)
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]
    customer: Mapped[str | None]
    card_text: Mapped[str] = mapped_column(default="")
    keeps_card: Mapped[bool] = mapped_column(default=False)
    asked_by: Mapped[UUID | None]
    sent_at: Mapped[datetime]
    reference: Mapped[str | None]
    action_url: Mapped[str | None]
    reason: Mapped[str | None]
    quarantined: Mapped[bool] = mapped_column(default=False)
    billed_to: Mapped[dict[str, Any] | None]

    instalment: Mapped[Instalment] = relationship(
        primaryjoin="Payment.instalment_id == Instalment.id", foreign_keys="Payment.instalment_id", viewonly=True
    )

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def card(self) -> CardUsed | None:
        """None when Stripe's own page took it."""
        brand, _, last4 = self.card_text.rpartition(" ")
        return CardUsed(brand, last4) if last4 else None

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    @property
    def renews(self) -> bool:
        """As `Instalment.renews`."""
        return self.instalment_number == 1

    @property
    def is_open(self) -> bool:
        """Whether something may still come of it."""
        return self.state in OPEN

    @property
    def is_open_checkout(self) -> bool:
        """Whether Stripe's own page waits for the customer."""
        waits = self.state is PaymentState.REQUIRES_ACTION and self.reference is not None
        return waits and self.kind is PaymentKind.CHECKOUT

    @classmethod
    def begin(
        cls, instalment: Instalment, kind: PaymentKind, *, by: Person | None, at: datetime, card: Card | None = None,
        customer: str | None = None, keeps_card: bool = False,
    ) -> "Payment":
        """A new attempt; the caller freezes the request before anybody is called. Without `by` it renews by itself."""
        session, key = session_of(instalment), new_key()
        payment = cls(
            id=key, account_id=instalment.account_id, renewal_id=instalment.renewal_id, instalment_id=instalment.id,
            instalment_number=instalment.number, kind=kind, key=f"kekal-{key}", amount_minor=instalment.amount_minor,
            currency=instalment.currency, customer=customer, card_text=f"{card.brand} {card.last4}" if card else "",
            keeps_card=keeps_card, asked_by=by.id if by else None, sent_at=at,
        )
        session.add(payment)
        session.flush()  # a second live attempt is refused here, by the database
        Event.record(
            session, EventName.PAYMENT_SENT, payment, by=by, at=at, amount=payment.amount_minor,
            currency=payment.currency, kind=kind.value,
        )
        return payment

    def freeze(self, request: dict[str, Any]) -> None:
        """Write down exactly what will be asked, once."""
        if self.request:
            raise NotNow("This payment has been sent; its request can not change.")
        self.request = request

    def bill_to(self, facts: dict[str, Any]) -> dict[str, Any]:
        """Write down whom its invoice is made out to, once; a second run asks Stripe for the same."""
        if self.billed_to is None:
            self.billed_to = facts
        return self.billed_to

    def settle(self, answer: Answer, *, at: datetime) -> bool:
        """Learn what came of it, in any order and any number of times; says whether money arrived just now.

        The outside party repeats itself and speaks out of order, so an answer that says nothing new is no
        error here. A success that does not fit this payment is put aside for a person instead.
        """
        match answer:
            case Succeeded():
                return self._succeed(answer, at=at)
            case NeedsAction(reference, url):
                self._learn(PaymentState.REQUIRES_ACTION, reference, at=at, action_url=url)
            case InProgress(reference):
                self._learn(PaymentState.PROCESSING, reference, at=at)
            case Declined(reference, reason):
                self._learn(PaymentState.DECLINED, reference, at=at, reason=reason)
            case Cancelled(reference):
                self._learn(PaymentState.CANCELLED, reference, at=at)
            case Unknown(why):
                self._doubt(why, at=at)
        return False

    def _succeed(self, answer: Succeeded, *, at: datetime) -> bool:
        if self.state is PaymentState.SUCCEEDED and self.reference == answer.reference:
            return False
        if not self._fits(answer) or not self.can_move(PaymentState.SUCCEEDED):
            self._quarantine(answer, at=at)
            return False
        self.reference = answer.reference
        self.customer = self.customer or answer.customer or None
        self._move(
            PaymentState.SUCCEEDED, EventName.PAYMENT_SUCCEEDED, by=None, at=at, amount=self.amount_minor,
            currency=self.currency, reference=answer.reference,
        )
        return True

    def _fits(self, answer: Succeeded) -> bool:
        """The same sum from the same customer for this very attempt."""
        return (
            answer.money == self.amount
            and answer.attempt == str(self.id)
            and (self.customer is None or answer.customer == self.customer)
        )

    def _quarantine(self, answer: Succeeded, *, at: datetime) -> None:
        if self.quarantined:
            return
        self.quarantined = True
        Event.record(
            session_of(self), EventName.PAYMENT_QUARANTINED, self, by=None, at=at, expected=self.amount_minor,
            got=answer.money.minor, currency=answer.money.currency, reference=answer.reference, state=self.state.value,
        )

    def _learn(
        self, to: PaymentState, reference: str | None, *, at: datetime, action_url: str | None = None,
        reason: str | None = None,
    ) -> None:
        if not self.can_move(to):
            return  # late or repeated news
        self.reference, self.action_url, self.reason = reference or self.reference, action_url, reason
        name = EventName.PAYMENT_DECLINED if to is PaymentState.DECLINED else EventName.PAYMENT_MOVED
        self._move(to, name, by=None, at=at, **({"reason": reason} if reason else {}))

    def _doubt(self, why: str, *, at: datetime) -> None:
        """No news: what was known stays known; only an unanswered call becomes unknown."""
        if self.state is PaymentState.SENT:
            self._move(PaymentState.UNKNOWN, EventName.PAYMENT_MOVED, by=None, at=at, why=why)

    def strand(self, *, at: datetime, why: str) -> None:
        """A person must look: nothing is known after an hour, or money came for what can not be closed. The
        attempt stays alive, so nothing is charged a second time by itself. The same trouble is told once."""
        session = session_of(self)
        known = select(Event.id).where(
            Event.subject_id == self.id, Event.name == EventName.PAYMENT_STRANDED, Event.details["why"].astext == why
        )
        if session.scalars(known).first() is None:
            Event.record(session, EventName.PAYMENT_STRANDED, self, by=None, at=at, why=why)

    @classmethod
    def of_renewal(cls, session: Session, renewal_id: UUID) -> "Sequence[Payment]":
        """Newest first."""
        return session.scalars(OF_RENEWAL, {"renewal": renewal_id}).all()

    @classmethod
    def live_of(cls, renewal: Renewal) -> "Payment | None":
        """The attempt that stands, if any; while it does no other begins."""
        return next((payment for payment in cls._that_renew(renewal) if payment.is_live), None)

    @classmethod
    def latest_of(cls, renewal: Renewal) -> "Payment | None":
        """The attempt to speak of: the live one, else the newest."""
        return _to_speak_of(cls._that_renew(renewal))

    @classmethod
    def of_instalment(cls, instalment: Instalment) -> "Payment | None":
        """The same of one that is owed later."""
        query = select(cls).where(cls.instalment_id == instalment.id).order_by(cls.id.desc())
        return _to_speak_of(session_of(instalment).scalars(query).all())

    @classmethod
    def _that_renew(cls, renewal: Renewal) -> "Sequence[Payment]":
        return [one for one in cls.of_renewal(session_of(renewal), renewal.id) if one.renews]


def _to_speak_of(payments: Sequence[Payment]) -> Payment | None:
    """Newest first."""
    return next((payment for payment in payments if payment.is_live), payments[0] if payments else None)


OF_RENEWAL = select(Payment).where(Payment.renewal_id == bindparam("renewal")).order_by(Payment.id.desc())
