"""Messages: who is written to about what has happened, and the sending itself."""

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app import letters
from app.session import CODE_LIFE, SignIn
from app.work import Work
from gateways.mail import Envelope
from renewals import silence
from renewals.acceptance import Acceptance
from renewals.account import Account
from renewals.base import made_at
from renewals.errors import GatewayFailed
from renewals.event import Event
from renewals.message import TO_STAFF, Message, MessageKind, MessageState
from renewals.notice import Notice
from renewals.payment import Payment, PaymentKind, PaymentState
from renewals.person import Person, Role
from renewals.plan.readers import readers, staff_with
from renewals.quoting.quote import Quote
from renewals.renewal import Renewal

HOUR = timedelta(hours=1)
ASKED_MUCH = 20
"""Requests to sign in for one address in an hour, whoever asks; those after it are answered more slowly."""
SLOWLY = 60
"""Seconds that such a mail waits: much less than its code lives."""
LATE = (PaymentState.UNKNOWN.value, PaymentState.PROCESSING.value)
"""What a payment was when the customer was told that we write the moment it is sure."""
TOLD_TO_OTHERS = {MessageKind.RECEIPT: "plan_receipt", MessageKind.CARD_FAILED: "tell_card_failed"}
"""The job that finds somebody else to tell, when whoever was to be told has left before it was sent."""


def send_sign_in(work: Work, subject: UUID, has_waited: bool = False) -> None:
    """The mail with link and code, when the address is somebody's; an address much asked for waits a minute."""
    wanted = SignIn.find(work.session, subject)
    since = work.machine_now - HOUR
    if not has_waited and SignIn.asked_since(work.session, since, email=wanted.email) > ASKED_MUCH:
        work.later("send_sign_in", {"account": None, "subject": str(subject), "has_waited": True}, wait=SLOWLY)
        return
    people = select(Person).where(Person.email == wanted.email, Person.active).order_by(Person.id)
    if person := work.session.scalars(people).first():
        account = work.session.get(Account, person.account_id) if person.account_id else None
        locale = person.locale or (account.locale if account else "en")
        Message.plan(
            work.session, MessageKind.SIGN_IN, person, purpose=f"sign-in:{wanted.id}", locale=locale, at=work.now,
            sign_in=str(wanted.id),
        )


def send_message(work: Work, subject: UUID) -> Any:
    """Look again whether it is still to be said, write it, send it, note it; one that was sent is left alone."""
    message = Message.find(work.session, subject, lock=True)
    if not message.is_due(work.now):
        return
    if why := _kept_back(work, message):
        _drop(work, message, why)
        return
    letter = letters.write(work, message)
    envelope = _envelope(work, message, letter)
    refusal = yield partial(_send, work, envelope)
    message = Message.find(work.session, subject, lock=True)
    if message.state is not MessageState.PLANNED:
        return
    subject_line = letters.without_secrets(letter.subject)
    if refusal:
        message.failed(refusal, subject=subject_line, at=work.now)
    else:
        message.sent(subject_line, letters.without_secrets(letter.text), words=letter.words, at=work.now)
        _prove(work, message)


def _kept_back(work: Work, message: Message) -> str:
    """Why it is not said any more, or nothing: what was decided since, or the reader's own wish or leaving."""
    renewal = Renewal.find(work.session, message.renewal_id) if message.renewal_id else None
    reader = work.session.get(Person, message.person_id)
    decided = silence.reason(renewal, message.kind) if renewal else ""
    of_reader = silence.of_reader(work.session, reader, message.kind, at=work.now) if reader else ""
    return decided or of_reader or _needless(work, message, renewal)


def _drop(work: Work, message: Message, why: str) -> None:
    """Where nobody is left who reads it, whoever looks after the renewal is told; money is told to somebody else."""
    message.drop(why, at=work.now)
    if why == silence.PAUSED and message.renewal_id:
        renewal, milestone = Renewal.find(work.session, message.renewal_id), message.context.get("milestone", "")
        silence.tell_owner(work.session, renewal, message.kind, milestone, at=work.now)
    elif why == silence.LEFT and message.kind in TOLD_TO_OTHERS:
        work.later(TOLD_TO_OTHERS[message.kind], {"subject": message.context["payment"]}, wait=0)


def tell_undelivered(work: Work, subject: UUID) -> None:
    """A letter to a customer was refused for good: whoever looks after them hears of it."""
    message = Message.find(work.session, subject)
    if message.kind in TO_STAFF or message.renewal_id is None:
        return
    renewal, reader = Renewal.find(work.session, message.renewal_id), work.session.get(Person, message.person_id)
    owner = renewal.looked_after_by
    if owner and reader and not reader.is_staff:
        purpose = f"undelivered:{message.id}"
        plan(work, MessageKind.UNDELIVERED, owner, renewal, purpose=purpose, refused=str(message.id))


