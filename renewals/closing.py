"""Closing: how a renewal ends: a no that is kept, or money that arrives and begins the next term, all of it or none."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from pricing.clause import ClauseKind
from pricing.instalments import Billing
from pricing.proration import anniversary
from renewals.acceptance import Acceptance
from renewals.addition import add_waiting
from renewals.base import session_of
from renewals.errors import NotNow, Refused
from renewals.event import Event, EventName
from renewals.offer import Offer
from renewals.paper import Agreement
from renewals.payment import Answer, Payment, PaymentState, Succeeded
from renewals.person import Person
from renewals.renewal import Renewal, RenewalState
from renewals.subscription import Line, Term


def decline(renewal: Renewal, reason: str, *, by: Person, at: datetime) -> None:
    """"Do not renew". The renewal must be locked: once this is acknowledged nothing is charged, so that it
    must wait for a payment that is under way.

    Raises: NotYours, NotNow.
    """
    if Payment.live_of(renewal):
        raise NotNow("A payment for this renewal is under way. Stop it first, or wait until it is settled.")
    renewal.decline(reason, by=by, at=at)


def settle(session: Session, payment: Payment, answer: Answer, *, at: datetime) -> None:
    """Learn what came of an attempt; money that arrived closes the renewal in the same transaction, unless it was
    owed later, under the term that began.

    The payment must be locked. Click, return page, webhook and reconciler all come here.
    """
    if not payment.settle(answer, at=at):
        return
    renewal = Renewal.find(session, payment.renewal_id, lock=True)
    if isinstance(answer, Succeeded):
        _keep_card(renewal, payment, answer, at=at)
    if not payment.renews:
        return
    try:
        with session.begin_nested():
            win(renewal, payment, at=at)
    except Refused as no:  # that money arrived is never forgotten; a person decides what follows
        payment.strand(at=at, why=str(no))
    except IntegrityError as no:
        payment.strand(at=at, why=f"The database refused it: {constraint_of(no)}.")


def constraint_of(no: IntegrityError) -> str:
    """The name of what was broken."""
    return str(getattr(getattr(no.orig, "diag", None), "constraint_name", None) or "a constraint")


def _keep_card(renewal: Renewal, payment: Payment, answer: Succeeded, *, at: datetime) -> None:
    """A new card stays on file only when the customer agreed to it."""
    account = renewal.account
    if answer.customer and account.stripe_customer is None:
        account.stripe_customer = answer.customer
    if payment.keeps_card and answer.card:
        kept = answer.card
        account.put_card_on_file(kept.stripe_id, kept.brand, kept.last4, kept.expires_on, by=None, at=at)


def win(renewal: Renewal, payment: Payment, *, at: datetime) -> Agreement:
    """Paid: the agreement, the next term from the old end date with what was accepted beside it, and the next
    renewal, together.

    Raises: NotNow, naming what is missing.
    """
    acceptance = Acceptance.standing(renewal)
    if acceptance is None:
        raise NotNow("Nobody has accepted an offer for this renewal.")
    if payment.state is not PaymentState.SUCCEEDED:
        raise NotNow("The first instalment is not paid.")
    if renewal.is_declined:
        raise NotNow("They said that they will not renew.")
    if acceptance.id != payment.instalment.acceptance_id:
        raise NotNow("What was paid is not what stands accepted.")
    session = session_of(renewal)
    agreement = Agreement.of(renewal, acceptance, payment, at=at)
    session.add(agreement)
    session.flush()  # the term refers to it
    Event.record(session, EventName.AGREEMENT_MADE, agreement, by=None, at=at, number=agreement.number)
    renewal.advance(RenewalState.CONTRACTING, by=None, at=at)
    term = _next_term(renewal, acceptance.offer, agreement)
    session.add(term)
    session.flush()  # overlapping terms are refused here, by the database
    Event.record(session, EventName.TERM_STARTED, term, by=None, at=at, starts_on=term.starts_on.isoformat())
    renewal.close_as_won(at=at)
    add_waiting(renewal, Renewal.open(session, term, renewal.owner_id, at=at), at=at)
    return agreement


def _next_term(renewal: Renewal, offer: Offer, agreement: Agreement) -> Term:
    """From the old end date, never from today; paid and bound as a quote says, else as before."""
    old, deal = renewal.term, offer.content.get("deal", {})
    term = Term(
        account_id=renewal.account_id, subscription_id=renewal.subscription_id, agreement_id=agreement.id,
        starts_on=old.ends_on, ends_on=offer.ends_on, months=offer.months, currency=offer.currency,
        notice_days=old.notice_days, auto_renew=old.auto_renew, billing=Billing(deal.get("billing", old.billing)),
        net_days=deal.get("net_days", old.net_days), price_rule={"years": offer.content["years"]},
        clauses=_clauses(offer.content) if deal else old.clauses,
    )
    term.next_true_up_on = anniversary(term.running, term.starts_on) if term.clause(ClauseKind.TRUE_UP) else None
    term.lines = [_line(offer, term, position, line) for position, line in enumerate(offer.content["lines"])]
    return term


def _clauses(content: dict[str, Any]) -> dict[str, Any]:
    return {clause["id"]: clause for clause in content.get("clauses", ())}


def _line(offer: Offer, term: Term, position: int, line: dict[str, Any]) -> Line:
    return Line(
        account_id=offer.account_id, position=position, product=line["product"], quantity=line["quantity"],
        unit_minor=line["unit"], amount_minor=line["amount"], currency=offer.currency, starts_on=term.starts_on,
        ends_on=term.ends_on,
    )


def renewal_after(session: Session, renewal: Renewal) -> Renewal:
    """The renewal that replaces the term which a won one began, locked."""
    key = session.scalars(
        select(Renewal.id)
        .join(Agreement, Agreement.renewal_id == renewal.id)
        .join(Term, (Term.agreement_id == Agreement.id) & (Renewal.term_id == Term.id))
    ).one()
    return Renewal.find(session, key, lock=True)


def term_after(session: Session, renewal: Renewal) -> Term | None:
    """The term that a won renewal began."""
    return session.scalars(
        select(Term)
        .join(Agreement, Agreement.id == Term.agreement_id)
        .where(Agreement.renewal_id == renewal.id)
    ).one_or_none()
