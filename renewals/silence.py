"""Silence: why a message about a renewal is not said, or not said any more."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from renewals.message import ABOUT_RENEWAL, Message, MessageKind, MessageState
from renewals.payment import Payment
from renewals.person import Person
from renewals.renewal import Renewal, RenewalState
from renewals.snooze import is_snoozed

PAUSED = "They paused our letters."
LEFT = "They are no longer at this company."
ONE_BY_ONE = 7_205_314
"""The advisory lock under which it is counted who of a renewal still reads."""


def reason(renewal: Renewal, kind: MessageKind) -> str:
    """What keeps it back, or nothing. Asked when it is planned, and again when it leaves."""
    if kind not in ABOUT_RENEWAL:
        return ""
    if kind is MessageKind.THANKS:
        return "" if renewal.state is RenewalState.WON else "It was not renewed."
    if kind is MessageKind.PROPOSAL and renewal.state is RenewalState.WON:
        return ""  # of something new, for the term that it began
    if not renewal.is_open:
        return "The renewal is closed."
    if renewal.is_declined:
        return "They told us that they will not renew."
    if Payment.live_of(renewal):
        return "A payment is under way."
    return ""


def of_reader(session: Session, reader: Person, kind: MessageKind, *, at: datetime) -> str:
    """What this reader's own wish or leaving keeps back, or nothing."""
    if not reader.active:
        return LEFT
    return PAUSED if kind in ABOUT_RENEWAL and is_snoozed(session, reader, at) else ""


def tell_owner(session: Session, renewal: Renewal, kind: MessageKind, milestone: str, *, at: datetime) -> None:
    """When nobody is left who reads a letter, whoever looks after the renewal is told, once for each letter.

    Two readers' letters that are dropped at the same moment are looked at one after the other.
    """
    session.flush()
    session.execute(select(func.pg_advisory_xact_lock(ONE_BY_ONE, func.hashtext(str(renewal.id)))))
    query = select(Message.context).where(
        Message.renewal_id == renewal.id, Message.kind == kind,
        Message.state.in_([MessageState.PLANNED, MessageState.SENT]),
    )
    read = any(context.get("milestone", "") == milestone for context in session.scalars(query))
    owner = renewal.looked_after_by
    if owner and not read:
        Message.plan(
            session, MessageKind.PAUSED, owner, purpose=f"paused:{renewal.id}:{kind.value}:{milestone}",
            locale=owner.locale or "en", at=at, renewal_id=renewal.id, account_id=renewal.account_id,
            letter=kind.value.replace("_", " "),
        )
