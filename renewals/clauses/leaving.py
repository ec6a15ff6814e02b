"""Leaving: how an off-ramp is taken: the term ends after the notice, with the money that was agreed for that."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from pricing.clause import Clause, ClauseKind, LeavingEvent
from pricing.money import Money
from pricing.trace import Pen, Step
from renewals import loss
from renewals.activity import Activity, ActivityKind
from renewals.addition import Addition
from renewals.base import new_key, session_of
from renewals.clauses.early_exit import EarlyExit
from renewals.clauses.signed import Signed
from renewals.clauses.termination import Termination
from renewals.clauses.true_up import TrueUp, count_until
from renewals.errors import Malformed, NotNow
from renewals.event import Event, EventName
from renewals.instalment import Instalment
from renewals.permission import Permission
from renewals.person import Person
from renewals.renewal import LossReason, Renewal
from renewals.running import must_be_written

LOST_BY = {LeavingEvent.ACQUISITION: LossReason.ACQUIRED, LeavingEvent.BUSINESS_CHANGE: LossReason.CHANGED}


def event_of(word: str) -> LeavingEvent:
    """Raises: Malformed."""
    if word not in set(LeavingEvent):
        raise Malformed("Choose what happened.", "event")
    return LeavingEvent(word)


def leave(
    renewal: Renewal, event: LeavingEvent, told_on: date, evidence: str, *, by: Person, at: datetime
) -> Termination | EarlyExit:
    """End the running term by its off-ramp. The renewal that was to follow it must be locked, and is lost with it.
    Where money is returned, or the notice is dated back, somebody else agrees first, and nothing is ended until then.

    Units: `told_on` is the day on which the notice reached us, where the customer is.
    Raises: NotYours, NotNow, Malformed. Source: Playbook S, "Bina Dalam Fleksibiliti"; mission E4; that two people
    return money is ours.
    """
    signed, clause = _ready(renewal, event, told_on, by=by, at=at)
    must_be_written(evidence, "evidence")
    amount = _settlement(signed, clause, told_on).amount
    if amount.minor < 0 or told_on < renewal.account.today(at):
        return _ask_another(signed, event, told_on, amount, evidence, by=by, at=at)
    return _leave(signed, clause, event, told_on, evidence, by=by, at=at)


def decide(asked: EarlyExit, agreed: bool, *, by: Person, at: datetime) -> None:
    """Another's yes or no. Raises: as `agree`."""
    if agreed:
        agree(asked, by=by, at=at)
    else:
        asked.refuse(by=by, at=at)


def agree(asked: EarlyExit, *, by: Person, at: datetime) -> Termination:
    """Another's yes ends the term, as it was asked for. The renewal must be locked.

    Raises: NotYours, NotNow, Malformed.
    """
    session, asker = session_of(asked), session_of(asked).get_one(Person, asked.by_id)
    signed, clause = _ready(
        Renewal.find(session, asked.renewal_id), asked.event, asked.told_on, by=asker, at=at
    )
    if _settlement(signed, clause, asked.told_on).amount < asked.amount:
        raise NotNow("More would be returned than was asked for; ask again with the sum as it is now.")
    asked.agree(by=by, at=at)
    return _leave(signed, clause, asked.event, asked.told_on, asked.evidence, by=asker, at=at)


def _ready(
    renewal: Renewal, event: LeavingEvent, told_on: date, *, by: Person, at: datetime
) -> tuple[Signed, Clause]:
    """Every refusal, before anything is written. Raises: NotYours, NotNow, Malformed."""
    by.must(Permission.RUN_RENEWALS)
    renewal.must_be_open()
    signed = Signed.of(renewal)
    clause = signed.clause(ClauseKind.OFF_RAMP)
    _must_be_agreed(clause, event)
    _must_be_told(signed, told_on, renewal.account.today(at))
    _must_leave_after_the_last(signed, clause.off_ramp.leaves_on(signed.term.running, told_on))
    signed.must_not_be_paying()
    return signed, clause


def _ask_another(
    signed: Signed, event: LeavingEvent, told_on: date, amount: Money, evidence: str, *, by: Person, at: datetime
) -> EarlyExit:
    """Raises: NotNow while one waits."""
    renewal = signed.renewal
    if EarlyExit.asked_of(renewal):
        raise NotNow("Somebody asked for this already, and another has still to agree.")
    words = renewal.write_down(ActivityKind.NOTE, evidence, on=renewal.account.today(at))
    asked = EarlyExit(
        id=new_key(), account_id=renewal.account_id, term_id=signed.term.id, renewal_id=renewal.id,
        activity_id=words.id, event=event, told_on=told_on, amount_minor=amount.minor, currency=amount.currency,
        by_id=by.id, at=at,
    )
    session_of(renewal).add(asked)
    session_of(renewal).flush()  # a second one is refused here, by the database
    Event.record(
        session_of(renewal), EventName.EXIT_ASKED, asked, by=by, at=at, told_on=told_on.isoformat(),
        amount=amount.minor, currency=amount.currency, activity=str(words.id),
    )
    return asked


