"""Household: the house kept in order: the chain of events sealed and anchored, what was left lying picked up."""

from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, Text, cast, select
from sqlalchemy.orm import InstrumentedAttribute

from app.jobs import JOBS
from app.session import forget_old
from app.work import Work
from renewals import seal
from renewals.inbox import Inbox
from renewals.message import Message, MessageState
from renewals.payment import OPEN, Payment

SWEEP = 500
"""Rows of one sweep."""
log = structlog.get_logger()


def seal_events(work: Work) -> None:
    seal.seal_events(work.session)


def anchor_chain(work: Work) -> None:
    """The head of the chain leaves the house with its log, which whoever owns the database can not change."""
    if anchored := seal.anchor(work.session, "log", at=work.machine_now):
        log.info("the chain of events stands", position=anchored.position, digest=anchored.digest)


def forget(work: Work) -> None:
    forget_old(work.session, at=work.machine_now)


def sweep_inbox(work: Work) -> None:
    """What was kept and not handled for a quarter of an hour, and has no job any more, gets one."""
    late = work.machine_now - timedelta(minutes=15)
    waiting = select(Inbox.id).where(
        Inbox.handled_at.is_(None), Inbox.received_at < late, _has_no_job(Inbox.id, "handle_notice", "notice")
    )
    found = work.session.scalars(waiting.order_by(Inbox.id).limit(SWEEP))
    work.later("handle_notice", *({"notice": str(key)} for key in found), wait=0)


def sweep_payments(work: Work) -> None:
    """An open payment that nobody asks about any more is asked about again."""
    waiting = select(Payment.id, Payment.account_id).where(
        Payment.state.in_(OPEN), _has_no_job(Payment.id, "reconcile", "subject")
    )
    found = work.session.execute(waiting.order_by(Payment.id).limit(SWEEP))
    work.later("reconcile", *({"account": str(whose), "subject": str(key), "look": 0} for key, whose in found), wait=0)


def sweep_messages(work: Work) -> None:
    """A letter that was to have left and that no job sends any more, such as after a long silence of the mail server,
    is sent again."""
    waiting = select(Message.id, Message.account_id).where(
        Message.state == MessageState.PLANNED, Message.queued, Message.leave_at <= work.now,
        _has_no_job(Message.id, "send_message", "subject"),
    )
    found = work.session.execute(waiting.order_by(Message.leave_at, Message.id).limit(SWEEP)).all()
    if found:
        log.warning("letters were left lying", letters=len(found))
    args = ({"account": str(whose) if whose else None, "subject": str(key)} for key, whose in found)
    work.later("send_message", *args, wait=0)


def _has_no_job(key: InstrumentedAttribute[UUID], job: str, argument: str) -> ColumnElement[bool]:
    """No waiting or running job is about the row; said in the query, so that its limit counts only such rows."""
    under_way = cast(JOBS.c.status, Text).in_(("todo", "doing")) & (JOBS.c.task_name == job)
    return ~select(JOBS.c.args).where(under_way, JOBS.c.args[argument].astext == cast(key, Text)).exists()
