"""Turn: one renewal whose day has come: what it is, what is known, and the moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from renewals.message import Message, MessageKind
from renewals.person import Person
from renewals.plan.action import Action
from renewals.plan.hours import Hours
from renewals.plan.plan import Plan, hours_of
from renewals.plan.readers import Staff
from renewals.plan.rule import Rule
from renewals.policy import Policy, PolicyKind
from renewals.renewal import Renewal

TOLERANCE = 3
"""Days, a long weekend, after which a milestone's message counts as late."""


@dataclass(frozen=True, slots=True)
class Turn:
    """`rules` and `staff` are asked for once for many renewals."""

    session: Session
    renewal: Renewal
    plan: Plan
    policies: Mapping[PolicyKind, Policy]
    rules: tuple[Rule, ...]
    staff: Staff
    at: datetime

    @property
    def hours(self) -> Hours:
        return hours_of(self.renewal.account, self.policies[PolicyKind.PLAN])

    @property
    def today(self) -> date:
        return self.renewal.account.today(self.at)

    @property
    def owner(self) -> list[Person]:
        """Who looks after it, if anybody does."""
        owner = self.renewal.looked_after_by
        return [owner] if owner else []

    @property
    def answerable(self) -> list[Person]:
        """Who hears of what can not be done: whoever looks after it, else the managers."""
        return self.staff.answerable_for(self.renewal)

    def is_late(self, action: Action) -> bool:
        """Its day was days ago: the renewal was found late, or the clock jumped."""
        return (self.today - action.milestone.due_on).days > TOLERANCE

    def rule(self, action: Action) -> Rule | None:
        """The rule an action came from, as the policy says it now; None when it says it no longer."""
        for rule in self.rules:
            if rule.kind is action.kind and rule.suits(self.plan.profile):
                return rule
        return None

    def say(
        self, kind: MessageKind, person: Person, action: Action, *, leave_at: datetime | None = None, **context: Any
    ) -> None:
        """Plan one message: to ourselves at once, to a customer for the hours their office is open."""
        renewal = self.renewal
        leave_at = leave_at or (self.at if person.is_staff else self.hours.next_open(self.at))
        Message.plan(
            self.session, kind, person, purpose=f"{kind.value}:{action.id}:{person.id}",
            locale=renewal.locale_of(person), at=self.at, leave_at=leave_at, renewal_id=renewal.id,
            account_id=renewal.account_id, milestone=action.milestone.key, **context,
        )
