"""Day: what waits for whoever signs in: today's tasks, the renewals of the next weeks, those at risk, what is new.

Who has no task this week and looks after no renewal sees the team's.
"""

from collections.abc import Sequence
from types import SimpleNamespace
from uuid import UUID

from admin.shell import DAYS, page
from admin.task import just_ended
from gateways.browser import Answer, Visit, get, staff
from renewals import trail
from renewals.objection import owed
from renewals.permission import Permission
from renewals.person import Person
from renewals.pipeline import Pipeline, owners
from renewals.plan.worklist import WEEK, Worklist, to_look_at, workers

NEWEST = 12
SHOWN = 60
"""Rows of one table; the rest is in the book."""
TASKS = 60
"""Tasks of one page; there are few who do more in a week."""
FEW = 4
"""Tasks of one renewal that are open at once; the others are folded."""


@get("/admin", staff(Permission.READ_BOOK))
def show(visit: Visit) -> Answer:
    pipeline, people = Pipeline(visit.session, visit.today), _people(visit)
    person = _whose(visit, people)
    whose = person.id if person else None
    return page(
        visit, "admin/day.html", here="day", person=person, days=DAYS, near=pipeline.coming(DAYS, whose, most=SHOWN),
        at_risk=pipeline.at_risk(whose, most=SHOWN), stages=pipeline.by_stage(whose),
        work=Worklist.of(visit.session, whose, visit.today, most=_most(visit)), people=people,
        again=to_look_at(visit.session, whose, visit.today), promised=owed(visit.session, whose, visit.today + WEEK),
        ended=just_ended(visit), week_ends=visit.today + WEEK, few=FEW,
        news=trail.news(visit.session, pipeline.minded(DAYS, whose), most=NEWEST),
        may=SimpleNamespace(work=visit.someone.may(Permission.WORK_TASKS)),
    )


def _whose(visit: Visit, people: Sequence[Person]) -> Person | None:
    """One person's day, or the team's: by the address, else one's own where there is anything."""
    word = visit.request.query.get("whose", "")
    if word == "mine" or (not word and visit.someone.id in {one.id for one in people}):
        return visit.someone
    return next((one for one in people if str(one.id) == word), None)


def _people(visit: Visit) -> list[Person]:
    """Whose day can be looked at: who has tasks or renewals."""
    known: dict[UUID, Person] = {one.id: one for one in (*owners(visit.session), *workers(visit.session, visit.today))}
    return sorted(known.values(), key=lambda one: (one.name, one.id))


def _most(visit: Visit) -> int:
    return TASKS * 10 if visit.request.query.get("more") == "yes" else TASKS
