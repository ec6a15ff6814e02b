"""Loss: how a renewal ends without a next term: by somebody's word, or by itself once the customer had said no."""

from datetime import datetime, timedelta

from sqlalchemy import Date, Select, cast, func, literal, select
from sqlalchemy.orm import Session

from renewals.acceptance import Acceptance
from renewals.account import Account
from renewals.activity import Activity, ActivityKind
from renewals.base import Moment
from renewals.errors import Malformed
from renewals.payment import LIVE, Payment
from renewals.permission import Permission
from renewals.person import Person
from renewals.renewal import CLOSED, LossReason, Renewal
from renewals.running import must_be_written, must_not_be_paying
from renewals.subscription import Term

THEIR_WORD = {
    "price": LossReason.PRICE, "unused": LossReason.NOT_NEEDED, "service": LossReason.SERVICE,
    "competitor": LossReason.COMPETITOR, "closing": LossReason.CLOSED,
}
"""What a customer chose when they declined; anything else is something else."""
A_DAY = timedelta(days=1)
SWEEP = 500
"""Rows of one sweep."""


def lose(renewal: Renewal, reason: LossReason, words: str, *, by: Person, at: datetime) -> Activity | None:
    """Close it as lost, for good. The renewal must be locked: what is being paid for is not lost.

    Returns: the words as they are kept; None when there were none.

    Raises: NotYours, NotNow, Malformed for another reason without words.
    """
    by.must(Permission.RUN_RENEWALS)
    renewal.must_be_open()
    must_not_be_paying(renewal)
    if words.strip() or reason is LossReason.OTHER:
        must_be_written(words, "words")
    told = renewal.write_down(ActivityKind.LOSS, words, on=renewal.account.today(at)) if words.strip() else None
    _close(renewal, reason, by=by, at=at, **({"activity": str(told.id)} if told else {}))
    return told


def reason_of(word: str) -> LossReason:
    """Raises: Malformed."""
    if word not in {reason.value for reason in LossReason}:
        raise Malformed("Choose why it was lost.", "loss")
    return LossReason(word)


def lose_declined(session: Session, *, at: datetime) -> None:
    """Those that the customer declined end on their date, where the customer is. May run twice and side by side.

    Without notice the date is also the last day to take it back: then they end when that day is over. One that
    nobody answered is not lost by itself: it is overdue, and somebody's to settle.
    """
    for renewal in session.scalars(_due(at)):
        said = (renewal.declined_reason or "").partition(":")[0]
        _close(renewal, THEIR_WORD.get(said, LossReason.OTHER), by=None, at=at)


def _close(renewal: Renewal, reason: LossReason, *, by: Person | None, at: datetime, **details: str) -> None:
    """A yes that nothing was paid for lapses with it, and one to what would have been added: nobody owes for a term
    that will not begin."""
    if unpaid := Acceptance.standing(renewal):
        unpaid.lapse(by=by, at=at)
    for apart in Acceptance.apart(renewal):
        apart.lapse(by=by, at=at)
    renewal.close_as_lost(reason, by=by, at=at, **details)


def _due(at: datetime) -> Select[Renewal]:
    """Declined, nothing being paid, their date here and their last day to decide gone by; a batch, locked.

    Units: days in the account's time zone.
    """
    their_day = cast(func.timezone(Account.timezone, literal(at, Moment)), Date)
    paying = select(Payment.id).where(Payment.renewal_id == Renewal.id, Payment.state.in_(LIVE)).exists()
    return (
        select(Renewal)
        .join(Account, Account.id == Renewal.account_id)
        .join(Term, Term.id == Renewal.term_id)
        .where(
            Renewal.state.not_in(CLOSED), Renewal.declined_at.is_not(None),
            Renewal.renews_on <= at.date() + A_DAY, Renewal.renews_on <= their_day,
            Renewal.renews_on - Term.notice_days < their_day, ~paying,
        )
        .order_by(Renewal.renews_on, Renewal.id)
        .limit(SWEEP)
        .with_for_update(of=Renewal, skip_locked=True, key_share=True)
    )
