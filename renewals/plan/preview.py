"""Preview: what a draft would change about the plans of open renewals, worked out by what will draw them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from renewals.plan.catalogue import EARLIEST, LATEST, Catalogue, Pattern
from renewals.plan.draft import Draft
from renewals.plan.milestone import Milestone, MilestoneState
from renewals.plan.plan import Drawing, Plan, redrawn
from renewals.plan.profile import Profile
from renewals.plan.profiling import drawing_of
from renewals.plan.road import Book, Mark, Road
from renewals.plan.rule import NOTICE, ActionKind, key_of
from renewals.plan.schedule import said_of
from renewals.plan.sound import told
from renewals.plan.tally import ELSEWHERE, FEWER, MORE, OTHERWISE, Tallies
from renewals.plan.task import Task
from renewals.policy import Policy, PolicyKind
from renewals.renewal import CLOSED, Renewal
from renewals.routing.routing import Routing

AHEAD = 90
"""Days of letters that are counted."""


@dataclass(slots=True)
class Preview:
    """`asked` are the open renewals with a plan. Milestones by key, letters by kind, tasks by pattern."""

    asked: int
    milestones: Tallies
    letters: Tallies
    tasks: Tallies

    @property
    def changed(self) -> set[UUID]:
        return {
            key for sort in (self.milestones, self.letters, self.tasks) for tally in sort.rows for key in tally.renewals
        }


def preview(session: Session, draft: Draft, policies: Mapping[PolicyKind, Policy], *, at: datetime) -> Preview:
    """Draw every open renewal's plan once more in the mind; nothing is written."""
    drawn = _drawn(session)
    marks, opened = _marks(session), _opened(session)
    plan = Policy(kind=PolicyKind.PLAN, content=dict(draft.contents[PolicyKind.PLAN]))
    drafted = {**policies, PolicyKind.PLAN: plan}
    now = Book(policies[PolicyKind.PLAN].content, Catalogue.of(policies[PolicyKind.TASKS].content))
    then = Book(draft.contents[PolicyKind.PLAN], draft.catalogue, _otherwise(now.catalogue, draft.catalogue))
    found, until = _empty(len(drawn), now, then), at + timedelta(days=AHEAD)
    for renewal, routing, profile in drawn:
        mine, done = marks.get(renewal.id, {}), frozenset(opened.get(renewal.id, ()))
        before = Road(profile, _ahead(mine.values()), now, done)
        after = replace(before, book=then)
        if PolicyKind.PLAN in draft.changes:
            drawing = drawing_of(renewal, routing, drafted)
            after = Road(drawing.profile, _after(mine, drawing, then.plan), then, done)
        _compare_milestones(found, renewal, before, after)
        _compare_letters(found, renewal, before.letters(until), after.letters(until))
        _compare_tasks(found, renewal, before.tasks(), after.tasks(), then.otherwise)
    return found


def _empty(asked: int, now: Book, then: Book) -> Preview:
    """Nothing is another yet; whatever may be is named here in its order."""
    days = range(EARLIEST, LATEST - 1, -1)
    titles = {one.key: one.title.en for book in (then, now) for one in book.catalogue.patterns}
    return Preview(
        asked, Tallies({NOTICE: said_of(NOTICE)} | {key_of(day): said_of(key_of(day)) for day in days}),
        Tallies({kind.value: told(kind) for kind in ActionKind}), Tallies(titles),
    )


def _otherwise(now: Catalogue, then: Catalogue) -> frozenset[str]:
    before = {one.key: one for one in now.patterns}
    return frozenset(one.key for one in then.patterns if one != before.get(one.key))


def _after(mine: Mapping[str, Mark], drawing: Drawing, plan: Mapping[str, Any]) -> dict[str, Mark]:
    """Its milestones as drawing would leave them."""
    marks = _ahead(mine.values())
    for key, place in redrawn(mine, drawing, plan):
        if place is None:
            marks.pop(key, None)
        else:
            by_hand = key in mine and mine[key].by_hand
            marks[key] = Mark(
                drawing.renewal.id, key, place.days, place.at, place.quiet, by_hand, MilestoneState.PLANNED
            )
    return marks


