"""Record: what a program does with one renewal, by the verbs that the staff's own page calls."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import msgspec

from app.api.body import Body, read
from app.api.door import Call, Door, Told
from app.api.once import once
from app.api.told import ToldRenewal
from pricing.clause import LeavingEvent
from pricing.deal import DealError
from pricing.money import Money, NotAnAmount
from renewals import loss, running
from renewals.activity import ActivityKind
from renewals.clauses import leaving
from renewals.clauses.early_exit import EarlyExit
from renewals.clauses.renegotiation import renegotiate
from renewals.errors import Malformed
from renewals.permission import Permission
from renewals.pipeline import Rules
from renewals.plan.doubt import doubts_about
from renewals.renewal import LossReason, Renewal, RenewalState

PATH = "/api/v1/renewals/{renewal_id:str}"


class NewStage(msgspec.Struct, forbid_unknown_fields=True):
    """Agreed, contracting and won follow from what the customer does; lost has an address of its own."""

    stage: RenewalState


class NewTarget(msgspec.Struct, forbid_unknown_fields=True):
    """What a year will be worth: plain decimal text in the renewal's currency; null is today's value again."""

    target: str | None


class NewOwner(msgspec.Struct, forbid_unknown_fields=True):
    """The mail address of somebody of the staff who can look after renewals."""

    owner: str


class NewActivity(msgspec.Struct, forbid_unknown_fields=True):
    """A call, meeting, mail or note. `person` is the mail address of one of the customer's people, or null."""

    kind: ActivityKind
    on: date
    words: str
    person: str | None = None


class NewLoss(msgspec.Struct, forbid_unknown_fields=True):
    """`words` say more; they are needed for the reason `other`."""

    reason: LossReason
    words: str = ""


class NewTermination(msgspec.Struct, forbid_unknown_fields=True):
    """They leave by the off-ramp of their contract. Where money is returned, or `told_on` lies back, nothing ends until
    somebody else decides.
    """

    event: LeavingEvent
    told_on: date
    evidence: str


class NewDecision(msgspec.Struct, forbid_unknown_fields=True):
    """Another's yes or no to the early exit that waits."""

    agreed: bool


class NewRenegotiation(msgspec.Struct, forbid_unknown_fields=True):
    """What changes in the product. A quote is drafted as the contract was signed."""

    change: str


BODIES = (NewStage, NewTarget, NewOwner, NewActivity, NewLoss, NewTermination, NewDecision, NewRenegotiation)
Act = Callable[[Call, Renewal, Body], object]


def _move(call: Call, renewal: Renewal, said: NewStage) -> None:
    running.move(renewal, said.stage, by=call.person, at=call.now.business)


def _aim(call: Call, renewal: Renewal, said: NewTarget) -> None:
    target = None if said.target is None else _money(said.target, renewal.value.currency)
    running.aim(renewal, target, by=call.person, at=call.now.business)


def _money(text: str, currency: str) -> Money:
    """Raises: Malformed."""
    try:
        return Money.parse(text, currency)
    except NotAnAmount as no:
        raise Malformed(str(no), "target") from None


def _hand_over(call: Call, renewal: Renewal, said: NewOwner) -> None:
    owner = call.colleague(said.owner, "owner")
    running.hand_over(renewal, owner, by=call.person, at=call.now.business)


def _note(call: Call, renewal: Renewal, said: NewActivity) -> None:
    people = {person.email: person for person in running.people_of(renewal)}
    if said.person is not None and said.person.lower() not in people:
        raise Malformed(f"None of their people has the mail address {said.person}.", "person")
    person = people[said.person.lower()] if said.person else None
    running.note(renewal, said.kind, said.words, on=said.on, person=person, by=call.person, at=call.now.business)


def _lose(call: Call, renewal: Renewal, said: NewLoss) -> None:
    loss.lose(renewal, said.reason, said.words, by=call.person, at=call.now.business)


def _leave(call: Call, renewal: Renewal, said: NewTermination) -> None:
    leaving.leave(renewal, said.event, said.told_on, said.evidence, by=call.person, at=call.now.business)


def _decide(call: Call, renewal: Renewal, said: NewDecision) -> None:
    leaving.decide(EarlyExit.must_wait(renewal), said.agreed, by=call.person, at=call.now.business)


def _renegotiate(call: Call, renewal: Renewal, said: NewRenegotiation) -> None:
    """Raises: Malformed for what can not be quoted as it was signed."""
    try:
        renegotiate(renewal, said.change, by=call.person, at=call.now.business)
    except DealError as no:
        raise Malformed(str(no), "change") from no


def _door(noun: str, permission: Permission, shape: type[Body], act: Act[Body], about: Mapping[str, Any]) -> Door:
    """One deed: it is told how the renewal stands afterwards."""

    def work(call: Call) -> Told:
        call.only()
        return once(call, lambda call: _done(call, read(call.asked.body, shape), act))

    said = {"answer": ToldRenewal, "body": shape.__name__, **about}
    return Door("POST", f"{PATH}/{noun}", work, permission, said)


def _done(call: Call, said: Body, act: Act[Body]) -> Told:
    renewal = Renewal.find_for(call.person, call.session, call.key("renewal_id"), lock=True)
    act(call, renewal, said)
    call.session.flush()  # the database has its say before the answer is written
    call.session.expire(renewal, ["owner"])
    doubts = doubts_about(call.session, [renewal.id], call.today)[renewal.id]
    return Told.of(ToldRenewal.of(renewal, Rules.in_force(call.session, call.today), call.today, doubts))


DOORS = (
    _door(
        "stage", Permission.RUN_RENEWALS, NewStage, _move,
        {"operationId": "moveRenewal", "summary": "Move it to another stage"},
    ),
    _door(
        "target", Permission.RUN_RENEWALS, NewTarget, _aim,
        {"operationId": "aimRenewal", "summary": "Set what a year will be worth, or take that back"},
    ),
    _door(
        "owner", Permission.ASSIGN_OWNERS, NewOwner, _hand_over,
        {"operationId": "handOverRenewal", "summary": "Give it to somebody else of the staff"},
    ),
    _door(
        "activity", Permission.NOTE_ACTIVITY, NewActivity, _note,
        {"operationId": "noteActivity", "summary": "Note a call, a meeting, a mail; the customer never reads it"},
    ),
    _door(
        "loss", Permission.RUN_RENEWALS, NewLoss, _lose,
        {"operationId": "loseRenewal", "summary": "Close it as lost, for good"},
    ),
    _door(
        "termination", Permission.RUN_RENEWALS, NewTermination, _leave,
        {"operationId": "leaveTerm", "summary": "End the running term by its off-ramp, or ask another to agree to it"},
    ),
    _door(
        "termination/decision", Permission.AGREE_EXITS, NewDecision, _decide,
        {"operationId": "decideExit", "summary": "Agree to an early exit that somebody else asked for, or refuse it"},
    ),
    _door(
        "renegotiation", Permission.QUOTE, NewRenegotiation, _renegotiate,
        {"operationId": "renegotiate", "summary": "Open a negotiation of the next term, as the contract allows"},
    ),
)
