"""Chores: what the worker does, each a function that may be run twice and does its work once."""

from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from dateutil.relativedelta import relativedelta
from sqlalchemy import select, text

from app import letters, papers
from app.session import SignIn, forget_old
from app.work import Work
from gateways.mail import Envelope
from renewals import closing, seal
from renewals.account import Account, Card
from renewals.base import made_at
from renewals.errors import GatewayFailed
from renewals.event import Event
from renewals.inbox import Inbox
from renewals.message import Message, MessageKind, MessageState
from renewals.paper import Agreement, Invoice
from renewals.payment import OPEN, Payment, PaymentKind, PaymentState, Unknown
from renewals.person import Person, Role
from renewals.policy import Policy, PolicyKind
from renewals.renewal import CLOSED, Renewal
from renewals.segment import Segment

WAITS = (15, 60, 300, 3600, 86_400)
"""Seconds of machine time before each look at an open payment; the last one repeats."""
KEY_LIFE = timedelta(hours=23)
"""Stripe keeps a key for at least 24 hours; an older one is never sent again."""
PATIENCE = timedelta(hours=1)
SWEEP = 500
"""Rows of one sweep."""
OPTIONS_READY_DAYS = 30
LAST_REMINDER_DAYS = 7
LATE = (PaymentState.UNKNOWN.value, PaymentState.PROCESSING.value)
"""What a payment was when the customer was told that we write the moment it is sure."""
CUSTOMER_PATIENCE = timedelta(hours=24)
UNDER_WAY = text(
    "SELECT args->>:argument FROM procrastinate_jobs WHERE task_name = :job AND status IN ('todo', 'doing')"
)
log = structlog.get_logger()


# Messages


def send_sign_in(work: Work, subject: UUID) -> None:
    """The mail with link and code, when the address is somebody's."""
    wanted = SignIn.find(work.session, subject)
    people = select(Person).where(Person.email == wanted.email, Person.active).order_by(Person.id)
    if person := work.session.scalars(people).first():
        account = work.session.get(Account, person.account_id) if person.account_id else None
        locale = person.locale or (account.locale if account else "en")
        Message.plan(
            work.session, MessageKind.SIGN_IN, person, purpose=f"sign-in:{wanted.id}", locale=locale, at=work.now,
            sign_in=str(wanted.id),
        )


def send_message(work: Work, subject: UUID) -> Any:
    """Write it, send it, note it; a message that was sent is left alone."""
    message = Message.find(work.session, subject)
    if message.state is not MessageState.PLANNED:
        return
    letter = letters.write(work, message)
    envelope = _envelope(work, message, letter)
    refusal = yield partial(_send, work, envelope)
    message = Message.find(work.session, subject, lock=True)
    if message.state is not MessageState.PLANNED:
        return
    if refusal:
        message.failed(refusal, at=work.now)
    else:
        message.sent(letters.without_secrets(letter.subject), letters.without_secrets(letter.text), at=work.now)


def _send(work: Work, envelope: Envelope) -> str | None:
    """Why this address will never take it, None when it did. Raises: GatewayFailed, to be tried again."""
    try:
        work.house.mail.send(envelope)
    except GatewayFailed as no:
        if not no.permanent:
            raise
        return str(no)
    return None


def _envelope(work: Work, message: Message, letter: Any) -> Envelope:
    person = work.session.get(Person, message.person_id)
    return Envelope(
        to_name=person.name if person else "", to_email=message.email, from_name=work.house.vendor.name,
        subject=letter.subject, text=letter.text, html=letter.html, message_id=message.message_id,
        sent_at=work.now, headers={"X-Kekal-Kind": message.kind.value, "X-Kekal-About": str(message.renewal_id or "")},
    )


def plan_receipt(work: Work, subject: UUID) -> None:
    payment = Payment.find(work.session, subject)
    renewal = Renewal.find(work.session, payment.renewal_id)
    if person := closing.buyer_of(work.session, renewal):
        _plan(work, MessageKind.RECEIPT, person, renewal, purpose=f"receipt:{payment.id}", payment=str(payment.id))


