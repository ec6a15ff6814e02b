"""Letters: the words of each message, made from the records when it is sent; the company's own, or the program's."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.html import Letter
from app.session import CODE_LIFE, LINK_LIFE, Link
from app.wording import compose, shown_on
from app.work import Work
from portal.shown import Shown
from pricing.money import Money
from renewals.account import Account
from renewals.activity import Activity
from renewals.choice import Choice
from renewals.clauses.renegotiation import Renegotiation
from renewals.clauses.termination import Termination
from renewals.clauses.true_up import TrueUp
from renewals.closing import term_after
from renewals.event import Event
from renewals.instalment import Instalment
from renewals.message import Message, MessageKind
from renewals.notice import Notice
from renewals.paper import Agreement, Document, Invoice
from renewals.payment import Payment, PaymentKind
from renewals.person import Person
from renewals.quoting import minding
from renewals.quoting.card import Card
from renewals.quoting.drafting import is_approved
from renewals.quoting.joining import Joining
from renewals.quoting.proposal import Proposal
from renewals.quoting.quote import Quote
from renewals.quoting.review import Review
from renewals.quoting.saying import version_of, words_of
from renewals.renewal import Renewal
from renewals.wording import ALL, WORDED, Wordings
from renewals.workday import next_workday

TOKEN = re.compile(r"(/(?:links|sign-in/link)/)[A-Za-z0-9_-]{20,}")
CODE = re.compile(r"\b\d{6}\b")


def write(work: Work, message: Message) -> Letter:
    """Subject, plain text and HTML, in the reader's language."""
    if message.kind in WORDED:
        return _worded(work, message)
    context = WRITERS[message.kind](work, message)
    shared = {"vendor": work.house.vendor, "locale": message.locale, "today": work.now.date()}
    return work.house.html.letter(message.kind.value, message.locale, **(shared | context))


def without_secrets(text: str) -> str:
    """What is kept of a letter: its links and codes can not be used again by whoever reads the archive."""
    return CODE.sub("······", TOKEN.sub(r"\1…", text))


def _worded(work: Work, message: Message) -> Letter:
    """In the words that are in force now, whenever it was planned."""
    renewal, reader = Renewal.find(work.session, _renewal(message)), work.session.get_one(Person, message.person_id)
    shown = shown_on(work.session, renewal, work.now)
    wordings = Wordings.in_force(work.session, work.now.date())
    wording = wordings.best(message.kind, shown.choice.segment.value, message.context.get("part", ALL))
    link, news = _way_in(work, message, renewal, reader), _news(work, message)
    letter, _ = compose(work.house, wording, shown, reader, message.locale, link=link, news=news)
    return letter


def _news(work: Work, message: Message) -> dict[str, str]:
    """What a letter to ourselves tells of another one."""
    if key := message.context.get("refused"):
        refused = Message.find(work.session, UUID(key))
        reader = work.session.get(Person, refused.person_id)
        name = f"{reader.name}, {refused.email}" if reader else refused.email
        return {"letter": refused.subject or "", "reader": name, "why": refused.why or ""}
    return {"letter": message.context.get("letter", "")}


