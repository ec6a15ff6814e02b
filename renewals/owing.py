"""Owing: whose money was due and has not come, and what is owed later than the click that renewed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import Session

from renewals.acceptance import Acceptance, AcceptanceState
from renewals.addition import Addition
from renewals.base import session_of
from renewals.clauses.termination import Termination
from renewals.clauses.true_up import TrueUp
from renewals.errors import NotNow
from renewals.instalment import Instalment
from renewals.payment import Payment, PaymentState
from renewals.renewal import Renewal, RenewalState


def _paid() -> ColumnElement[bool]:
    return exists().where(Payment.instalment_id == Instalment.id, Payment.state == PaymentState.SUCCEEDED)


def overdue(accounts: Collection[UUID], on: date) -> Select[UUID, UUID]:
    """Companies, each with a renewal for which something was due before a day and was not paid.

    Whoever asks about one renewal leaves out its own: what is still to be paid for it is no debt to it.
    """
    return (
        select(Instalment.account_id, Instalment.renewal_id)
        .join(Acceptance, Acceptance.id == Instalment.acceptance_id)
        .where(
            Instalment.account_id.in_(accounts), Instalment.due_on < on,
            Acceptance.state == AcceptanceState.STANDING, Instalment.amount_minor > 0, ~_paid(),
            ~Instalment.released(),
        )
    )


def owed_later(session: Session, account_id: UUID) -> Sequence[Instalment]:
    """What a company has still to pay under terms that run, the earliest first."""
    return session.scalars(
        select(Instalment)
        .join(Renewal, Renewal.id == Instalment.renewal_id)
        .join(Acceptance, Acceptance.id == Instalment.acceptance_id)
        .where(
            Instalment.account_id == account_id, Instalment.number > 1, Renewal.state == RenewalState.WON,
            Acceptance.state == AcceptanceState.STANDING, Instalment.amount_minor > 0, ~_paid(),
            ~Instalment.released(),
        )
        .order_by(Instalment.due_on, Instalment.id)
    ).all()


def must_be_owed_later(instalment: Instalment) -> None:
    """Raises: NotNow once it is paid or released, and for what only the renewal's own page asks for."""
    if instalment.id not in {one.id for one in owed_later(session_of(instalment), instalment.account_id)}:
        raise NotNow("There is nothing to pay here any more.")


class OwedFor(StrEnum):
    """What a later instalment is for."""

    PART = "part"
    TRUE_UP = "true_up"
    ADDED = "added"
    ENDING = "ending"


@dataclass(frozen=True, slots=True)
class Reason:
    """Units: `ends_on` is the first day after."""

    what: OwedFor
    starts_on: date
    ends_on: date


def reason_of(instalment: Instalment) -> Reason:
    """The next part of the term, what was added or counted, or what leaving early came to."""
    session, offer = session_of(instalment), instalment.acceptance.offer
    if ended := session.scalars(select(Termination).where(Termination.instalment_id == instalment.id)).first():
        return Reason(OwedFor.ENDING, offer.starts_on, ended.leaves_on)
    if counted := session.scalars(select(TrueUp).where(TrueUp.instalment_id == instalment.id)).first():
        return Reason(OwedFor.TRUE_UP, counted.on_day, offer.ends_on)
    if instalment.addition_id:
        return _added(session.get_one(Addition, instalment.addition_id), instalment)
    starts_on, ends_on = [*offer.asked_on, offer.ends_on][instalment.number - 1 : instalment.number + 1]
    return Reason(OwedFor.PART, starts_on, ends_on)


def _added(made: Addition, instalment: Instalment) -> Reason:
    """The days that this one of its invoices asks for; all of them where it is paid in advance."""
    asked, stretches = [one.id for one in made.instalments], made.priced.stretches
    if len(asked) < len(stretches):
        return Reason(OwedFor.ADDED, made.on_day, stretches[-1].ends)
    stretch = stretches[asked.index(instalment.id)]
    return Reason(OwedFor.ADDED, stretch.begins, stretch.ends)
