"""Clauses: both sides hear what a clause of their contract did; finance too where money is owed or returned."""

from typing import Any
from uuid import UUID

from app.chores.message import payers, plan
from app.work import Work
from renewals.clauses.renegotiation import Renegotiation
from renewals.clauses.signed import Signed
from renewals.clauses.termination import Termination
from renewals.clauses.true_up import TrueUp
from renewals.message import MessageKind
from renewals.person import Person, Role
from renewals.plan.readers import staff_with
from renewals.renewal import Renewal


def tell_trued_up(work: Work, subject: UUID) -> None:
    _tell(work, MessageKind.TRUE_UP, TrueUp.find(work.session, subject))


def tell_left(work: Work, subject: UUID) -> None:
    """Money that is owed or returned is finance's to see to."""
    _tell(work, MessageKind.TERM_LEFT, Termination.find(work.session, subject), staff_with(work.session, Role.FINANCE))


def tell_renegotiation(work: Work, subject: UUID) -> None:
    _tell(work, MessageKind.RENEGOTIATION, Renegotiation.find(work.session, subject))


def _tell(
    work: Work, kind: MessageKind, made: TrueUp | Termination | Renegotiation, others: list[Person] | None = None
) -> None:
    """Whoever agreed to pay, whoever looks after them, and these; each once."""
    renewal = Renewal.find(work.session, made.renewal_id)
    owner, yes = renewal.looked_after_by, Signed.of(renewal).acceptance
    told: dict[UUID, Any] = {one.id: one for one in (*payers(work, yes, renewal), owner, *(others or ())) if one}
    for person in told.values():
        plan(work, kind, person, renewal, purpose=f"{kind.value}:{made.id}:{person.id}", made=str(made.id))
