"""Event: one thing that happened, which is timeline, audit log and source of work in one."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, Select, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from renewals.base import Record
from renewals.person import Person

PENDING = "pending_events"
"""Where a session keeps the events of its transaction, for the jobs that follow from them."""


class EventName(StrEnum):
    """What can happen: `noun.past_participle`."""

    BOOK_IMPORTED = "book.imported"
    ACCOUNT_IMPORTED = "account.imported"
    PERSON_INVITED = "person.invited"
    PERSON_REMOVED = "person.removed"
    PERSON_CHANGED = "person.changed"
    SIGN_IN_ASKED = "sign_in.asked"
    SIGN_IN_COMPLETED = "sign_in.completed"
    SESSION_ENDED = "session.ended"
    LINK_OPENED = "link.opened"
    RENEWAL_OPENED = "renewal.opened"
    RENEWAL_MOVED = "renewal.moved"
    RENEWAL_DECLINED = "renewal.declined"
    RENEWAL_RECONSIDERED = "renewal.reconsidered"
    RENEWAL_RESEGMENTED = "renewal.resegmented"
    RENEWAL_AIMED = "renewal.aimed"
    RENEWAL_HANDED_OVER = "renewal.handed_over"
    RENEWAL_ROUTED = "renewal.routed"
    ROUTING_DECIDED = "routing.decided"
    TEAM_NAMED = "team.named"
    ACCOUNT_FLAGGED = "account.flagged"
    HEALTH_READ = "health.read"
    HEALTH_FELL = "health.fell"
    HEALTH_RECOVERED = "health.recovered"
    STAKE_CHANGED = "stake.changed"
    RENEWAL_WON = "renewal.won"
    RENEWAL_LOST = "renewal.lost"
    RENEWAL_FELL_DUE = "renewal.fell_due"
    RENEWAL_HELD_BACK = "renewal.held_back"
    QUESTION_ASKED = "question.asked"
    ACTIVITY_NOTED = "activity.noted"
    PRELIMINARY_FROZEN = "preliminary.frozen"
    QUOTE_DRAFTED = "quote.drafted"
    QUOTE_REVISED = "quote.revised"
    QUOTE_PRICED = "quote.priced"
    QUOTE_SUBMITTED = "quote.submitted"
    QUOTE_APPROVED = "quote.approved"
    QUOTE_SENT = "quote.sent"
    QUOTE_NEGOTIATED = "quote.negotiated"
    QUOTE_COUNTERED = "quote.countered"
    QUOTE_ANSWERED = "quote.answered"
    QUOTE_ACCEPTED = "quote.accepted"
    QUOTE_DECLINED = "quote.declined"
    QUOTE_EXPIRED = "quote.expired"
    QUOTE_SUPERSEDED = "quote.superseded"
    QUOTE_WITHDRAWN = "quote.withdrawn"
    QUOTE_SPLIT = "quote.split"
    REVIEW_OPENED = "review.opened"
    REVIEW_GRANTED = "review.granted"
    REVIEW_RETURNED = "review.returned"
    REVIEW_REFUSED = "review.refused"
    REVIEW_VOIDED = "review.voided"
    REVIEW_NAMED = "review.named"
    REVIEW_REMINDED = "review.reminded"
    REVIEW_ESCALATED = "review.escalated"
    ENVELOPE_GRANTED = "envelope.granted"
    ENVELOPE_REVOKED = "envelope.revoked"
    AUTHORITY_DELEGATED = "authority.delegated"
    DELEGATION_ENDED = "delegation.ended"
    REMARK_MADE = "remark.made"
    REMARK_RESOLVED = "remark.resolved"
    OBJECTION_RAISED = "objection.raised"
    OBJECTION_ANSWERED = "objection.answered"
    OBJECTION_CLOSED = "objection.closed"
    COMMITMENT_KEPT = "commitment.kept"
    OFFER_APPROVED = "offer.approved"
    OFFER_ACCEPTED = "offer.accepted"
    ACCEPTANCE_LAPSED = "acceptance.lapsed"
    CONSENT_GIVEN = "consent.given"
    MANDATE_GIVEN = "mandate.given"
    MANDATE_WITHDRAWN = "mandate.withdrawn"
    BILLING_CHANGED = "billing.changed"
    CARD_SAVED = "card.saved"
    CARD_REPLACED = "card.replaced"
    PAYMENT_SENT = "payment.sent"
    PAYMENT_MOVED = "payment.moved"
    PAYMENT_SUCCEEDED = "payment.succeeded"
    PAYMENT_DECLINED = "payment.declined"
    PAYMENT_QUARANTINED = "payment.quarantined"
    PAYMENT_STRANDED = "payment.stranded"
    TERM_STARTED = "term.started"
    TERM_ADDED_TO = "term.added_to"
    TRUE_UP_MADE = "true_up.made"
    TERM_LEFT = "term.left"
    EXIT_ASKED = "exit.asked"
    EXIT_AGREED = "exit.agreed"
    EXIT_REFUSED = "exit.refused"
    RENEGOTIATION_OPENED = "renegotiation.opened"
    AGREEMENT_MADE = "agreement.made"
    AGREEMENT_FILED = "agreement.filed"
    INVOICE_ISSUED = "invoice.issued"
    NOTICE_PLANNED = "notice.planned"
    NOTICE_SERVED = "notice.served"
    NOTICE_FAILED = "notice.failed"
    PLAN_DRAWN = "plan.drawn"
    MILESTONE_REACHED = "milestone.reached"
    MILESTONE_WAIVED = "milestone.waived"
    MILESTONE_MOVED = "milestone.moved"
    MILESTONE_DROPPED = "milestone.dropped"
    MILESTONE_TAKEN_UP = "milestone.taken_up"
    ACTION_ENDED = "action.ended"
    TASK_OPENED = "task.opened"
    TASK_FINISHED = "task.finished"
    TASK_WAIVED = "task.waived"
    TASK_REOPENED = "task.reopened"
    TASK_GIVEN = "task.given"
    STEP_ADDED = "step.added"
    STEP_CHANGED = "step.changed"
    STEP_FINISHED = "step.finished"
    STEP_REOPENED = "step.reopened"
    STEP_REMOVED = "step.removed"
    GUEST_LINK_MADE = "guest_link.made"
    GUEST_LINK_REVOKED = "guest_link.revoked"
    GUEST_LINK_OPENED = "guest_link.opened"
    FEED_MADE = "feed.made"
    FEED_REVOKED = "feed.revoked"
    MESSAGE_PLANNED = "message.planned"
    MESSAGE_SENT = "message.sent"
    MESSAGE_FAILED = "message.failed"
    MESSAGE_DROPPED = "message.dropped"
    SNOOZE_BEGUN = "snooze.begun"
    SNOOZE_ENDED = "snooze.ended"
    BULK_ASKED = "bulk.asked"
    POLICY_PUBLISHED = "policy.published"
    TOKEN_MADE = "token.made"
    TOKEN_REVOKED = "token.revoked"


CUSTOMER_SEES = frozenset(
    {
        EventName.RENEWAL_DECLINED,
        EventName.RENEWAL_RECONSIDERED,
        EventName.RENEWAL_WON,
        EventName.NOTICE_SERVED,
        EventName.MANDATE_GIVEN,
        EventName.MANDATE_WITHDRAWN,
        EventName.QUESTION_ASKED,
        EventName.QUOTE_SENT,
        EventName.QUOTE_COUNTERED,
        EventName.QUOTE_DECLINED,
        EventName.QUOTE_WITHDRAWN,
        EventName.OFFER_ACCEPTED,
        EventName.PAYMENT_SUCCEEDED,
        EventName.PAYMENT_DECLINED,
        EventName.TERM_STARTED,
        EventName.TERM_ADDED_TO,
        EventName.TRUE_UP_MADE,
        EventName.TERM_LEFT,
        EventName.RENEGOTIATION_OPENED,
        EventName.AGREEMENT_FILED,
        EventName.INVOICE_ISSUED,
        EventName.STEP_ADDED,
        EventName.STEP_CHANGED,
        EventName.STEP_FINISHED,
        EventName.STEP_REOPENED,
        EventName.STEP_REMOVED,
    }
)
"""The names a customer may see: the shared timeline is a filtered read of the audit log."""


class Event(Record):
    """Append-only, held by a trigger. Names, addresses and words of people never stand in `details`: the chain
    over the events must survive the erasure of a person. Words are an `Activity`, referred to by its key.

    Units: `at` is business time; the key carries the machine's.
    """

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_account_at", "account_id", "seq"),
        Index("ix_event_subject", "subject_id", "seq"),
        Index("uq_event_seq", "seq", unique=True),
    )

    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    name: Mapped[str]
    subject_type: Mapped[str]
    subject_id: Mapped[UUID]
    by_id: Mapped[UUID | None]
    at: Mapped[datetime]
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)

    @classmethod
    def record(
        cls, session: Session, name: EventName, subject: Record, *, by: Person | None, at: datetime, **details: Any
    ) -> "Event":
        """Append; `by` is None when Kekal itself acted."""
        account_id = subject.id if subject.__tablename__ == "account" else getattr(subject, "account_id", None)
        event = cls(
            account_id=account_id,
            name=name,
            subject_type=subject.__tablename__,
            subject_id=subject.id,
            by_id=by.id if by else None,
            at=at,
            details=details,
        )
        session.add(event)
        session.info.setdefault(PENDING, []).append(event)
        return event

    @classmethod
    def about(cls, subject_id: UUID) -> Select["Event"]:
        return select(cls).where(cls.subject_id == subject_id).order_by(cls.seq)

    @classmethod
    def shared_with(cls, account_id: UUID) -> Select["Event"]:
        """What the customer may see, oldest first."""
        return select(cls).where(cls.account_id == account_id, cls.name.in_(CUSTOMER_SEES)).order_by(cls.seq)