def tell_payment_failed(work: Work, subject: UUID, event: UUID) -> None:
    """The bank's no came late: whoever pressed the button has left the page and is told by mail."""
    if work.session.get_one(Event, event).details.get("from") not in LATE:
        return
    payment = Payment.find(work.session, subject)
    person = work.session.get(Person, payment.asked_by) if payment.asked_by else None
    if person:
        renewal = Renewal.find(work.session, payment.renewal_id)
        _plan(work, MessageKind.PAYMENT_FAILED, person, renewal, purpose=f"payment_failed:{payment.id}",
              payment=str(payment.id))


def tell_declined(work: Work, subject: UUID, event: UUID) -> None:
    _tell_both_sides(work, MessageKind.DECLINED, subject, event)


def tell_reconsidered(work: Work, subject: UUID, event: UUID) -> None:
    _tell_both_sides(work, MessageKind.RECONSIDERED, subject, event)


def tell_question(work: Work, event: UUID) -> None:
    asked = work.session.get_one(Event, event)
    renewal = Renewal.find(work.session, asked.subject_id)
    if owner := renewal.owner or renewal.account.owner:
        _plan(work, MessageKind.QUESTION, owner, renewal, purpose=f"question:{event}", event=str(event),
              by=str(asked.by_id))


def tell_invited(work: Work, subject: UUID, event: UUID) -> None:
    person, invited = Person.find(work.session, subject), work.session.get_one(Event, event)
    account = work.session.get_one(Account, person.account_id)
    Message.plan(
        work.session, MessageKind.INVITATION, person, purpose=f"invitation:{event}", at=work.now,
        locale=person.locale or account.locale, account_name=account.name, by=str(invited.by_id),
    )


def alert(work: Work, event: UUID) -> None:
    """Money that does not fit, or that nobody can find: finance hears of it, and whoever owns the renewal."""
    happened = work.session.get_one(Event, event)
    payment = Payment.find(work.session, happened.subject_id)
    renewal = Renewal.find(work.session, payment.renewal_id)
    finance = work.session.scalars(
        select(Person).where(Person.account_id.is_(None), Person.active, Person.roles.overlap([Role.FINANCE.value]))
    )
    for person in {one.id: one for one in [*finance, renewal.owner] if one}.values():
        _plan(work, MessageKind.ALERT, person, renewal, purpose=f"alert:{event}:{person.id}", event=str(event),
              account_name=renewal.account.name)


def _tell_both_sides(work: Work, kind: MessageKind, subject: UUID, event: UUID) -> None:
    happened = work.session.get_one(Event, event)
    renewal = Renewal.find(work.session, subject)
    by = work.session.get(Person, happened.by_id)
    for person in (by, renewal.owner or renewal.account.owner):
        if person:
            _plan(work, kind, person, renewal, purpose=f"{kind.value}:{event}:{person.id}", by=str(happened.by_id))


def _plan(work: Work, kind: MessageKind, to: Person, renewal: Renewal, *, purpose: str, **context: Any) -> None:
    locale = to.locale or ("en" if to.is_staff else renewal.account.locale)
    Message.plan(
        work.session, kind, to, purpose=purpose, locale=locale, at=work.now, renewal_id=renewal.id,
        account_id=renewal.account_id, **context,
    )


def begin_day(work: Work) -> None:
    """What a new business day brings; run by the clock and safe to run twice."""
    announce(work)


def announce(work: Work) -> None:
    """The renewal of an SMB customer is mailed with its one click when its options are ready.

    Source: framework, "Proses SMB": T-30 the proposal with one click, T-7 a last reminder.
    """
    policy = Policy.in_force(work.session, PolicyKind.SEGMENT, work.now.date()).content
    horizon = work.now.date() + timedelta(days=OPTIONS_READY_DAYS + 1)
    due = select(Renewal).where(
        Renewal.state.not_in(CLOSED), Renewal.renews_on <= horizon, Renewal.declined_at.is_(None)
    )
    for renewal in work.session.scalars(due):
        days = renewal.days_left(renewal.account.today(work.now))
        if closing.live_payment(renewal):
            continue
        if renewal.segment(policy) is Segment.SMB and 0 <= days <= OPTIONS_READY_DAYS:
            _announce(work, renewal, last=days <= LAST_REMINDER_DAYS)


def _announce(work: Work, renewal: Renewal, *, last: bool) -> None:
    people = work.session.scalars(
        select(Person).where(
            Person.account_id == renewal.account_id, Person.active,
            Person.roles.overlap([Role.OWNER.value, Role.BUYER.value]),
        )
    )
    for person in people:
        purpose = f"{'last' if last else 'ready'}:{renewal.id}:{person.id}"
        _plan(work, MessageKind.RENEWAL_READY, person, renewal, purpose=purpose, last=last)