def _ahead(marks: Iterable[Mark]) -> dict[str, Mark]:
    return {mark.key: mark for mark in marks if mark.state is MilestoneState.PLANNED}


def _compare_milestones(found: Preview, renewal: Renewal, before: Road, after: Road) -> None:
    """Only those that stand on the line; days with work of the machine alone show in its letters."""
    for key in before.marks.keys() | after.marks.keys():
        was, now = before.marks.get(key), after.marks.get(key)
        stood, stands = was is not None and was.is_loud, now is not None and now.is_loud
        if stood != stands:
            found.milestones.count(key, MORE if stands else FEWER, renewal)
        elif was and now and stands and was.due_at != now.due_at:
            found.milestones.count(key, ELSEWHERE, renewal)


def _compare_letters(
    found: Preview, renewal: Renewal, was: Counter[tuple[ActionKind, datetime]],
    now: Counter[tuple[ActionKind, datetime]],
) -> None:
    if was == now:
        return
    come, go = _by_kind(now - was), _by_kind(was - now)
    for kind in {*come, *go}:
        moved = min(come[kind], go[kind])
        for what, many in ((MORE, come[kind] - moved), (FEWER, go[kind] - moved), (ELSEWHERE, moved)):
            if many:
                found.letters.count(kind.value, what, renewal, many)


def _by_kind(letters: Counter[tuple[ActionKind, datetime]]) -> Counter[ActionKind]:
    return Counter(kind for kind, _ in letters.elements())


def _compare_tasks(
    found: Preview, renewal: Renewal, was: Mapping[str, tuple[Pattern, str]], now: Mapping[str, tuple[Pattern, str]],
    otherwise: frozenset[str],
) -> None:
    for key in was.keys() | now.keys():
        if key not in was or key not in now:
            found.tasks.count(key, MORE if key in now else FEWER, renewal)
        elif was[key][1] != now[key][1]:
            found.tasks.count(key, ELSEWHERE, renewal)
        elif key in otherwise and was[key][0] != now[key][0]:
            found.tasks.count(key, OTHERWISE, renewal)


# What is known of open renewals, in as many questions for all as for one


def _drawn(session: Session) -> list[tuple[Renewal, Routing, Profile]]:
    open_ones = select(Renewal).where(Renewal.state.not_in(CLOSED)).order_by(Renewal.renews_on, Renewal.id)
    renewals = session.scalars(Renewal.with_parts(open_ones)).unique().all()
    known = select(Routing, Plan).join(Plan, Plan.renewal_id == Routing.renewal_id)
    known = known.join(Renewal, Renewal.id == Routing.renewal_id).where(Renewal.state.not_in(CLOSED))
    drawn = {routing.renewal_id: (routing, plan.profile) for routing, plan in session.execute(known)}
    return [(renewal, *drawn[renewal.id]) for renewal in renewals if renewal.id in drawn]


def _marks(session: Session) -> dict[UUID, dict[str, Mark]]:
    found: dict[UUID, dict[str, Mark]] = {}
    for mark in _rows(session):
        found.setdefault(mark.renewal_id, {})[mark.key] = mark
    return found


def _rows(session: Session) -> Iterator[Mark]:
    query = (
        select(
            Milestone.renewal_id, Milestone.key, Milestone.days, Milestone.due_at, Milestone.quiet, Milestone.by_hand,
            Milestone.state,
        ).join(Renewal, Renewal.id == Milestone.renewal_id).where(Renewal.state.not_in(CLOSED))
    )
    return (Mark(*row) for row in session.execute(query))


def _opened(session: Session) -> dict[UUID, set[str]]:
    query = select(Task.renewal_id, Task.pattern).join(Renewal, Renewal.id == Task.renewal_id)
    found: dict[UUID, set[str]] = {}
    for renewal, pattern in session.execute(query.where(Renewal.state.not_in(CLOSED))):
        found.setdefault(renewal, set()).add(pattern)
    return found
