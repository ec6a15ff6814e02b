"""Working: what people do with their tasks, checked against what the task asks for.

The renewal must be locked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from renewals.base import session_of
from renewals.errors import Malformed, NotNow
from renewals.message import Message, MessageKind
from renewals.objection import OBJECTIONS, Objection
from renewals.person import Person, Role
from renewals.plan.catalogue import PRESENTATION, Pattern, check_outcome
from renewals.plan.expansion import EXPANSION, concluded
from renewals.plan.opening import catalogue_of
from renewals.plan.presentation import must_be_walked_through
from renewals.plan.readers import staff_with
from renewals.plan.reality import BLOCKER, CLOSE, REALITY_CHECK
from renewals.plan.task import Task
from renewals.policy import Policy
from renewals.renewal import Renewal, RenewalState, reached


@dataclass(frozen=True, slots=True)
class Duty:
    """One task with what it asks for; a pattern that a company took out has only its key."""

    task: Task
    pattern: Pattern | None

    @property
    def title(self) -> str:
        return self.pattern.title.en if self.pattern else self.task.pattern.replace("_", " ").capitalize()

    @property
    def minutes(self) -> int:
        """What it should take."""
        return self.pattern.minutes if self.pattern else 0

    @property
    def asks_nothing(self) -> bool:
        """Whether it is done by one press: no answer is required."""
        return self.pattern is not None and not any(field.required for field in self.pattern.outcome)


def pattern_of(session: Session, task: Task) -> Pattern:
    """What the task is, by the version of the policy it was opened with. Raises: NotFound."""
    return catalogue_of(Policy.named(session, task.catalogue)).pattern(task.pattern)


def duties_of(session: Session, tasks: Sequence[Task]) -> list[Duty]:
    """The same for many; each version of the policy is looked up once."""
    known = {name: catalogue_of(Policy.named(session, name)) for name in {task.catalogue for task in tasks}}
    by_key = {name: {one.key: one for one in catalogue.patterns} for name, catalogue in known.items()}
    return [Duty(task, by_key[task.catalogue].get(task.pattern)) for task in tasks]


def finish(
    renewal: Renewal, task: Task, answers: Mapping[str, object], *, minutes: int, by: Person, at: datetime
) -> None:
    """Done, with answers that fit what is asked. Raises: NotYours, NotNow, Malformed naming the answer."""
    session = session_of(task)
    pattern = pattern_of(session, task)
    outcome = check_outcome(pattern, answers)
    _must_be_its_currency(renewal, outcome)
    if task.pattern == PRESENTATION:
        must_be_walked_through(outcome, renewal.account.today(at))
    if task.pattern == OBJECTIONS:
        Objection.must_not_be_open(session, renewal.id)
    if task.pattern == REALITY_CHECK:
        _face_reality(renewal, outcome)
    if task.pattern == EXPANSION:
        outcome = check_outcome(pattern, _concluded(pattern, outcome, renewal))
    task.finish(outcome, minutes=minutes, by=by, at=at)
    if task.pattern == REALITY_CHECK and outcome["verdict"] != CLOSE:
        _tell_managers(renewal, task, at=at)


def _concluded(pattern: Pattern, outcome: Mapping[str, Any], renewal: Renewal) -> dict[str, Any]:
    """With what follows from the answers, as far as this version of the task asks for it. Raises: Malformed."""
    asked = {field.key for field in pattern.outcome}
    found = concluded(outcome, renewal.account.health_band, asked)
    return {name: value for name, value in found.items() if name in asked}


def _must_be_its_currency(renewal: Renewal, outcome: Mapping[str, Any]) -> None:
    """Raises: NotNow for an amount that a renewal in another currency can not have."""
    own = renewal.value.currency
    for value in outcome.values():
        if isinstance(value, Mapping) and value["currency"] != own:
            raise NotNow(f"It is in {own}, so an amount in {value['currency']} says nothing about it.")


def waive(renewal: Renewal, task: Task, reason: str, *, by: Person, at: datetime) -> None:
    """Left undone, with a reason; but nobody who is far from done leaves that question out.

    Raises: NotYours, NotNow, Malformed.
    """
    if task.pattern == REALITY_CHECK and not reached(renewal.state, RenewalState.AGREED):
        raise NotNow(
            f"It is {renewal.state.value}, not agreed, so this stays: name the blocker, or let the risk go up."
        )
    task.waive(reason, by=by, at=at)


def _face_reality(renewal: Renewal, outcome: Mapping[str, Any]) -> None:
    """Far from done, one of two is forced: the blocker is named, or the risk goes up.

    Source: timeline, "Rundingan Akhir": "Jika anda masih jauh pada T-14 hari, ada yang salah".
    """
    if outcome["verdict"] == CLOSE and not reached(renewal.state, RenewalState.AGREED):
        raise NotNow(
            f"It is {renewal.state.value}, not agreed, so it is far from done: name the blocker, or let the risk go up."
        )
    if outcome["verdict"] == BLOCKER and not outcome.get("blocker"):
        raise Malformed("Name the blocker, or let the risk go up.", "blocker")


def _tell_managers(renewal: Renewal, task: Task, *, at: datetime) -> None:
    """Whoever answers for it hears of it at once."""
    for person in staff_with(session_of(task), Role.MANAGER):
        Message.plan(
            session_of(task), MessageKind.ESCALATE, person, purpose=f"reality:{task.id}:{task.version}:{person.id}",
            locale=person.locale or "en", at=at, renewal_id=renewal.id, account_id=renewal.account_id, milestone="t14",
        )