# Money


def reconcile(work: Work, subject: UUID, look: int) -> Any:
    """Ask Stripe how an open payment stands: look up first, repeat only what was never received.

    The same key and the same body, never a new key; after an hour of nothing a person is told.
    """
    payment = Payment.find(work.session, subject)
    if not payment.is_open:
        return
    if payment.reference is None:
        answer = yield partial(work.house.stripe.look_for, payment.id, payment.customer)
        payment = Payment.find(work.session, subject)
        if answer is None and payment.is_open and work.machine_now - made_at(payment.id) < KEY_LIFE:
            answer = yield partial(_ask_again, work, payment)
    elif _waits_too_long(work, payment):
        answer = yield partial(work.house.stripe.give_up, payment.reference)
    else:
        answer = yield partial(work.house.stripe.look_up, payment.reference)
    _learn(work, subject, answer, look)


def _ask_again(work: Work, payment: Payment) -> Any:
    stripe = work.house.stripe
    ask = stripe.open_checkout if payment.kind is PaymentKind.CHECKOUT else stripe.charge
    return ask(payment.request, payment.key, again=True)


def _waits_too_long(work: Work, payment: Payment) -> bool:
    """The customer left their bank's page a day ago: the attempt is given up, nothing was charged."""
    waiting = payment.state is PaymentState.REQUIRES_ACTION
    return waiting and work.machine_now - made_at(payment.id) > CUSTOMER_PATIENCE


def _learn(work: Work, subject: UUID, answer: Any, look: int) -> None:
    payment = Payment.find(work.session, subject, lock=True)
    if answer is not None:
        closing.settle(work.session, payment, answer, at=work.now)
    if not payment.is_open:
        return
    age = work.machine_now - made_at(payment.id)
    if payment.state in (PaymentState.SENT, PaymentState.UNKNOWN) and age > PATIENCE:
        payment.strand(at=work.now, why="An hour of asking Stripe found nothing.")
    wait = WAITS[min(look + 1, len(WAITS) - 1)]
    args = {"account": str(payment.account_id), "subject": str(subject), "look": look + 1}
    work.later("reconcile", args, wait=wait)


def handle_notice(work: Work, notice: UUID) -> Any:
    """A webhook is a hint: fetch the object and learn from that, as the click does.

    Raises: GatewayFailed when Stripe does not say how it stands, to be tried again.
    """
    kept = Inbox.find(work.session, notice)
    if kept.handled_at is not None:
        return
    marks = _marks(kept.payload)
    if marks is None:
        kept.handled("not about a payment of ours", at=work.machine_now)
        return
    reference, payment_id, work.account = marks
    answer = yield partial(work.house.stripe.look_up, reference)
    if isinstance(answer, Unknown) and not answer.lasting:
        raise GatewayFailed(f"Stripe did not say how {reference} stands.")
    payment = work.session.get(Payment, payment_id, with_for_update=True)
    if payment is not None:
        closing.settle(work.session, payment, answer, at=work.now)
    work.account = None
    yield _nothing
    outcome = type(answer).__name__ if payment is not None else "no such payment"
    Inbox.find(work.session, notice).handled(outcome, at=work.machine_now)


def _nothing() -> None:
    """Between two transactions of different rights there is nothing to call."""


def _marks(payload: dict[str, Any]) -> tuple[str, UUID, UUID] | None:
    """What our own marks in the object say it is about: reference, payment, account."""
    try:
        thing = payload["data"]["object"]
        if thing["object"] not in ("payment_intent", "checkout.session") or type(thing["id"]) is not str:
            return None
        return thing["id"], UUID(thing["metadata"]["attempt"]), UUID(thing["metadata"]["account"])
    except (KeyError, ValueError, TypeError, AttributeError):
        return None


def fetch_cards(work: Work) -> Any:
    """Learn the card on file of every imported customer of Stripe that we do not know one for."""
    for key, customer in _without_card(work):
        card = yield partial(_card_or_none, work, customer)
        if card is not None:
            account = Account.find(work.session, key, lock=True)
            account.put_card_on_file(
                card.stripe_id, card.brand, card.last4, card.expires_on, by=None, at=work.now
            )