def _sign_in(work: Work, message: Message) -> dict[str, Any]:
    key, keys, home = UUID(message.context["sign_in"]), work.house.keys, work.house.settings.public_url
    return {
        "code": keys.digits(key), "link_url": f"{home}/sign-in/link/{keys.token('sign-in', key)}",
        "minutes": int(CODE_LIFE.total_seconds() // 60), "email": message.email,
    }


def _invitation(work: Work, message: Message) -> dict[str, Any]:
    person, inviter = work.session.get_one(Person, message.person_id), _by(work, message)
    return {
        "inviter": SimpleNamespace(name=inviter.name if inviter else work.house.vendor.name),
        "account": SimpleNamespace(name=message.context["account_name"]), "role": person.roles[0],
        "email": message.email, "link_url": f"{work.house.settings.public_url}/sign-in", "person": person,
    }


def _about(work: Work, message: Message) -> dict[str, Any]:
    """What every letter about a renewal speaks of."""
    renewal = Renewal.find(work.session, _renewal(message))
    shown = shown_on(work.session, renewal, work.now)
    person = work.session.get_one(Person, message.person_id)
    way_in = _way_in(work, message, renewal, person)
    return {"renewal": shown, "person": person, "link_url": way_in, "today": shown.today}


def _declined(work: Work, message: Message) -> dict[str, Any]:
    context = _about(work, message)
    renewal, by = context["renewal"].renewal, _by(work, message)
    when = renewal.declined_at or message.planned_at
    declined = SimpleNamespace(by_name=by.name if by else "", at=when)
    return context | {"declined": declined, "account_name": renewal.account.name}


def _receipt(work: Work, message: Message) -> dict[str, Any]:
    context = _about(work, message)
    payment = Payment.find(work.session, UUID(message.context["payment"]))
    term = term_after(work.session, context["renewal"].renewal)
    invoice = work.session.scalars(select(Invoice).where(Invoice.payment_id == payment.id)).first()
    home, agreement = work.house.settings.public_url, Agreement.of_renewal(work.session, payment.renewal_id)
    papers = work.session.scalars(
        select(Document).where(Document.renewal_id == payment.renewal_id).order_by(Document.id)
    )
    return context | {
        "term": term, "next_renews_on": term.ends_on if term else payment.instalment.acceptance.offer.ends_on,
        "payment": SimpleNamespace(
            amount=payment.amount, paid_on=message.planned_at.date(),
            invoice_number=invoice.number if invoice else None,
            card=payment.card, by_itself=payment.kind is PaymentKind.OFF_SESSION, renews=payment.renews,
        ),
        "documents": [SimpleNamespace(name=paper.title, url=f"{home}/documents/{paper.id}") for paper in papers],
        "cancel_by": agreement.cancel_by if agreement and payment.renews else None,
        "link_url": f"{home}/renewals/{payment.renewal_id}/payment" if payment.renews else f"{home}/documents",
        "cancel_url": f"{home}/renewals/{payment.renewal_id}/ask?about=cancel",
    }


def _payment_failed(work: Work, message: Message) -> dict[str, Any]:
    payment = Payment.find(work.session, UUID(message.context["payment"]))
    return _about(work, message) | {"payment": SimpleNamespace(amount=payment.amount, card=None)}


def _question(work: Work, message: Message) -> dict[str, Any]:
    context = _about(work, message)
    event = work.session.get_one(Event, UUID(message.context["event"]))
    asker = _by(work, message) or context["person"]
    shown: Shown = context["renewal"]
    said = work.session.get(Activity, UUID(event.details["activity"]))
    words, more = (said.words, said.more) if said else ("", {})
    wanted = [option for option in shown.choice.options if option.content_hash == event.details["option"]]
    return context | {
        "purpose": event.details["purpose"], "message": words, "person": asker,
        "account": SimpleNamespace(name=shown.renewal.account.name), "option": wanted[0] if wanted else None,
        "po": more.get("po", ""), "billing_email": more.get("billing_email", ""),
        "answer_by": next_workday(work.now.date()),
        "link_url": f"{work.house.settings.public_url}/admin/renewals/{context['renewal'].id}",
    }


def _handoff(work: Work, message: Message) -> dict[str, Any]:
    """Who looks after it when it is read, not when it was planned."""
    context = _about(work, message)
    renewal: Renewal = context["renewal"].renewal
    return context | {"owner": renewal.owner or work.session.get_one(Person, UUID(message.context["owner"]))}


def _alert(work: Work, message: Message) -> dict[str, Any]:
    event = work.session.get_one(Event, UUID(message.context["event"]))
    home = work.house.settings.public_url
    page = f"{home}/admin/renewals/{message.renewal_id}"
    return {"event": event, "account_name": message.context["account_name"], "link_url": page}


def _legal_notice(work: Work, message: Message) -> dict[str, Any]:
    """Nothing in it is worked out anew: it says what the notice names."""
    context = _about(work, message)
    notice = Notice.find(work.session, UUID(message.context["notice"]))
    card = context["renewal"].renewal.account.card_on_file
    return context | {"notice": notice, "card": card, "opt_out_url": f"{context['link_url']}?to=opt-out"}


def _card_failed(work: Work, message: Message) -> dict[str, Any]:
    """The term is not lost: until the days of grace are over it can be paid with one press."""
    context = _about(work, message)
    payment, shown = Payment.find(work.session, UUID(message.context["payment"])), context["renewal"]
    return context | {
        "payment": SimpleNamespace(amount=payment.amount, card=payment.card, reason=payment.reason),
        "until": shown.renews_on + timedelta(days=shown.choice.timeline["grace_days"]),
        "last": message.context.get("last", False),
    }


def _held_back(work: Work, message: Message) -> dict[str, Any]:
    said, name = message.context["because"], message.context["account_name"]
    return _about(work, message) | {"sentences": said, "account_name": name}


def _health_fell(work: Work, message: Message) -> dict[str, Any]:
    fell = work.session.get_one(Event, UUID(message.context["event"]))
    account = work.session.get_one(Account, fell.subject_id)
    page = f"{work.house.settings.public_url}/admin/accounts/{account.id}"
    return {"account_name": account.name, "score": fell.details["score"], "before": fell.details["before"]["score"],
            "link_url": page}


def _notice_unserved(work: Work, message: Message) -> dict[str, Any]:
    notice = Notice.find(work.session, UUID(message.context["notice"]))
    return _about(work, message) | {"notice": notice, "account_name": message.context["account_name"]}


def _stuck(work: Work, message: Message) -> dict[str, Any]:
    """Nothing is priced or looked up: whatever stood in the way may stand here too."""
    told, home = message.context, work.house.settings.public_url
    until = date.fromisoformat(told["until"]) if told.get("until") else None
    return {"account_name": told["account_name"], "what": told["what"], "why": told["why"], "until": until,
            "link_url": f"{home}/admin/renewals/{message.renewal_id}"}


def _approval_asked(work: Work, message: Message) -> dict[str, Any]:
    """What is theirs to approve when it is sent; all of it about one version in one letter."""
    context = _of_review(work, message)
    card = Card(work.session, context["review"], context["person"], work.now)
    holder = card.authority.stands_in_for if card.authority else None
    theirs = [one.says for one in card.reviews if Card(work.session, one, card.person, work.now).authority]
    return context | {"says": theirs or context["says"], "stands_in_for": holder.name if holder else ""}


def _approval_overdue(work: Work, message: Message) -> dict[str, Any]:
    context = _of_review(work, message)
    asked = [person.name for person in minding.asked(work.session, context["review"], work.now)]
    return context | {"escalated": message.context["escalated"], "asked": asked}


def _of_review(work: Work, message: Message) -> dict[str, Any]:
    """What a letter to whoever decides speaks of: everything that is asked at once about the version."""
    review = Review.find(work.session, UUID(message.context["review"]))
    version, person = review.offer, work.session.get_one(Person, message.person_id)
    open_ones = [one.says for one in Review.of_offer(work.session, version.id) if one.is_open]
    return {
        "review": review, "version": version, "person": person, "account_name": review.quote.renewal.account.name,
        "author": version.author or review.quote.author, "says": open_ones or [review.says],
        "due_at": review.due_at, "link_url": f"{work.house.settings.public_url}/admin/approvals/{review.id}",
    }


def _of_quote(work: Work, message: Message) -> dict[str, Any]:
    """What a letter to whoever wrote a quote speaks of."""
    quote, event = Quote.find(work.session, UUID(message.context["quote"])), _event(work, message)
    by, person = _by(work, message), work.session.get_one(Person, message.person_id)
    return {
        "quote": quote, "account_name": quote.renewal.account.name, "person": person,
        "by_name": by.name if by else work.house.vendor.name, "version": version_of(work.session, quote, event),
        "words": words_of(work.session, quote, event),
        "link_url": f"{work.house.settings.public_url}/admin/quotes/{quote.id}",
    }


def _quote_decided(work: Work, message: Message) -> dict[str, Any]:
    how = _event(work, message).name.partition(".")[2]
    return _of_quote(work, message) | {"how": "asked" if how == "made" else how}


def _quote_answered(work: Work, message: Message) -> dict[str, Any]:
    how, context = _event(work, message).name.partition(".")[2], _of_quote(work, message)
    answer_by = context["quote"].answer_by
    due = answer_by.astimezone(context["quote"].renewal.account.zone) if answer_by else None
    how, approved = "remarked" if how == "made" else how, is_approved(context["quote"], context["version"])
    return context | {"how": how, "answer_by": due, "approved": approved}


def _proposal(work: Work, message: Message) -> dict[str, Any]:
    """What lies before them when it is sent; the dates are exactly those of the version."""
    context, quote = _about(work, message), Quote.find(work.session, UUID(message.context["quote"]))
    version, link = quote.shown, context["link_url"]
    assert version
    return context | {
        "joining": Joining.of(Proposal.of(quote), quote.renewal.account.today(work.now)),
        "version": version, "number": version.number, "valid_until": quote.valid_until,
        "a_year": Money(version.content["per_year"], version.currency),
        "total": Money(version.content["total"], version.currency), "first": version.instalments[0],
        "proposal_url": f"{link}?to=proposals/{quote.id}", "opt_out_url": f"{link}?to=opt-out",
        "snooze_url": f"{link}?to=snooze",
    }


def _of_clause(work: Work, message: Message) -> dict[str, Any]:
    """What a letter about a clause that acted speaks of; nothing is priced for it."""
    renewal, person = Renewal.find(work.session, _renewal(message)), work.session.get_one(Person, message.person_id)
    choice = Choice.of(work.session, renewal, renewal.account.today(work.now))
    return {
        "person": person, "account_name": renewal.account.name, "plan": choice.plan_name, "name_of": choice.name_of,
        "term": renewal.term, "link_url": _way_in(work, message, renewal, person),
    }


def _true_up(work: Work, message: Message) -> dict[str, Any]:
    made = TrueUp.find(work.session, UUID(message.context["made"]))
    asked = work.session.get(Instalment, made.instalment_id) if made.instalment_id else None
    return _to_pay(work, _of_clause(work, message), asked) | {"made": made}


def _term_left(work: Work, message: Message) -> dict[str, Any]:
    made = Termination.find(work.session, UUID(message.context["made"]))
    asked = work.session.get(Instalment, made.instalment_id) if made.instalment_id else None
    return _to_pay(work, _of_clause(work, message), asked) | {"made": made}


def _to_pay(work: Work, context: dict[str, Any], asked: Instalment | None) -> dict[str, Any]:
    """A customer is led to where they pay it."""
    if asked is None or context["person"].is_staff:
        return context | {"due_on": asked.due_on if asked else None, "pays": False}
    link = f"{work.house.settings.public_url}/instalments/{asked.id}"
    return context | {"due_on": asked.due_on, "link_url": link, "pays": True}


def _renegotiation(work: Work, message: Message) -> dict[str, Any]:
    """The staff find the quote; the customer hears that it will come."""
    made, context = Renegotiation.find(work.session, UUID(message.context["made"])), _of_clause(work, message)
    page = f"{work.house.settings.public_url}/admin/quotes/{made.quote_id}"
    return context | {"made": made, "link_url": page if context["person"].is_staff else context["link_url"]}


WRITERS: dict[MessageKind, Callable[[Work, Message], dict[str, Any]]] = {
    MessageKind.SIGN_IN: _sign_in,
    MessageKind.INVITATION: _invitation,
    MessageKind.DECLINED: _declined,
    MessageKind.RECONSIDERED: _declined,
    MessageKind.RECEIPT: _receipt,
    MessageKind.PAYMENT_FAILED: _payment_failed,
    MessageKind.QUESTION: _question,
    MessageKind.ALERT: _alert,
    MessageKind.LEGAL_NOTICE: _legal_notice,
    MessageKind.CARD_FAILED: _card_failed,
    MessageKind.HELD_BACK: _held_back,
    MessageKind.NOTICE_UNSERVED: _notice_unserved,
    MessageKind.HANDOFF: _handoff,
    MessageKind.HEALTH_FELL: _health_fell,
    MessageKind.STUCK: _stuck,
    MessageKind.APPROVAL_ASKED: _approval_asked,
    MessageKind.APPROVAL_OVERDUE: _approval_overdue,
    MessageKind.QUOTE_DECIDED: _quote_decided,
    MessageKind.QUOTE_ANSWERED: _quote_answered,
    MessageKind.PROPOSAL: _proposal,
    MessageKind.PROPOSAL_ACCEPTED: _proposal,
    MessageKind.TRUE_UP: _true_up,
    MessageKind.TERM_LEFT: _term_left,
    MessageKind.RENEGOTIATION: _renegotiation,
}


def _renewal(message: Message) -> UUID:
    if message.renewal_id is None:
        raise ValueError(f"message {message.id} is about no renewal")
    return message.renewal_id


def _event(work: Work, message: Message) -> Event:
    return work.session.get_one(Event, UUID(message.context["event"]))


def _by(work: Work, message: Message) -> Person | None:
    """Who did what the letter speaks of."""
    key = message.context.get("by")
    return work.session.get(Person, UUID(key)) if key else None


def _way_in(work: Work, message: Message, renewal: Renewal, person: Person) -> str:
    """A customer gets a key; the staff sign in as always."""
    if person.is_staff:
        return f"{work.house.settings.public_url}/admin/renewals/{renewal.id}"
    return _link(work, message, renewal)


def _link(work: Work, message: Message, renewal: Renewal) -> str:
    """A key to this one renewal for this one reader; the same for the same message."""
    link = _known_link(work.session, message) or _new_link(work, message, renewal)
    return f"{work.house.settings.public_url}/links/{work.house.keys.token('renewal', link.id)}"


def _known_link(session: Session, message: Message) -> Link | None:
    return session.scalars(select(Link).where(Link.purpose == f"message:{message.id}")).one_or_none()


def _new_link(work: Work, message: Message, renewal: Renewal) -> Link:
    person = work.session.get_one(Person, message.person_id)
    link = Link(
        purpose=f"message:{message.id}", account_id=renewal.account_id, person_id=person.id, renewal_id=renewal.id,
        made_at=work.machine_now, ends_at=work.machine_now + LINK_LIFE,
    )
    work.session.add(link)
    work.session.flush()  # the address names the row
    return link
