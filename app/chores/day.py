"""Day: what a new business day brings; run by the clock and safe to run twice."""

from app.work import Work
from renewals.announcement import announce


def begin_day(work: Work) -> None:
    announce(work.session, at=work.now, machine_at=work.machine_now)
