"""Timeline: the plan that both sides share, in the customer's words: what happens when, and who does it."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from renewals.choice import Choice
from renewals.notice_rule import facts_of, rule_for
from renewals.policy import PolicyKind


class Doer(StrEnum):
    """Whose hands a step is in: the customer's, those of whoever looks after them, or nobody's."""

    YOU = "you"
    US = "us"
    AUTOMATIC = "automatic"


DOERS = {
    "looked_back": Doer.AUTOMATIC, "proposal_made": Doer.US, "options": Doer.AUTOMATIC, "decide_by": Doer.YOU,
    "papers": Doer.YOU, "notice": Doer.AUTOMATIC, "last_reminder": Doer.AUTOMATIC, "begins": Doer.AUTOMATIC,
}


@dataclass(frozen=True, slots=True)
class Step:
    """One date of the timeline. `state` is done, now or next; `is_yours` while it waits for the customer."""

    key: str
    day: date
    state: str
    doer: Doer
    is_yours: bool


def timeline(choice: Choice, *, is_open: bool, is_won: bool) -> list[Step]:
    """The steps, earliest first; once it is won those that were reached, and the new term.

    Source: `timeline` policy; framework, "Kongsi Timeline".
    """
    known = choice.timeline["customer_steps"][choice.segment.value]
    plan = [step for step in known if step["key"] != "notice" or choice.renewal.term.auto_renew]
    days = sorted(((_day(choice, step), step) for step in plan), key=lambda pair: pair[0])
    if is_won:
        days = [(day, step) for day, step in days if day <= choice.on or step["key"] == "begins"]
    now = None if is_won else max((day for day, _ in days if day <= choice.on), default=None)
    return [
        Step(step["key"], day, _state(day, now, choice.on), _doer(step["key"], day, choice.on),
             is_open and bool(step.get("yours")))
        for day, step in days
    ]


def _day(choice: Choice, step: dict[str, Any]) -> date:
    renewal = choice.renewal
    if step["key"] == "notice":
        rule = rule_for(facts_of(renewal), choice.policies[PolicyKind.NOTICE].content)
        return renewal.decide_by - timedelta(days=rule.send_days)
    return renewal.decide_by if step["key"] == "decide_by" else renewal.renews_on - timedelta(days=step["days"])


def _state(day: date, now: date | None, today: date) -> str:
    if day == now:
        return "now"
    return "done" if day <= today else "next"


def _doer(key: str, day: date, today: date) -> Doer:
    """Options come by themselves; from then on it is the customer who chooses."""
    return Doer.YOU if key == "options" and day <= today else DOERS.get(key, Doer.US)
