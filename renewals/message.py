"""Message: what was written to whom, and why; planned exactly once, sent at least once."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, Select, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from renewals.base import Record, new_key, new_keys
from renewals.event import Event, EventName
from renewals.lifecycle import Lifecycle
from renewals.person import Person


class MessageKind(StrEnum):
    """What a message is for. The last five are exempt from the rule that nothing about a renewal reaches a
    customer before T-60 unless a person sends it."""

    RENEWAL_READY = "renewal_ready"
    QUESTION = "question"
    DECLINED = "declined"
    RECONSIDERED = "reconsidered"
    PAYMENT_FAILED = "payment_failed"
    ALERT = "alert"
    RECEIPT = "receipt"
    SIGN_IN = "sign_in"
    INVITATION = "invitation"


class MessageState(StrEnum):
    """Where a message stands."""

    PLANNED = "planned"
    SENT = "sent"
    FAILED = "failed"


class Message(Lifecycle, Record):
    """`purpose` is unique: whatever happens twice, a message is planned once.

    The words are rendered when it is sent, from `context`; links are made at that moment and never kept.
    """

    __tablename__ = "message"
    __table_args__ = (
        Index("uq_message_purpose", "purpose", unique=True),
        Index("ix_message_state", "state"),
        Index("ix_message_renewal", "renewal_id"),
    )

    MOVES: ClassVar = {
        MessageState.PLANNED: frozenset({MessageState.SENT, MessageState.FAILED}),
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
    sent_at: Mapped[datetime | None]
    subject: Mapped[str | None]
    text: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    state: Mapped[MessageState] = mapped_column(default=MessageState.PLANNED)

    @property
    def message_id(self) -> str:
        """The same on every attempt, so that a mail server and a reader see one message."""
        return f"<{self.id}@kekal>"

    @classmethod
    def plan(
        cls, session: Session, kind: MessageKind, to: Person, *, purpose: str, locale: str, at: datetime,
        renewal_id: UUID | None = None, account_id: UUID | None = None, **context: Any,
    ) -> "Message | None":
        """Plan it once; None when this purpose was planned before."""
        values = {
            "id": new_key(), "version": 1, "account_id": account_id or to.account_id, "renewal_id": renewal_id,
            "person_id": to.id, "kind": kind, "purpose": purpose, "email": to.email, "locale": locale,
            "context": context, "planned_at": at, "attempts": 0, "state": MessageState.PLANNED,
        }
        made = session.execute(
            insert(cls).values(values).on_conflict_do_nothing(index_elements=["purpose"]).returning(cls.id)
        ).scalar_one_or_none()
        if made is None:
            return None
        message = cls.find(session, made)
        Event.record(session, EventName.MESSAGE_PLANNED, message, by=None, at=at, kind=kind.value)
        return message

    @classmethod
    def plan_each(
        cls, session: Session, kind: MessageKind, due: Select[*tuple[Any, ...]], *, at: datetime, machine_at: datetime
    ) -> None:
        """Plan one for each row of `due`, in one statement; a purpose that was planned before is passed over.

        `due` has account_id, renewal_id, person_id, email, purpose, locale and context.
        """
        rows, same = due.subquery(), {"version": 1, "attempts": 0, "kind": kind, "state": MessageState.PLANNED}
        same |= {"planned_at": at}
        values = [literal(value, cls.__table__.c[name].type) for name, value in same.items()]
        planned = (
            insert(cls)
            .from_select(["id", *rows.c.keys(), *same], select(new_keys(machine_at), *rows.c, *values))
            .on_conflict_do_nothing(index_elements=["purpose"])
            .returning(cls.id, cls.account_id)
        )
        Event.record_each(
            session, EventName.MESSAGE_PLANNED, cls, session.execute(planned), at=at, kind=kind.value
        )

    def sent(self, subject: str, text: str, *, at: datetime) -> None:
        self.subject, self.text, self.sent_at = subject, text, at
        self._move(MessageState.SENT, EventName.MESSAGE_SENT, by=None, at=at, kind=self.kind.value)

    def failed(self, why: str, *, at: datetime) -> None:
        self._move(MessageState.FAILED, EventName.MESSAGE_FAILED, by=None, at=at, kind=self.kind.value, why=why)
