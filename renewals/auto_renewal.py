"""AutoRenewal: a term that renews by itself: the one predicate that lets a card be charged, and what it then does."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from pricing.money import Money
from pricing.option import Option
from renewals import mandate
from renewals.acceptance import Acceptance
from renewals.accepting import accept_by_mandate
from renewals.account import Card, Consent
from renewals.base import session_of
from renewals.choice import Choice
from renewals.event import Event, EventName
from renewals.instalment import Instalment
from renewals.notice import Notice
from renewals.owing import overdue
from renewals.payment import OPEN, Payment, PaymentKind
from renewals.plan.action import Action, ActionState
from renewals.plan.milestone import Milestone, MilestoneState
from renewals.plan.rule import ActionKind, rules
from renewals.plan.touch import Touch
from renewals.policy import Policy, PolicyKind
from renewals.renewal import Renewal
from renewals.routing.decision import against_auto
from renewals.routing.kind import Part
from renewals.routing.routing import Routing


@dataclass(frozen=True, slots=True)
class Case:
    """One renewal on one day of its customer, with everything that the predicate asks.

    `by_hand` says why people run it; nothing when it runs by itself.
    Units: `days` on which the `plan` policy tries the card, the renewal date and those after it.
    """

    renewal: Renewal
    on: date
    good: Option
    consent: Consent | None
    card: Card | None
    notice: Notice | None
    accepted: Acceptance | None
    payments: Sequence[Payment]
    owes: bool
    by_hand: str
    grace_days: int
    days: int

    @classmethod
    def of(cls, renewal: Renewal, *, at: datetime) -> "Case":
        session, on = session_of(renewal), renewal.account.today(at)
        choice, payments = Choice.of(session, renewal, on), Payment.of_renewal(session, renewal.id)
        return cls(
            renewal=renewal, on=on, good=choice.options.good,
            consent=mandate.standing(session, renewal.subscription_id), card=renewal.account.card_on_file,
            notice=Notice.of(renewal), accepted=_chosen(renewal, payments), payments=payments,
            owes=_owes(session, renewal, on), by_hand=_by_hand(Routing.of(session, renewal.id)),
            grace_days=choice.timeline["grace_days"], days=1 + len(_retried(choice.policies)),
        )

    @property
    def tries(self) -> list[Payment]:
        """What was charged by itself before, newest first."""
        return [payment for payment in self.payments if payment.kind is PaymentKind.OFF_SESSION]


def _by_hand(routing: Routing | None) -> str:
    """What nobody has looked at yet does not run by itself."""
    if routing is None:
        return "Nobody has looked at how it is run yet."
    if routing.touch is Touch.AUTO:
        return ""
    if routing.decided_values.get(Part.TOUCH, Touch.AUTO) != Touch.AUTO:
        return "Somebody decided that people run it."
    return against_auto(routing.known) or f"{routing.reasons[Part.TOUCH]['says']}."


@dataclass(frozen=True, slots=True)
class Conjunct:
    """One thing that must be so, with the sentence that says that it is not; without one the case has it."""

    name: str
    sentence: str
    holds: Callable[[Case], bool]

    def said(self, case: Case) -> str:
        return self.sentence or case.by_hand


def may_charge(case: Case) -> list[Conjunct]:
    """What keeps the card from being charged; nothing when it may be.

    Source: `design.md`'s nouns, Notice; the laws named in the `notice` policy; the rest is ours.
    """
    return [conjunct for conjunct in CONJUNCTS if not conjunct.holds(case)]


def _is_noticed(case: Case) -> bool:
    """With proof, on one of its days, for the last day to decline as it stands."""
    notice = case.notice
    return (
        notice is not None and notice.is_served and notice.served_on is not None
        and notice.deadline == case.renewal.decide_by
        and notice.window_from <= notice.served_on <= notice.window_to
    )


def _is_named_price(case: Case) -> bool:
    return case.notice is not None and case.notice.names(case.good)


def _is_ours(accepted: Acceptance | None) -> bool:
    return accepted is None or accepted.evidence.get("known_by") == "mandate"


OUT_OF_TRIES = "The card was tried as often as it may be."
CONJUNCTS = (
    Conjunct("open", "The renewal is closed.", lambda case: case.renewal.is_open),
    Conjunct("clause", "The contract does not renew by itself.", lambda case: case.renewal.term.auto_renew),
    Conjunct(
        "due", "It is not the renewal date yet, or the days of grace after it have gone by.",
        lambda case: -case.grace_days <= case.renewal.days_left(case.on) <= 0,
    ),
    Conjunct("stays", "They told us that they will not renew.", lambda case: not case.renewal.is_declined),
    Conjunct(
        "mandate", "There is no record that they agreed to be charged by themselves.",
        lambda case: case.consent is not None,
    ),
    Conjunct(
        "card", "There is no card on file that is good today.",
        lambda case: case.card is not None and case.card.lives_on(case.on)
        and case.renewal.account.stripe_customer is not None,
    ),
    Conjunct("notice", "The notice was not served, with proof, inside its days.", _is_noticed),
    Conjunct("price", "The price is not the one that the notice named.", _is_named_price),
    Conjunct("approved", "The price needs an approval that it has not.", lambda case: case.good.standing),
    Conjunct(
        "standing", "Money is under way, in doubt or owed.",
        lambda case: not case.owes and not any(payment.is_live for payment in case.payments),
    ),
    Conjunct("choice", "They have chosen an option themselves.", lambda case: _is_ours(case.accepted)),
    Conjunct("touch", "", lambda case: not case.by_hand),
    Conjunct("tries", OUT_OF_TRIES, lambda case: len(case.tries) < case.days),
)
"""Every one of them is needed; a test takes each away."""


@dataclass(frozen=True, slots=True)
class Charge:
    """What is taken by itself on a day when nobody says anything before. Units: `amount` before tax."""

    on: date
    amount: Money
    card: Card


def foreseen(choice: Choice) -> Charge | None:
    """What a customer is told beforehand: everything that can be known before the date speaks for it.

    It asks nothing that a customer's transaction may not read.
    """
    renewal, card = choice.renewal, choice.renewal.account.card_on_file
    if not (renewal.term.auto_renew and renewal.is_open and renewal.days_left(choice.on) >= 0):
        return None
    if renewal.is_declined or card is None or not renewal.has_card_until_then:
        return None
    session = session_of(renewal)
    if not _is_ours(Acceptance.standing(renewal)) or mandate.standing(session, renewal.subscription_id) is None:
        return None
    if _touch_told(session, renewal) is not Touch.AUTO:
        return None
    notice = Notice.of(renewal)
    price = notice.price if notice and notice.deadline == renewal.decide_by else choice.options.good.due_now
    return Charge(renewal.renews_on, price, card)


def _touch_told(session: Session, renewal: Renewal) -> Touch:
    """As the events tell it; the routing itself is nothing that a customer reads."""
    names = (EventName.RENEWAL_ROUTED, EventName.ROUTING_DECIDED)
    told = select(Event.details).where(Event.subject_id == renewal.id, Event.name.in_(names))
    for said in session.scalars(told.order_by(Event.seq.desc())):
        if touch := said.get("touch") or (said["to"] if said.get("part") == Part.TOUCH else None):
            return Touch(touch)
    return Touch.ASSISTED


def fall_due(renewal: Renewal, *, at: datetime, step: str) -> Event:
    """The date of a renewal that renews by itself has come, or one of the days on which it is tried again."""
    return Event.record(session_of(renewal), EventName.RENEWAL_FELL_DUE, renewal, by=None, at=at, step=step)


def hold_back(case: Case, failed: Sequence[Conjunct], *, at: datetime) -> Event:
    """Nothing is charged: what kept it back is written down, and whoever looks after it is told."""
    return Event.record(
        session_of(case.renewal), EventName.RENEWAL_HELD_BACK, case.renewal, by=None, at=at,
        conjuncts=[conjunct.name for conjunct in failed], because=[conjunct.said(case) for conjunct in failed],
    )


def begin(case: Case, *, at: datetime) -> Payment:
    """The policy's own yes to what the notice named, and an attempt to charge the card; the predicate must hold.

    The renewal must be locked. The caller freezes the request before anybody is called.
    """
    assert case.consent and case.notice and case.card
    evidence: dict[str, Any] = {
        "known_by": "mandate", "consent": str(case.consent.id), "notice": str(case.notice.id), "ip": case.consent.ip,
        "user_agent": case.consent.user_agent,
    }
    acceptance = accept_by_mandate(case.renewal, case.good, evidence, person_id=case.consent.person_id, at=at)
    return Payment.begin(
        Instalment.first(acceptance), PaymentKind.OFF_SESSION, by=None, at=at, card=case.card,
        customer=case.renewal.account.stripe_customer,
    )


def is_last_try(session: Session, renewal: Renewal, policies: Mapping[PolicyKind, Policy]) -> bool:
    """Whether no other follows by itself: no day of another try is planned within the days of grace."""
    done = select(Action.id).where(
        Action.milestone_id == Milestone.id, Action.kind == ActionKind.RETRY, Action.outcome != ActionState.DUE
    )
    coming = select(Milestone.id).where(
        Milestone.renewal_id == renewal.id, Milestone.state == MilestoneState.PLANNED,
        Milestone.key.in_(_retried(policies)), Milestone.days >= -policies[PolicyKind.TIMELINE].content["grace_days"],
        ~done.exists(),
    )
    return session.scalar(coming.limit(1)) is None


def _retried(policies: Mapping[PolicyKind, Policy]) -> set[str]:
    """The milestones on which a card is tried again."""
    known = rules(policies[PolicyKind.PLAN].content)
    return {key for rule in known if rule.kind is ActionKind.RETRY for key in rule.keys}


def _chosen(renewal: Renewal, payments: Sequence[Payment]) -> Acceptance | None:
    """The yes that holds; one that was only tried in vain, given up or refused, decides nothing any more."""
    yes = Acceptance.standing(renewal)
    tried = [payment for payment in payments if yes and payment.instalment.acceptance_id == yes.id]
    return None if tried and not any(payment.is_live for payment in tried) else yes


def _owes(session: Session, renewal: Renewal, on: date) -> bool:
    """Whether any money of this company is in doubt, or was due for another renewal and has not come."""
    doubted = select(Payment.id).where(
        Payment.account_id == renewal.account_id, Payment.quarantined | _is_stranded(renewal.account_id)
    )
    late = overdue([renewal.account_id], on).where(Instalment.renewal_id != renewal.id)
    return session.scalar(doubted.limit(1)) is not None or session.execute(late.limit(1)).first() is not None


def _is_stranded(account_id: UUID) -> Any:
    """A person was asked to look, and nothing is known yet."""
    told = select(Event.subject_id).where(
        Event.account_id == account_id, Event.name == EventName.PAYMENT_STRANDED
    )
    return Payment.id.in_(told) & Payment.state.in_(OPEN)
