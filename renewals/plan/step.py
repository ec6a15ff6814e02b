"""Step: one thing the customer's own people do before they can say yes: an approval, a review, a signature."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Integer, Select, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from renewals.base import Owned, Versioned, new_key, one, session_of, tenant
from renewals.errors import Malformed, NotFound, NotNow
from renewals.event import Event, EventName
from renewals.permission import Permission
from renewals.person import Person
from renewals.plan.field import UNWRITABLE
from renewals.renewal import Renewal

MOST = 30
"""Steps of one renewal."""
LONGEST = 80
"""Characters of what a step is, and of who does it."""
MOST_DAYS = 60
"""Working days of one step."""
NEAR = timedelta(days=366)
"""How far from the renewal date a step can be due."""
EVERYTHING = "everything"
"""A step that comes after all others."""

SUGGESTED = (("budget", 3, ""), ("security", 5, ""), ("legal", 5, "security"), ("procurement", 3, "legal"),
             ("signature", 2, EVERYTHING))
"""Where an enterprise's approvals usually begin: what, how many working days, and after what.

Source: framework, "Kongsi Timeline", T-45 and T-14 of enterprise; the days are ours.
"""


@dataclass(frozen=True, slots=True)
class Draft:
    """A step as it was written in a form. `after` is the key of another step, `EVERYTHING` or nothing."""

    title: str
    who: str = ""
    days: int = 1
    due_on: date | None = None
    after: str = ""

    @classmethod
    def read(cls, form: Mapping[str, str]) -> "Draft":
        """Raises: Malformed naming the field."""
        return cls(
            _words(form.get("title", ""), "title") or _missing(), _words(form.get("who", ""), "who"),
            _days(form.get("days", "").strip()), _day(form.get("due_on", "").strip()), form.get("after", ""),
        )

    def must_be_near(self, renewal: Renewal) -> None:
        """Raises: Malformed for a day that has nothing to do with this renewal; each look counts the days up to it."""
        if self.due_on and abs(self.due_on - renewal.renews_on) > NEAR:
            raise Malformed("Choose a day within a year of the renewal.", "due_on")


class Step(Versioned, Owned):
    """Both sides read the same rows. `needs_id` is the step it waits for; with `after_all` it waits for every other.

    Units: `days` are working days where the customer is; `due_on` is the day they say it will be done, None when it
    is worked out; `position` counts from 0.
    """

    __tablename__ = "step"
    __table_args__ = (
        *tenant("renewal_id", "needs_id>step"),
        Index("ix_step_renewal", "renewal_id", "position"),
        CheckConstraint(f"days BETWEEN 1 AND {MOST_DAYS}", name="days"),
        CheckConstraint("needs_id IS NULL OR (needs_id <> id AND NOT after_all)", name="needs"),
    )

    renewal_id: Mapped[UUID]
    position: Mapped[int] = mapped_column(Integer)
    title: Mapped[str]
    who: Mapped[str] = mapped_column(default="")
    days: Mapped[int] = mapped_column(Integer)
    due_on: Mapped[date | None]
    needs_id: Mapped[UUID | None]
    after_all: Mapped[bool] = mapped_column(default=False)
    done_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]

    @property
    def is_done(self) -> bool:
        return self.done_at is not None

    @property
    def after(self) -> str:
        """What it waits for, as a form says it."""
        return EVERYTHING if self.after_all else str(self.needs_id or "")

    @classmethod
    def of_plan(cls, step: "Step", renewal_id: UUID) -> "Step":
        """The step itself, when it belongs to this renewal. Raises: NotFound."""
        if step.renewal_id != renewal_id:
            raise NotFound
        return step

    def write(self, draft: Draft, others: Sequence["Step"]) -> None:
        """Take over what a form says. Raises: Malformed."""
        self.title, self.who, self.days, self.due_on = draft.title, draft.who, draft.days, draft.due_on
        self.after_all = draft.after == EVERYTHING
        self.needs_id = None if self.after_all else _needed(self, draft.after, others)

    def change(self, draft: Draft, *, by: Person, at: datetime) -> None:
        """Raises: NotYours, NotNow, Malformed."""
        renewal = _renewal_of(self, by)
        draft.must_be_near(renewal)
        self.write(draft, of_renewal(session_of(self), renewal.id))
        self.changed_at = at
        _record(renewal, EventName.STEP_CHANGED, self, by=by, at=at)

    def tick(self, done: bool, *, by: Person, at: datetime) -> None:
        """Done, or not done after all; saying so twice changes nothing. Raises: NotYours, NotNow."""
        renewal = _renewal_of(self, by)
        if done == self.is_done:
            return
        self.done_at, self.changed_at = at if done else None, at
        _record(renewal, EventName.STEP_FINISHED if done else EventName.STEP_REOPENED, self, by=by, at=at)

    def move(self, places: int, *, by: Person, at: datetime) -> None:
        """Up (less than zero) or down in the list; what waits for what stays. Raises: NotYours, NotNow."""
        renewal = _renewal_of(self, by)
        steps = of_renewal(session_of(self), renewal.id)
        steps.remove(self)
        steps.insert(max(0, self.position + places), self)
        _number(steps)
        _record(renewal, EventName.STEP_CHANGED, self, by=by, at=at)

    def remove(self, *, by: Person, at: datetime) -> None:
        """What waited for it waits for what it waited for. Raises: NotYours, NotNow."""
        renewal, session = _renewal_of(self, by), session_of(self)
        steps = of_renewal(session, renewal.id)
        steps.remove(self)
        for step in steps:
            if step.needs_id == self.id:
                step.needs_id, step.changed_at = self.needs_id, at
        _number(steps)
        session.flush()  # nothing points to it any more
        _record(renewal, EventName.STEP_REMOVED, self, by=by, at=at)
        session.delete(self)


def add(renewal: Renewal, draft: Draft, *, by: Person, at: datetime) -> Step:
    """One more, at the end; the renewal must be locked. Raises: NotYours, NotNow, Malformed."""
    by.must(Permission.PLAN_STEPS)
    renewal.must_be_open()
    draft.must_be_near(renewal)
    session = session_of(renewal)
    steps = of_renewal(session, renewal.id)
    if len(steps) >= MOST:
        raise NotNow(f"A plan has at most {MOST} steps.")
    step = Step(
        id=new_key(), account_id=renewal.account_id, renewal_id=renewal.id, position=len(steps), changed_at=at,
        done_at=None,
    )
    step.write(draft, steps)
    session.add(step)
    session.flush()  # others may point to it
    _record(renewal, EventName.STEP_ADDED, step, by=by, at=at)
    return step


def suggest(renewal: Renewal, titles: Mapping[str, str], *, by: Person, at: datetime) -> list[Step]:
    """A usual plan to start from, each of `SUGGESTED` called as its reader calls it; only where there is none yet.

    Raises: NotYours, NotNow, Malformed.
    """
    by.must(Permission.PLAN_STEPS)
    if of_renewal(session_of(renewal), renewal.id):
        raise NotNow("There is a plan already; change it as you like.")
    made: dict[str, Step] = {}
    for key, days, after in SUGGESTED:
        needs = str(made[after].id) if after in made else after
        draft = Draft.read({"title": titles.get(key, ""), "days": str(days), "after": needs})
        made[key] = add(renewal, draft, by=by, at=at)
    return list(made.values())


def of_renewal(session: Session, renewal_id: UUID) -> list[Step]:
    """In their order."""
    return list(session.scalars(in_order(renewal_id)))


def in_order(renewal_id: UUID) -> Select[Step]:
    return select(Step).where(Step.renewal_id == renewal_id).order_by(Step.position, Step.id)


def _renewal_of(step: Step, by: Person) -> Renewal:
    """Locked, so that two who change the plan at once come one after the other, and the second finds the step as the
    first left it. Raises: NotYours, NotNow, NotFound when it was removed meanwhile.
    """
    by.must(Permission.PLAN_STEPS)
    renewal = Renewal.find(session_of(step), step.renewal_id, lock=True)
    renewal.must_be_open()
    one(session_of(step), select(Step).where(Step.id == step.id).execution_options(populate_existing=True))
    return renewal


def _record(renewal: Renewal, name: EventName, step: Step, *, by: Person, at: datetime) -> None:
    """In the renewal's own story; the words stand in the row alone."""
    Event.record(session_of(renewal), name, renewal, by=by, at=at, step=str(step.id))