def _without_card(work: Work) -> list[tuple[UUID, str]]:
    known = select(Card.id).where(Card.account_id == Account.id, Card.active).exists()
    rows = work.session.execute(
        select(Account.id, Account.stripe_customer).where(Account.stripe_customer.is_not(None), ~known)
    )
    return [(key, str(customer)) for key, customer in rows]


def _card_or_none(work: Work, customer: str) -> Any:
    """One customer that Stripe does not know must not keep the others from their cards."""
    try:
        return work.house.stripe.card_of(customer)
    except GatewayFailed as no:
        if not no.permanent:
            raise
        log.warning("no card fetched", customer=customer, why=str(no))
        return None


# Papers


def issue_invoice(work: Work, subject: UUID) -> Any:
    """The numbered invoice at Stripe for money that arrived, and its paper in the customer's room."""
    payment = Payment.find(work.session, subject)
    if _invoice_of(work, payment) is None:
        lines = _invoice_lines(work, payment)
        stripe_id, number = yield partial(work.house.stripe.issue_invoice, payment, lines=lines, key=payment.key)
        payment = Payment.find(work.session, subject, lock=True)
        if _invoice_of(work, payment) is None:
            work.session.add(
                Invoice(
                    account_id=payment.account_id, renewal_id=payment.renewal_id, payment_id=payment.id,
                    stripe_id=stripe_id, number=number, issued_on=work.now.date(), amount_minor=payment.amount_minor,
                    currency=payment.currency,
                )
            )
            work.session.flush()  # the paper names the row
    invoice = _invoice_of(work, payment)
    if invoice is not None and invoice.document_id is None:
        papers.file_invoice(work, invoice, payment)


def _invoice_of(work: Work, payment: Payment) -> Invoice | None:
    return work.session.scalars(select(Invoice).where(Invoice.payment_id == payment.id)).one_or_none()


def _invoice_lines(work: Work, payment: Payment) -> list[tuple[str, int]]:
    """What was paid for at Stripe, in one line; the printed invoice has every line."""
    offer = closing.acceptance_of(work.session, payment).offer
    last_day = min(offer.ends_on, offer.starts_on + relativedelta(years=1)) - timedelta(days=1)
    plan = str(offer.content["plan"]).replace("_", " ").capitalize()
    return [(f"{plan}, {offer.starts_on.isoformat()} to {last_day.isoformat()}", payment.amount_minor)]


def print_agreement(work: Work, subject: UUID) -> None:
    agreement = Agreement.find(work.session, subject, lock=True)
    if agreement.document_id is None:
        papers.file_agreement(work, agreement)


# The house itself


def seal_events(work: Work) -> None:
    seal.seal_events(work.session)


def anchor_chain(work: Work) -> None:
    """The head of the chain leaves the house with its log, which whoever owns the database can not change."""
    if anchored := seal.anchor(work.session, "log", at=work.machine_now):
        log.info("the chain of events stands", position=anchored.position, digest=anchored.digest)


def forget(work: Work) -> None:
    forget_old(work.session, at=work.machine_now)


def sweep_inbox(work: Work) -> None:
    """What was kept and not handled for a quarter of an hour, and has no job any more, gets one."""
    late = work.machine_now - timedelta(minutes=15)
    waiting = work.session.scalars(
        select(Inbox.id).where(Inbox.handled_at.is_(None), Inbox.received_at < late).limit(SWEEP)
    )
    for key in _without_job(work, "handle_notice", "notice", waiting):
        work.later("handle_notice", {"notice": str(key)}, wait=0)


def sweep_payments(work: Work) -> None:
    """An open payment that nobody asks about any more is asked about again."""
    accounts = dict(_open_payments(work))
    for key in _without_job(work, "reconcile", "subject", accounts):
        work.later("reconcile", {"account": str(accounts[key]), "subject": str(key), "look": 0}, wait=0)


def _open_payments(work: Work) -> list[tuple[UUID, UUID]]:
    rows = work.session.execute(select(Payment.id, Payment.account_id).where(Payment.state.in_(OPEN)).limit(SWEEP))
    return [(key, account) for key, account in rows]


def _without_job(work: Work, job: str, argument: str, keys: Iterable[UUID]) -> list[UUID]:
    """Those of the keys that no waiting or running job is about."""
    busy = set(work.session.scalars(UNDER_WAY, {"argument": argument, "job": job}))
    return [key for key in keys if str(key) not in busy]
