"""Closing: how a yes becomes an acceptance, a payment, and then the next term, all of it or none."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from dateutil.relativedelta import relativedelta
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from pricing.money import Money
from pricing.option import Option
from renewals.account import Card
from renewals.base import new_key, session_of
from renewals.errors import NotNow, Refused, Stale
from renewals.event import Event, EventName
from renewals.offer import Acceptance, AcceptanceState, Approval, Offer
from renewals.paper import Agreement
from renewals.payment import Answer, Instalment, Payment, PaymentKind, PaymentState, Succeeded, asked_by
from renewals.permission import Permission
from renewals.person import Person
from renewals.policy import Policy
from renewals.renewal import Renewal, RenewalState
from renewals.subscription import Line, Term


@dataclass(frozen=True, slots=True)
class Yes:
    """What the customer pressed: the exact content they saw, and the words they accepted beside it."""

    content_hash: str
    terms: Policy
    terms_version: int
    evidence: dict[str, Any]


def accept(renewal: Renewal, option: Option, yes: Yes, *, by: Person, at: datetime) -> Acceptance:
    """A yes to one option as it is priced now.

    The renewal must be locked. The same content and words accepted again by the same
    person is the same acceptance.

    Raises: NotYours, NotNow, Stale when price or terms are not those that were shown.
    """
    by.must(Permission.RENEW)
    renewal.must_be_open()
    if renewal.is_declined:
        raise NotNow("You told us that you will not renew. Take that back first, then choose.")
    if option.content_hash != yes.content_hash:
        raise Stale("The price changed since this page was shown. Nothing was charged; please look again.")
    if not option.standing:
        raise NotNow("This offer needs our approval before it can be accepted. Ask us and we will see to it.")
    if yes.terms.number != yes.terms_version:
        raise Stale("The terms changed since this page was shown. Nothing was charged; please read them again.")
    standing = standing_acceptance(renewal)
    if standing and standing.says(option.content_hash, yes.terms.name, by):
        return standing
    if standing:
        standing.lapse(by=by, at=at)
    return _accept(renewal, option, yes, by=by, at=at)


def _accept(renewal: Renewal, option: Option, yes: Yes, *, by: Person, at: datetime) -> Acceptance:
    session = session_of(renewal)
    offer = _offer(renewal, option, at=at)
    session.add(offer)
    session.flush()  # the approval refers to it
    approval = Approval.by_policy(session, offer, option.trace.policy, at=at)
    session.flush()  # the acceptance refers to both
    acceptance = Acceptance(
        account_id=renewal.account_id, renewal_id=renewal.id, offer_id=offer.id, approval_id=approval.id,
        content_hash=offer.content_hash, person_id=by.id, accepted_at=at, terms_version=yes.terms.name,
        terms_hash=yes.terms.content_hash, evidence=yes.evidence,
    )
    session.add(acceptance)
    session.flush()  # instalments and the event refer to it
    session.add_all(_instalments(acceptance, offer))
    session.flush()  # the payment refers to the first
    Event.record(
        session, EventName.OFFER_ACCEPTED, offer, by=by, at=at, content_hash=offer.content_hash, tier=offer.tier,
        terms=yes.terms.name,
    )
    if renewal.can_move(RenewalState.AGREED):
        renewal.advance(RenewalState.AGREED, by=by, at=at)
    return acceptance


def _offer(renewal: Renewal, option: Option, *, at: datetime) -> Offer:
    return Offer(
        id=new_key(), account_id=renewal.account_id, renewal_id=renewal.id, subscription_id=renewal.subscription_id,
        tier=option.tier.value, content=option.content, content_hash=option.content_hash,
        policies=[option.trace.policy], currency=option.due_now.currency, due_minor=option.due_now.minor,
        months=option.months, starts_on=option.starts_on, ends_on=option.ends_on, made_at=at,
    )


def _instalments(acceptance: Acceptance, offer: Offer) -> list[Instalment]:
    """One for each contract year, due when the year begins."""
    return [
        Instalment(
            account_id=acceptance.account_id, renewal_id=acceptance.renewal_id, acceptance_id=acceptance.id,
            number=number, due_on=offer.starts_on + relativedelta(years=number - 1), amount_minor=year.minor,
            currency=year.currency,
        )
        for number, year in enumerate(offer.years, start=1)
    ]


def standing_acceptance(renewal: Renewal) -> Acceptance | None:
    return session_of(renewal).scalars(
        select(Acceptance).where(
            Acceptance.renewal_id == renewal.id, Acceptance.state == AcceptanceState.STANDING
        )
    ).one_or_none()


def live_payment(renewal: Renewal) -> Payment | None:
    """The attempt that stands, if any; while it does no other begins."""
    payments = Payment.of_renewal(session_of(renewal), renewal.id)
    return next((payment for payment in payments if payment.is_live), None)


def latest_payment(session: Session, renewal: Renewal) -> Payment | None:
    """The attempt to speak of: the live one, else the newest."""
    payments = Payment.of_renewal(session, renewal.id)
    return next((p for p in payments if p.is_live), payments[0] if payments else None)


def attempt(
    acceptance: Acceptance, kind: PaymentKind, *, by: Person, at: datetime, card: Card | None = None,
    customer: str | None = None, keeps_card: bool = False,
) -> Payment:
    """Begin to have the first instalment paid; the caller freezes the request before anybody is called."""
    session = session_of(acceptance)
    first = session.scalars(
        select(Instalment).where(Instalment.acceptance_id == acceptance.id, Instalment.number == 1)
    ).one()
    key = new_key()
    payment = Payment(
        id=key, account_id=acceptance.account_id, renewal_id=acceptance.renewal_id, instalment_id=first.id,
        instalment_number=first.number, kind=kind, key=f"kekal-{key}", amount_minor=first.amount_minor,
        currency=first.currency, customer=customer, card_text=f"{card.brand} {card.last4}" if card else "",
        keeps_card=keeps_card, asked_by=asked_by(by), sent_at=at,
    )
    session.add(payment)
    session.flush()  # a second live attempt is refused here, by the database
    Event.record(
        session, EventName.PAYMENT_SENT, payment, by=by, at=at, amount=payment.amount_minor,
        currency=payment.currency, kind=kind.value,
    )
    return payment


def decline(renewal: Renewal, reason: str, *, by: Person, at: datetime) -> None:
    """"Do not renew". The renewal must be locked: once this is acknowledged nothing is charged, so that it
    must wait for a payment that is under way.

    Raises: NotYours, NotNow.
    """
    if live_payment(renewal):
        raise NotNow("A payment for this renewal is under way. Stop it first, or wait until it is settled.")
    renewal.decline(reason, by=by, at=at)


def settle(session: Session, payment: Payment, answer: Answer, *, at: datetime) -> None:
    """Learn what came of an attempt; money that arrived closes the renewal in the same transaction.

    The payment must be locked. Click, return page, webhook and reconciler all come here.
    """
    if not payment.settle(answer, at=at):
        return
    renewal = Renewal.find(session, payment.renewal_id, lock=True)
    if isinstance(answer, Succeeded):
        _keep_card(renewal, payment, answer, at=at)
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


def acceptance_of(session: Session, payment: Payment) -> Acceptance:
    """The yes that a payment is for."""
    return session.scalars(
        select(Acceptance)
        .join(Instalment, Instalment.acceptance_id == Acceptance.id)
        .where(Instalment.id == payment.instalment_id)
    ).one()


@dataclass(frozen=True, slots=True)
class Owed:
    """What is to be paid next, and when."""

    amount: Money
    day: date


def next_instalment(session: Session, subscription_id: UUID, on: date) -> Owed | None:
    """The next year of a term that was agreed for several."""
    found = session.scalars(
        select(Instalment)
        .join(Renewal, Renewal.id == Instalment.renewal_id)
        .join(Acceptance, Acceptance.id == Instalment.acceptance_id)
        .where(
            Renewal.subscription_id == subscription_id, Renewal.state == RenewalState.WON, Instalment.due_on >= on,
            Instalment.number > 1, Acceptance.state == AcceptanceState.STANDING,
        )
        .order_by(Instalment.due_on)
        .limit(1)
    ).first()
    return Owed(found.amount, found.due_on) if found else None


def term_after(session: Session, renewal: Renewal) -> Term | None:
    """The term that a won renewal began."""
    return session.scalars(
        select(Term)
        .join(Agreement, Agreement.id == Term.agreement_id)
        .where(Agreement.renewal_id == renewal.id)
    ).one_or_none()


def agreement_number(session: Session, renewal: Renewal) -> str:
    """The number of the paper a won renewal is agreed on, "" before there is one."""
    return session.scalar(select(Agreement.number).where(Agreement.renewal_id == renewal.id)) or ""


def buyer_of(session: Session, renewal: Renewal) -> Person | None:
    """Who said yes."""
    standing = standing_acceptance(renewal)
    return session.get(Person, standing.person_id) if standing else None


def win(renewal: Renewal, payment: Payment, *, at: datetime) -> Agreement:
    """Paid: the agreement, the next term from the old end date, and the next renewal, together.

    Raises: NotNow, naming what is missing.
    """
    acceptance = standing_acceptance(renewal)
    if acceptance is None:
        raise NotNow("Nobody has accepted an offer for this renewal.")
    if payment.state is not PaymentState.SUCCEEDED:
        raise NotNow("The first instalment is not paid.")
    if renewal.is_declined:
        raise NotNow("They said that they will not renew.")
    if acceptance.id != payment.instalment.acceptance_id:
        raise NotNow("What was paid is not what stands accepted.")
    session = session_of(renewal)
    agreement = _agreement(renewal, acceptance, at=at)
    session.add(agreement)
    session.flush()  # the term refers to it
    Event.record(session, EventName.AGREEMENT_MADE, agreement, by=None, at=at, number=agreement.number)
    renewal.advance(RenewalState.CONTRACTING, by=None, at=at)
    term = _next_term(renewal, acceptance.offer, agreement)
    session.add(term)
    session.flush()  # overlapping terms are refused here, by the database
    Event.record(session, EventName.TERM_STARTED, term, by=None, at=at, starts_on=term.starts_on.isoformat())
    renewal.close_as_won(at=at)
    Renewal.open(session, term, renewal.owner_id, at=at)
    return agreement


def _agreement(renewal: Renewal, acceptance: Acceptance, *, at: datetime) -> Agreement:
    session = session_of(renewal)
    serial = session.scalar(select(func.nextval("agreement_number")))
    offer = acceptance.offer
    facts = {
        "customer": renewal.account.name, "plan": renewal.subscription.plan, "content": offer.content,
        "content_hash": offer.content_hash, "accepted_at": acceptance.accepted_at.isoformat(),
        "terms": acceptance.terms_version, "terms_hash": acceptance.terms_hash, "evidence": acceptance.evidence,
        "person_id": str(acceptance.person_id),
    }
    return Agreement(
        account_id=renewal.account_id, renewal_id=renewal.id, acceptance_id=acceptance.id,
        number=f"A-{at.year}-{serial:06d}", made_at=at, facts=facts,
    )


def _next_term(renewal: Renewal, offer: Offer, agreement: Agreement) -> Term:
    """From the old end date, never from today."""
    old = renewal.term
    term = Term(
        account_id=renewal.account_id, subscription_id=renewal.subscription_id, agreement_id=agreement.id,
        starts_on=old.ends_on, ends_on=offer.ends_on, months=offer.months, currency=offer.currency,
        notice_days=old.notice_days, auto_renew=old.auto_renew, billing=old.billing, net_days=old.net_days,
        price_rule={"years": offer.content["years"]},
    )
    term.lines = [_line(offer, term, position, line) for position, line in enumerate(offer.content["lines"])]
    return term


def _line(offer: Offer, term: Term, position: int, line: dict[str, Any]) -> Line:
    return Line(
        account_id=offer.account_id, position=position, product=line["product"], quantity=line["quantity"],
        unit_minor=line["unit"], amount_minor=line["amount"], currency=offer.currency, starts_on=term.starts_on,
        ends_on=term.ends_on,
    )
