"""Renegotiation: a major change of the product opens a negotiation of the next term, from what was signed."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from pricing.clause import ClauseKind
from pricing.deal import Deal
from pricing.multiyear import Shape
from pricing.term import YEAR
from renewals.activity import ActivityKind
from renewals.base import Owned, new_key, session_of, tenant
from renewals.clauses.signed import Signed
from renewals.errors import NotNow
from renewals.event import Event, EventName
from renewals.permission import Permission
from renewals.person import Person
from renewals.plan.opening import open_apart
from renewals.policy import Policy
from renewals.quoting import drafting
from renewals.quoting.basis import Basis
from renewals.renewal import Renewal
from renewals.running import must_be_written

TASK = "renegotiation"


class Renegotiation(Owned):
    """Opened once for a day. `activity_id` says what changed; `quote_id` was drafted from the signed term.

    Units: `until_on` is the last day of the window that the clause gives.
    """

    __tablename__ = "renegotiation"
    __table_args__ = (
        *tenant("term_id", "renewal_id", "quote_id", "task_id", "activity_id"),
        Index("uq_renegotiation_day", "term_id", "opened_on", unique=True),
        CheckConstraint("opened_on <= until_on", name="in_order"),
    )

    term_id: Mapped[UUID]
    renewal_id: Mapped[UUID]
    quote_id: Mapped[UUID]
    task_id: Mapped[UUID]
    activity_id: Mapped[UUID]
    opened_on: Mapped[date]
    until_on: Mapped[date]
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]

    @classmethod
    def of_term(cls, session: Session, term_id: UUID) -> Sequence["Renegotiation"]:
        """Newest first."""
        return session.scalars(select(cls).where(cls.term_id == term_id).order_by(cls.opened_on.desc())).all()


def renegotiate(renewal: Renewal, change: str, *, by: Person, at: datetime) -> Renegotiation:
    """The product changed in a major way: a quote of the next term is drafted as the running one was signed, and
    whoever looks after it has the window to settle it. The renewal must be locked.

    Raises: NotYours, NotNow, Malformed, DealError. Source: Playbook S, "Bina Dalam Fleksibiliti"; mission E4.
    """
    by.must(Permission.QUOTE)
    renewal.must_be_open()
    session, signed, today = session_of(renewal), Signed.of(renewal), renewal.account.today(at)
    window = timedelta(days=signed.clause(ClauseKind.RENEGOTIATION).figures["window_days"])
    must_be_written(change, "change")
    if any(one.until_on >= today for one in Renegotiation.of_term(session, signed.term.id)):
        raise NotNow("One is under way for this contract already.")
    words = renewal.write_down(ActivityKind.NOTE, change, on=today)
    quote = drafting.draft(renewal, as_signed(signed, at=at), by=by, at=at)
    policies = Policy.all_in_force(session, at.date())
    task = open_apart(session, renewal, TASK, policies, due_on=today + window, at=at)
    made = Renegotiation(
        id=new_key(), account_id=renewal.account_id, term_id=signed.term.id, renewal_id=renewal.id, quote_id=quote.id,
        task_id=task.id, activity_id=words.id, opened_on=today, until_on=today + window, by_id=by.id, at=at,
    )
    session.add(made)
    session.flush()  # a second one for the day is refused here, by the database
    Event.record(
        session, EventName.RENEGOTIATION_OPENED, made, by=by, at=at, quote=quote.name,
        until_on=made.until_on.isoformat(), activity=str(words.id),
    )
    return made


def as_signed(signed: Signed, *, at: datetime) -> Deal:
    """What they have now, for as long, with the price path, payment and clauses that were signed. What was taken off
    then is in the price they pay today; it is not taken off again."""
    scope, term = Basis.of(signed.renewal, at=at).choice.scope, signed.term
    before = signed.offer.content.get("deal", {})
    shape = Shape(before.get("shape") or Shape.FIXED) if term.months > YEAR else None
    kept = Shape.FIXED if shape is Shape.OVERAGE else shape
    return Deal.as_today(
        scope, months=term.months, shape=kept, rise=signed.rise if kept is Shape.ESCALATING else 0,
        net_days=term.net_days, billing=term.billing, prepaid=before.get("prepaid", False), clauses=term.clause_ids,
    )
