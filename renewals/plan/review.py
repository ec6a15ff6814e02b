"""Review: what is known of an account before its renewal; what nobody answered is unknown, never good.

Source: timeline, "Semakan dan Perancangan Akaun" and "Pengesahan Kesihatan".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from renewals.activity import SPOKEN, Activity, ActivityKind
from renewals.health import Confidence, Health
from renewals.pipeline import Rules
from renewals.plan.expansion import EXPANSION, LATER, PIPELINE, Signs, assessment
from renewals.plan.task import Task, TaskState
from renewals.plan.wanting import Asking, asked_for, unsold
from renewals.plan.working import Duty
from renewals.renewal import Renewal
from renewals.stakeholder import Stakeholder, stakeholders, warned
from renewals.value import ACTIVE_USERS, Figure, ValueStory
from renewals.warning import Warned

REVIEWS = ("account_review", "health_check", "quick_health_check", EXPANSION)


@dataclass(frozen=True, slots=True)
class Known:
    """What the data says by itself; None is not known. Units: `seats` and `used` count people."""

    score: int | None
    health: Health
    confidence: Confidence
    taken_on: date | None
    seats: int | None
    used: int | None
    used_before: int | None
    hours: Figure | None
    questions: int
    last_contact: date | None
    warned: Sequence[Warned]
    unsold: Sequence[str]
    asked: Sequence[Asking]
    assessed: Mapping[str, Any]

    @classmethod
    def of(cls, session: Session, renewal: Renewal, rules: Rules, on: date) -> "Known":
        story = ValueStory.of(session, renewal.subscription_id, until=on)
        account, people = renewal.account, stakeholders(session, renewal.account_id)
        not_theirs = unsold(session, renewal, on)
        return cls(
            account.health_score, account.health_band, account.health_confidence(rules.bands, on),
            account.health_taken_on, renewal.seats or None, story.latest(ACTIVE_USERS), story.earliest(ACTIVE_USERS),
            story.hours,
            _open_questions(session, renewal), _last_known(session, renewal, people),
            _warned(people, renewal, rules, on), not_theirs, asked_for(session, renewal, not_theirs, people, on),
            _assessed(session, renewal),
        )

    def answers(self, pattern: str) -> dict[str, Any]:
        """What a review's form begins with."""
        if pattern == "account_review":
            hours = f"{self.hours.amount:,.0f} hours saved ({self.hours.source})" if self.hours else ""
            issues = f"{self.questions} open from their page" if self.questions else ""
            return {"health": self.health.value, "value": hours, "issues": issues}
        if pattern == "health_check" and self.last_contact:
            return {"last_conversation_on": self.last_contact.isoformat()}
        if pattern == EXPANSION:
            return assessment(self.signs)
        if pattern == PIPELINE:
            return {name: self.assessed[name] for name in LATER if name in self.assessed}
        return {}

    @property
    def signs(self) -> Signs:
        """What speaks for growth, or against it."""
        return Signs(
            self.health, bool(self.warned), self.seats, self.used, self.used_before, self.asked, self.unsold
        )


@dataclass(frozen=True, slots=True)
class Answered:
    """One review: its questions in order, each with what was answered, or None."""

    duty: Duty
    answers: Sequence[tuple[Any, Any]]


def answered(duties: Sequence[Duty]) -> list[Answered]:
    """The reviews of a renewal, done or not."""
    return [
        Answered(duty, [(field, _said(duty.task, field.key)) for field in duty.pattern.outcome])
        for duty in duties if duty.task.pattern in REVIEWS and duty.pattern
    ]


def _said(task: Task, key: str) -> Any:
    """An open task may still hold what was answered before it was taken up again."""
    outcome: Mapping[str, Any] = task.outcome if task.state is TaskState.DONE else {}
    return None if outcome.get(key) == "unknown" else outcome.get(key)


def _assessed(session: Session, renewal: Renewal) -> Mapping[str, Any]:
    """What the assessment of growth came to; nothing while it is not done."""
    done = Task.of_renewal(renewal.id).where(Task.pattern == EXPANSION, Task.state == TaskState.DONE)
    tasks = session.scalars(done).all()
    return max(tasks, key=lambda task: (task.ended_at, task.id)).outcome if tasks else {}


def _warned(people: Sequence[Stakeholder], renewal: Renewal, rules: Rules, on: date) -> Sequence[Warned]:
    """What is wrong with our ties, as long as there is something to renew."""
    if not renewal.is_open:
        return ()
    return warned(people, rules.segment(renewal), renewal.renews_on, on)


def _last_known(session: Session, renewal: Renewal, people: Sequence[Stakeholder]) -> date | None:
    """What was noted here, or what came in from elsewhere about one of their people."""
    known = [_last_contact(session, renewal), *(one.tie.last_contact_on for one in people)]
    return max((day for day in known if day), default=None)


def _last_contact(session: Session, renewal: Renewal) -> date | None:
    spoken = select(func.max(Activity.happened_on)).where(
        Activity.account_id == renewal.account_id, Activity.kind.in_(SPOKEN)
    )
    found: date | None = session.scalar(spoken)
    return found


def _open_questions(session: Session, renewal: Renewal) -> int:
    """What they asked since somebody of us last spoke with them."""
    last = _last_contact(session, renewal)
    asked = select(func.count()).select_from(Activity).where(
        Activity.renewal_id == renewal.id, Activity.kind == ActivityKind.QUESTION
    )
    if last:
        asked = asked.where(Activity.happened_on > last)
    return session.scalar(asked) or 0
