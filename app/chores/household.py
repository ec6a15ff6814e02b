"""Household: the house kept in order: the chain of events sealed and anchored, what was left lying picked up."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import select, text

from app.session import forget_old
from app.work import Work
from renewals import seal
from renewals.inbox import Inbox
from renewals.payment import OPEN, Payment

SWEEP = 500
"""Rows of one sweep."""
UNDER_WAY = text(
    "SELECT args->>:argument FROM procrastinate_jobs WHERE task_name = :job AND status IN ('todo', 'doing')"
)
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
    waiting = work.session.scalars(
        select(Inbox.id).where(Inbox.handled_at.is_(None), Inbox.received_at < late).limit(SWEEP)
    )
    for key in _without_job(work, "handle_notice", "notice", waiting):
        work.later("handle_notice", {"notice": str(key)}, wait=0)


def sweep_payments(work: Work) -> None:
    """An open payment that nobody asks about any more is asked about again."""
    accounts = dict(_open_payments(work))
    for key in _without_job(work, "reconcile", "subject", accounts):
        work.later("reconcile", {"account": str(accounts[key]), "subject": str(key), "look": 0}, wait=0)


def _open_payments(work: Work) -> list[tuple[UUID, UUID]]:
    rows = work.session.execute(select(Payment.id, Payment.account_id).where(Payment.state.in_(OPEN)).limit(SWEEP))
    return [(key, account) for key, account in rows]


def _without_job(work: Work, job: str, argument: str, keys: Iterable[UUID]) -> list[UUID]:
    """Those of the keys that no waiting or running job is about."""
    busy = set(work.session.scalars(UNDER_WAY, {"argument": argument, "job": job}))
    return [key for key in keys if str(key) not in busy]
