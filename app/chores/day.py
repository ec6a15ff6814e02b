"""Day: what a new business day brings; run by the clock and safe to run twice."""

from typing import Any

from app.chores.plan import keep_plans
from app.work import Work
from renewals.clauses import true_up
from renewals.loss import lose_declined
from renewals.notice import Notice


def begin_day(work: Work) -> Any:
    lose_declined(work.session, at=work.now)
    Notice.give_up_late(work.session, at=work.now)
    true_up.make_due(work.session, at=work.now)
    yield from keep_plans(work)
