"""Shown: a renewal as the customer's pages speak of it, the same on every page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from gateways.browser import Level, Visit
from renewals.acceptance import Acceptance
from renewals.account import Card
from renewals.choice import Choice
from renewals.payment import Payment, PaymentState
from renewals.permission import Permission
from renewals.person import Person
from renewals.policy import PolicyKind
from renewals.renewal import Renewal, RenewalState


@dataclass(frozen=True, slots=True)
class Step:
    """One date of the shared timeline. `state` is done, now or next."""

    key: str
    day: date
    state: str
    yours: bool


@dataclass(frozen=True, slots=True)
class Terms:
    """The words accepted beside the button. `version` is the day they began."""

    number: int
    version: date
    url: str


@dataclass
class Shown:
    """One renewal for one visit."""

    session: Session
    renewal: Renewal
    choice: Choice
    today: date

    @classmethod
    def find(cls, visit: Visit, key: UUID, *, lock: bool = False) -> "Shown":
        """Raises: NotFound."""
        renewal = visit.find(Renewal, key, lock=lock)
        visit.stay_at(renewal.id)
        return cls(visit.session, renewal, Choice.of(visit.session, renewal, visit.today), visit.today)

    @property
    def id(self) -> UUID:
        return self.renewal.id

    @property
    def plan(self) -> str:
        return self.choice.plan_name

    @property
    def owner(self) -> Person | Mapping[str, str]:
        """Who looks after this customer."""
        return self.renewal.owner or self.renewal.account.owner or NOBODY

    @property
    def owner_name(self) -> str:
        owner = self.renewal.owner or self.renewal.account.owner
        return owner.name if owner else ""

    @property
    def renews_on(self) -> date:
        return self.renewal.renews_on

    @property
    def decide_by(self) -> date:
        return self.renewal.decide_by

    @property
    def seats(self) -> int:
        return self.choice.scope.plan_line.quantity

    @property
    def used(self) -> int | None:
        return self.choice.facts.seats_used

    @cached_property
    def payment(self) -> Payment | None:
        return Payment.latest_of(self.renewal)

    @property
    def standing(self) -> str:
        """What the page is about: soon, open, paying, renewed, leaving or past."""
        if self.renewal.state is RenewalState.WON:
            return "renewed"
        if self.payment is not None and self.payment.is_open:
            return "paying"
        if self.renewal.is_declined:
            return "leaving"
        if self.choice.is_offered:
            return "open"
        return "soon" if self.renewal.days_left(self.today) > 0 else "past"

    @property
    def options_on(self) -> date:
        return self.renews_on - timedelta(days=self.choice.timeline["offered_from_days"])

    @property
    def terms(self) -> Terms:
        policy = self.choice.policies[PolicyKind.TERMS]
        return Terms(policy.number, policy.begins_on, "/terms")

    @cached_property
    def steps(self) -> list[Step]:
        """The shared timeline. Source: `timeline` policy; framework, "Kongsi Timeline"."""
        plan = self.choice.timeline["customer_steps"][self.choice.segment.value]
        days = sorted(((self._day(step), step) for step in plan), key=lambda pair: pair[0])
        reached = [day for day, _ in days if day <= self.today]
        now = max(reached, default=None)
        return [
            Step(
                step["key"], day, self._state(day, now), bool(step.get("yours")) and self.standing == "open"
            )
            for day, step in days
        ]

    def _day(self, step: dict[str, Any]) -> date:
        return self.decide_by if step["key"] == "decide_by" else self.renews_on - timedelta(days=step["days"])

    def _state(self, day: date, now: date | None) -> str:
        if self.standing == "renewed" or day < (now or day):
            return "done" if day <= self.today else "next"
        return "now" if day == now else "next"

    @cached_property
    def names(self) -> dict[str, str]:
        """What each product of the options is called."""
        lines = (line for option in self.choice.options for line in option.lines)
        return {line.product: self.choice.name_of(line.product) for line in lines} | {
            line.product: self.choice.name_of(line.product) for line in self.choice.scope.lines
        }

    def card_for(self, visit: Visit) -> Card | None:
        """The card on file, for whoever proved by a code who they are; one that has run out is none."""
        card = self.renewal.account.card_on_file
        return card if card and card.lives_on(self.today) and visit.level is Level.CODE else None

    def chosen(self) -> str:
        """The content marked at first: what was accepted before, else what is recommended."""
        options = self.choice.options
        standing = Acceptance.standing(self.renewal) if self.payment else None
        hashes = {option.content_hash for option in options}
        if standing and standing.content_hash in hashes:
            return standing.content_hash
        return options[options.recommended.value].content_hash


NOBODY: Mapping[str, str] = {"name": "", "first_name": ""}


def may(person: Person) -> dict[str, bool]:
    """What the page offers this person."""
    return {"renew": person.may(Permission.RENEW), "decline": person.may(Permission.DECLINE)}


def payers(session: Session, person: Person) -> list[str]:
    """Who at the company can renew, for those who can not."""
    if person.may(Permission.RENEW):
        return []
    colleagues = session.scalars(Person.colleagues_of(person))
    return [colleague.name for colleague in colleagues if colleague.may(Permission.RENEW)]


def state_of(payment: Payment, renewal: Renewal) -> str:
    """A payment's state in the page's words; it is done when the renewal is."""
    match payment.state:
        case PaymentState.SUCCEEDED:
            return "succeeded" if renewal.state is RenewalState.WON else "confirming"
        case PaymentState.REQUIRES_ACTION:
            return "leaving" if payment.kind.value == "checkout" else "authenticate"
        case PaymentState.DECLINED | PaymentState.CANCELLED:
            return "declined"
        case _:
            return "confirming"