def _needless(work: Work, message: Message, renewal: Renewal | None) -> str:
    """A notice says that a term renews by itself; nobody is told so who renewed in the meantime. And nobody is sent a
    code that opens nothing any more, or a proposal that is settled."""
    if message.kind is MessageKind.SIGN_IN:
        return "" if work.machine_now - made_at(message.id) < CODE_LIFE else "Its code has run out."
    if message.kind is MessageKind.PROPOSAL:
        quote = Quote.find(work.session, UUID(message.context["quote"]))
        return "" if quote.is_live else f"{quote.name} can not be answered any more."
    if message.kind is not MessageKind.LEGAL_NOTICE or renewal is None:
        return ""
    return Notice.find(work.session, UUID(message.context["notice"])).needless(renewal)


def _prove(work: Work, message: Message) -> None:
    """What the mail server took is served: that is the proof."""
    if message.kind is MessageKind.LEGAL_NOTICE:
        notice = Notice.find(work.session, UUID(message.context["notice"]), lock=True)
        notice.accepted_by_mail_server(message, at=work.now)


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
    """When the invoice is there; without waiting any longer when it does not come."""
    payment = Payment.find(work.session, subject)
    renewal = Renewal.find(work.session, payment.renewal_id)
    yes = Acceptance.standing(renewal)
    for person in payers(work, yes, renewal) if yes else []:
        plan(work, MessageKind.RECEIPT, person, renewal, purpose=f"receipt:{payment.id}:{person.id}",
             payment=str(payment.id))


def payers(work: Work, yes: Acceptance, renewal: Renewal) -> list[Person]:
    """Whoever agreed to pay; once they have left, who decides about the money there. Not for a customer's transaction:
    what part somebody plays is ours to know."""
    if yes.person.active:
        return [yes.person]
    return [person for person, _ in readers(work.session, renewal, ["economic_buyer"])]


def tell_payment_failed(work: Work, subject: UUID, event: UUID) -> None:
    """The bank's no came late: whoever pressed the button has left the page and is told by mail."""
    payment = Payment.find(work.session, subject)
    if payment.kind is PaymentKind.OFF_SESSION:
        work.later("tell_card_failed", {"subject": str(subject)}, wait=0)
        return
    if work.session.get_one(Event, event).details.get("from") not in LATE:
        return
    person = work.session.get(Person, payment.asked_by) if payment.asked_by else None
    if person:
        renewal = Renewal.find(work.session, payment.renewal_id)
        plan(work, MessageKind.PAYMENT_FAILED, person, renewal, purpose=f"payment_failed:{payment.id}",
              payment=str(payment.id))


def tell_declined(work: Work, subject: UUID, event: UUID) -> None:
    _tell_both_sides(work, MessageKind.DECLINED, subject, event)


def tell_reconsidered(work: Work, subject: UUID, event: UUID) -> None:
    _tell_both_sides(work, MessageKind.RECONSIDERED, subject, event)


def tell_question(work: Work, event: UUID) -> None:
    asked = work.session.get_one(Event, event)
    renewal = Renewal.find(work.session, asked.subject_id)
    if owner := renewal.looked_after_by:
        plan(work, MessageKind.QUESTION, owner, renewal, purpose=f"question:{event}", event=str(event),
              by=str(asked.by_id))


def tell_invited(work: Work, subject: UUID, event: UUID) -> None:
    person, invited = Person.find(work.session, subject), work.session.get_one(Event, event)
    account = work.session.get_one(Account, person.account_id)
    Message.plan(
        work.session, MessageKind.INVITATION, person, purpose=f"invitation:{event}", at=work.now,
        locale=person.locale or account.locale, account_name=account.name, by=str(invited.by_id),
    )


def alert(work: Work, event: UUID) -> None:
    """Money that does not fit, or that nobody can find: finance hears of it, and whoever looks after the renewal."""
    happened = work.session.get_one(Event, event)
    payment = Payment.find(work.session, happened.subject_id)
    renewal = Renewal.find(work.session, payment.renewal_id)
    finance = staff_with(work.session, Role.FINANCE)
    for person in {one.id: one for one in [*finance, renewal.looked_after_by] if one}.values():
        plan(work, MessageKind.ALERT, person, renewal, purpose=f"alert:{event}:{person.id}", event=str(event),
              account_name=renewal.account.name)


def _tell_both_sides(work: Work, kind: MessageKind, subject: UUID, event: UUID) -> None:
    happened = work.session.get_one(Event, event)
    renewal = Renewal.find(work.session, subject)
    by = work.session.get(Person, happened.by_id)
    for person in (by, renewal.looked_after_by):
        if person:
            plan(work, kind, person, renewal, purpose=f"{kind.value}:{event}:{person.id}", by=str(happened.by_id))


def plan(work: Work, kind: MessageKind, to: Person, renewal: Renewal, *, purpose: str, **context: Any) -> None:
    Message.plan(
        work.session, kind, to, purpose=purpose, locale=renewal.locale_of(to), at=work.now, renewal_id=renewal.id,
        account_id=renewal.account_id, **context,
    )