def _leave(
    signed: Signed, clause: Clause, event: LeavingEvent, told_on: date, evidence: str, *, by: Person, at: datetime
) -> Termination:
    renewal = signed.renewal
    # seats that were in use on an anniversary before they leave are paid for until then
    count_until(signed, clause.off_ramp.leaves_on(signed.term.running, told_on), at=at)
    words = loss.lose(renewal, LOST_BY[event], evidence, by=by, at=at)
    assert words
    return _end(signed, clause, event, told_on, words, by=by, at=at)


def preview(renewal: Renewal, told_on: date) -> Step:
    """What would be owed or returned. Raises: NotNow for a term without an off-ramp."""
    signed = Signed.of(renewal)
    return _settlement(signed, signed.clause(ClauseKind.OFF_RAMP), told_on)


def _end(
    signed: Signed, clause: Clause, event: LeavingEvent, told_on: date, words: Activity, *, by: Person, at: datetime
) -> Termination:
    session, term, step = session_of(signed.term), signed.term, _settlement(signed, clause, told_on)
    leaves_on = clause.off_ramp.leaves_on(term.running, told_on)
    made = Termination(
        id=new_key(), account_id=term.account_id, term_id=term.id, renewal_id=signed.renewal.id,
        acceptance_id=signed.acceptance.id, activity_id=words.id, event=event, told_on=told_on, leaves_on=leaves_on,
        trace=step.json, amount_minor=step.amount.minor, currency=term.currency, by_id=by.id, at=at,
    )
    made.instalment_id = _ask(signed, step.amount, leaves_on, signed.renewal.account.today(at))
    session.add(made)
    _shorten(signed, leaves_on)
    session.flush()  # a second one for the term is refused here, by the database
    Event.record(
        session, EventName.TERM_LEFT, made, by=by, at=at, event=event.value, told_on=told_on.isoformat(),
        leaves_on=leaves_on.isoformat(), amount=made.amount_minor, currency=made.currency, activity=str(words.id),
    )
    return made


def _settlement(signed: Signed, clause: Clause, told_on: date) -> Step:
    term, pen = signed.term, Pen(signed.term.currency, clause.policy)
    session = session_of(term)
    years = with_true_ups(signed, TrueUp.of_term(session, term.id))
    added = [stretch for one in Addition.of_term(session, term.id) for stretch in one.priced.stretches]
    return clause.off_ramp.step(pen, years, signed.paid, term.running, told_on, added)


def with_true_ups(signed: Signed, made: Sequence[TrueUp]) -> list[Money]:
    """What each contract year costs, with the seats that were added since it was signed."""
    years = list(signed.offer.years)
    for true_up in made:
        first = signed.term.running.year_of(true_up.on_day)
        for line in true_up.step.parts if true_up.step else ():
            for number, part in enumerate(line.parts):
                years[min(first + number, len(years) - 1)] += part.amount  # what a coin took off comes last
    return years


def _ask(signed: Signed, amount: Money, leaves_on: date, today: date) -> UUID | None:
    """What is owed is due when they leave, and not before they had the usual days to pay."""
    if amount.minor <= 0:
        return None
    due_on = max(leaves_on, today + timedelta(days=signed.term.net_days))
    instalment = Instalment.beside(signed.acceptance, amount, due_on)
    session_of(signed.term).flush()  # the termination refers to it
    return instalment.id


def _shorten(signed: Signed, leaves_on: date) -> None:
    """The term and all in it end that day, and nobody counts seats for it any more."""
    signed.term.ends_on, signed.term.next_true_up_on = leaves_on, None
    signed.renewal.renews_on = leaves_on
    for line in signed.term.lines:
        line.ends_on = leaves_on


def _must_be_agreed(clause: Clause, event: LeavingEvent) -> None:
    """Raises: Malformed."""
    if event not in clause.events:
        raise Malformed("Their contract names no such event.", "event")


def _must_be_told(signed: Signed, told_on: date, today: date) -> None:
    """Raises: Malformed, NotNow for a term that is over."""
    if told_on > today:
        raise Malformed("That day has not come yet.", "told_on")
    if told_on >= signed.term.ends_on:
        raise NotNow("The term has ended; there is nothing left to leave.")
    if told_on < signed.term.starts_on:
        raise Malformed("This term began only after that day.", "told_on")


def _must_leave_after_the_last(signed: Signed, leaves_on: date) -> None:
    """Raises: Malformed where a line began on that day or later."""
    if leaves_on <= max(line.starts_on for line in signed.term.lines):
        raise Malformed("They would have left by then, but something was added on a later day.", "told_on")
