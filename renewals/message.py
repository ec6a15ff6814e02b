"""Message: what was written to whom, and why; planned exactly once, sent at least once."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from renewals.base import Record, new_key
from renewals.event import Event, EventName
from renewals.lifecycle import Lifecycle
from renewals.person import Person


class MessageKind(StrEnum):
    """What a message is for. Each belongs to exactly one of the sets below."""

    RENEWAL_READY = "renewal_ready"
    REMINDER = "reminder"
    FRIENDLY_LETTER = "friendly_letter"
    SUMMARY_NOTICE = "summary_notice"
    FOLLOW_UP = "follow_up"
    FINAL_REMINDER = "final_reminder"
    THANKS = "thanks"
    HANDOFF = "handoff"
    TELL_OWNER = "tell_owner"
    ESCALATE = "escalate"
    ESCALATE_SILENCE = "escalate_silence"
    INFORM_MANAGER = "inform_manager"
    DAILY_CHECK_IN = "daily_check_in"
    UNDELIVERED = "undelivered"
    PAUSED = "paused"
    QUESTION = "question"
    DECLINED = "declined"
    RECONSIDERED = "reconsidered"
    PAYMENT_FAILED = "payment_failed"
    ALERT = "alert"
    RECEIPT = "receipt"
    SIGN_IN = "sign_in"
    INVITATION = "invitation"
    LEGAL_NOTICE = "legal_notice"
    CARD_FAILED = "card_failed"
    NOTICE_UNSERVED = "notice_unserved"
    HELD_BACK = "held_back"
    HEALTH_FELL = "health_fell"
    STUCK = "stuck"
    APPROVAL_ASKED = "approval_asked"
    APPROVAL_OVERDUE = "approval_overdue"
    QUOTE_DECIDED = "quote_decided"
    QUOTE_ANSWERED = "quote_answered"
    PROPOSAL = "proposal"
    PROPOSAL_ACCEPTED = "proposal_accepted"
    TRUE_UP = "true_up"
    TERM_LEFT = "term_left"
    RENEGOTIATION = "renegotiation"


ABOUT_RENEWAL = frozenset(
    {
        MessageKind.REMINDER, MessageKind.FRIENDLY_LETTER, MessageKind.RENEWAL_READY, MessageKind.SUMMARY_NOTICE,
        MessageKind.FOLLOW_UP, MessageKind.FINAL_REMINDER, MessageKind.THANKS, MessageKind.HANDOFF,
        MessageKind.PROPOSAL,
    }
)
"""A customer's renewal messages: none before T-60 unless a person sends it, none to whoever paused them, none about
what was decided in the meantime. Source: framework, "Automasi mengikut tarikh"; that they can be paused is ours."""

EXEMPT = frozenset(
    {
        MessageKind.DECLINED, MessageKind.RECONSIDERED, MessageKind.PAYMENT_FAILED, MessageKind.RECEIPT,
        MessageKind.SIGN_IN, MessageKind.INVITATION, MessageKind.LEGAL_NOTICE, MessageKind.CARD_FAILED,
        MessageKind.PROPOSAL_ACCEPTED, MessageKind.TRUE_UP, MessageKind.TERM_LEFT, MessageKind.RENEGOTIATION,
    }
)
"""What a customer is written to about at any time: receipts of what they did, what the law asks us to say, money,
and their security. None of it can be paused."""

TO_STAFF = frozenset(
    {
        MessageKind.TELL_OWNER, MessageKind.ESCALATE, MessageKind.ESCALATE_SILENCE, MessageKind.INFORM_MANAGER,
        MessageKind.DAILY_CHECK_IN, MessageKind.UNDELIVERED, MessageKind.PAUSED, MessageKind.QUESTION,
        MessageKind.ALERT, MessageKind.NOTICE_UNSERVED, MessageKind.HELD_BACK, MessageKind.HEALTH_FELL,
        MessageKind.STUCK, MessageKind.APPROVAL_ASKED, MessageKind.APPROVAL_OVERDUE, MessageKind.QUOTE_DECIDED,
        MessageKind.QUOTE_ANSWERED,
    }
)
"""What is for ourselves. `DECLINED`, `RECONSIDERED` and what a clause did go to whoever looks after the customer as
well."""


class MessageState(StrEnum):
    """Where a message stands."""

    PLANNED = "planned"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"


class Message(Lifecycle, Record):
    """`purpose` is unique: whatever happens twice, a message is planned once.

    Units: `leave_at` is business time, inside the reader's office hours; until then it is not `queued`.

    The words are rendered when it is sent, from `context`; links are made at that moment and never kept. `words`
    names the version of the company's own words it was written with, `why` what kept it back or refused it.
    """

    __tablename__ = "message"
    __table_args__ = (
        Index("uq_message_purpose", "purpose", unique=True),
        Index("ix_message_state", "state"),
        Index("ix_message_renewal", "renewal_id"),
        Index("ix_message_words", "words", postgresql_where="words IS NOT NULL"),
        Index("ix_message_waiting", "leave_at", postgresql_where="state = 'planned' AND NOT queued"),
    )

    MOVES: ClassVar = {
        MessageState.PLANNED: frozenset({MessageState.SENT, MessageState.FAILED, MessageState.DROPPED}),
        MessageState.FAILED: frozenset({MessageState.SENT}),
    }

    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    renewal_id: Mapped[UUID | None]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[MessageKind]
    purpose: Mapped[str]
    email: Mapped[str]
    locale: Mapped[str]
    context: Mapped[dict[str, Any]]
    planned_at: Mapped[datetime]
    leave_at: Mapped[datetime]
    queued: Mapped[bool] = mapped_column(default=True)
    sent_at: Mapped[datetime | None]
    subject: Mapped[str | None]
    text: Mapped[str | None]
    words: Mapped[str | None]
    why: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    state: Mapped[MessageState] = mapped_column(default=MessageState.PLANNED)

    @property
    def message_id(self) -> str:
        """The same on every attempt, so that a mail server and a reader see one message."""
        return f"<{self.id}@kekal>"

    @classmethod
    def plan(
        cls, session: Session, kind: MessageKind, to: Person, *, purpose: str, locale: str, at: datetime,
        leave_at: datetime | None = None, renewal_id: UUID | None = None, account_id: UUID | None = None,
        **context: Any,
    ) -> "Message | None":
        """Plan it once; None when this purpose was planned before. Without `leave_at` it leaves at once."""
        leave_at = leave_at or at
        values = {
            "id": new_key(), "version": 1, "account_id": account_id or to.account_id, "renewal_id": renewal_id,
            "person_id": to.id, "kind": kind, "purpose": purpose, "email": to.email, "locale": locale,
            "context": context, "planned_at": at, "leave_at": leave_at, "queued": leave_at <= at, "attempts": 0,
            "state": MessageState.PLANNED,
        }
        made = session.execute(
            insert(cls).values(values).on_conflict_do_nothing(index_elements=["purpose"]).returning(cls.id)
        ).scalar_one_or_none()
        if made is None:
            return None
        message = cls.find(session, made)
        Event.record(session, EventName.MESSAGE_PLANNED, message, by=None, at=at, kind=kind.value)
        return message

    def is_due(self, at: datetime) -> bool:
        """To be sent now: not yet sent, and inside its reader's office hours."""
        return self.state is MessageState.PLANNED and self.leave_at <= at

    def sent(self, subject: str, text: str, *, words: str | None = None, at: datetime) -> None:
        self.subject, self.text, self.words, self.sent_at = subject, text, words, at
        self._move(MessageState.SENT, EventName.MESSAGE_SENT, by=None, at=at, kind=self.kind.value)

    def drop(self, why: str, *, at: datetime) -> None:
        """It is not to be said any more. Raises: NotNow when it was sent."""
        self.why = why
        self._move(MessageState.DROPPED, EventName.MESSAGE_DROPPED, by=None, at=at, kind=self.kind.value, why=why)

    @classmethod
    def release(cls, session: Session, *, at: datetime, limit: int = 500) -> list[tuple[UUID, UUID | None]]:
        """Those whose time has come, each given out once: key and account."""
        waiting = (
            select(cls.id).where(cls.state == MessageState.PLANNED, ~cls.queued, cls.leave_at <= at)
            .order_by(cls.leave_at).limit(limit).with_for_update(skip_locked=True)
        )
        given = update(cls).where(cls.id.in_(waiting)).values(queued=True).returning(cls.id, cls.account_id)
        rows = session.execute(given.execution_options(synchronize_session=False))
        return [(key, account) for key, account in rows]

    def failed(self, why: str, *, subject: str | None = None, at: datetime) -> None:
        """It will not be tried again. `subject` is what the reader would have seen."""
        self.why, self.subject = why, subject
        self._move(MessageState.FAILED, EventName.MESSAGE_FAILED, by=None, at=at, kind=self.kind.value, why=why)