def _number(steps: Iterable[Step]) -> None:
    for position, step in enumerate(steps):
        step.position = position


def _needed(step: Step, after: str, others: Sequence[Step]) -> UUID | None:
    """Raises: Malformed for a step that is not there, or one that waits for this one."""
    if not after:
        return None
    known: dict[Any, Step] = {str(one.id): one for one in others if one.id != step.id}
    if after not in known:
        raise Malformed("Choose one of your steps, or nothing.", "after")
    met: Step | None = known[after]
    while met is not None:
        if met.needs_id == step.id:
            raise Malformed("That one waits for this step already; they can not wait for each other.", "after")
        met = known.get(str(met.needs_id))
    return known[after].id


def _words(text: str, field: str) -> str:
    said = " ".join(text.split())
    if len(said) > LONGEST or UNWRITABLE.search(said):
        raise Malformed(f"Say it in at most {LONGEST} characters.", field)
    return said


def _missing() -> str:
    raise Malformed("Say what has to be done.", "title")


def _days(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= MOST_DAYS:
        return int(text)
    raise Malformed(f"Give the working days it takes, from 1 to {MOST_DAYS}.", "days")


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        day = date.min
    if day and not 2000 <= day.year < 2100:
        raise Malformed("This is no day of the calendar. Write it like 2026-09-04.", "due_on")
    return day
