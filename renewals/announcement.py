"""Announcement: the mail with the one click, to whoever at a small customer can press it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, String, cast, func, literal, select
from sqlalchemy.orm import Session

from renewals.account import Account
from renewals.message import Message, MessageKind
from renewals.payment import LIVE, Payment
from renewals.person import Person, Role
from renewals.pipeline import Pipeline
from renewals.policy import Policy, PolicyKind
from renewals.renewal import CLOSED, Renewal
from renewals.segment import Segment
from renewals.subscription import Term

A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Rule:
    """Which renewals are written about under one purpose.

    Units: `first` and `final` are days left, both written about; `final` is the smaller.
    """

    purpose: str
    first: int
    final: int

    @property
    def is_last(self) -> bool:
        return self.purpose == "last"


def rules(timeline: dict[str, Any]) -> list[Rule]:
    """As the timeline in force sets its `options` and its `last_reminder`, where it has one.

    Who was not written to in time hears once, by the rule of that day.
    Source: framework, "Proses SMB": T-30 the proposal with one click, T-7 a last reminder.
    """
    days = {step["key"]: step.get("days") for step in timeline["customer_steps"][Segment.SMB.value]}
    options, reminder = days["options"], days.get("last_reminder")
    if reminder is None:
        return [Rule("ready", options, 0)]
    return [Rule("ready", options, reminder + 1), Rule("last", reminder, 0)]


def announce(session: Session, *, at: datetime, machine_at: datetime) -> None:
    """Plan the mails of this day, one statement for each rule; each of them once, however often this runs."""
    timeline = Policy.in_force(session, PolicyKind.TIMELINE, at.date()).content
    for rule in rules(timeline):
        Message.plan_each(session, MessageKind.RENEWAL_READY, _due(session, rule, at), at=at, machine_at=machine_at)


def _due(session: Session, rule: Rule, at: datetime) -> Select[*tuple[Any, ...]]:
    """A message's columns for everybody who can press the button, where nothing is being paid or was declined.

    Units: days in the account's time zone.
    """
    pipeline = Pipeline(session, at.date())
    days_left = Renewal.renews_on - Account.day_at(at)
    paying = select(Payment.id).where(Payment.renewal_id == Renewal.id, Payment.state.in_(LIVE)).exists()
    purpose = func.concat(rule.purpose, ":", cast(Renewal.id, String), ":", cast(Person.id, String))
    return (
        select(
            Renewal.account_id, Renewal.id.label("renewal_id"), Person.id.label("person_id"), Person.email,
            purpose.label("purpose"), func.coalesce(Person.locale, Account.locale).label("locale"),
            literal({"last": rule.is_last}, Message.context.type).label("context"),
        )
        .select_from(Renewal)
        .join(Account, Account.id == Renewal.account_id)
        .join(Term, Term.id == Renewal.term_id)
        .outerjoin(pipeline.year, pipeline.year.c.term_id == Term.id)
        .join(Person, Person.account_id == Renewal.account_id)
        .where(
            Renewal.state.not_in(CLOSED), Renewal.declined_at.is_(None), ~paying,
            Renewal.renews_on.between(at.date() - A_DAY, at.date() + timedelta(days=rule.first) + A_DAY),
            days_left.between(rule.final, rule.first), pipeline.segment == Segment.SMB.value,
            Person.active, Person.roles.overlap([Role.OWNER.value, Role.BUYER.value]),
        )
    )
