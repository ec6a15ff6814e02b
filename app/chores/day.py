"""Day: what a new business day brings; run by the clock and safe to run twice."""

from app.work import Work
from renewals.announcement import announce
from renewals.loss import lose_declined


def begin_day(work: Work) -> None:
    lose_declined(work.session, at=work.now)
    announce(work.session, at=work.now, machine_at=work.machine_now)
