"""Day: what a new business day brings; run by the clock and safe to run twice."""

from typing import Any

from app.chores.plan import keep_plans
from app.work import Work


def begin_day(work: Work) -> Any:
    yield from keep_plans(work)
