"""AutoRenewals: a term whose date has come is charged by itself, or whoever looks after it hears why it is not."""

from functools import partial
from typing import Any
from uuid import UUID

from app import papers
from app.chores.message import payers, plan
from app.work import Work
from renewals import auto_renewal, closing
from renewals.auto_renewal import Case, may_charge
from renewals.event import Event
from renewals.message import MessageKind
from renewals.notice import Notice
from renewals.payment import Payment
from renewals.person import Person, Role
from renewals.plan.readers import staff_with
from renewals.policy import Policy
from renewals.renewal import Renewal


def renew_automatically(work: Work, subject: UUID, event: UUID) -> Any:
    """Charge the card when everything holds. One event makes one attempt at most, however often this is run."""
    fell_due = work.session.get_one(Event, event)
    renewal = Renewal.find(work.session, subject, lock=True)
    case = Case.of(renewal, at=work.now)
    tried = any(payment.sent_at >= fell_due.at for payment in case.tries)
    if tried or renewal.is_declined or not renewal.is_open or Payment.live_of(renewal):
        return
    if failed := may_charge(case):
        auto_renewal.hold_back(case, failed, at=work.now)
        return
    payment = auto_renewal.begin(case, at=work.now)
    assert case.card
    payment.freeze(work.house.stripe.off_session_request(payment, case.card.stripe_id))
    answer = yield partial(work.house.stripe.charge, payment.request, payment.key)
    closing.settle(work.session, Payment.find(work.session, payment.id, lock=True), answer, at=work.now)


def tell_held_back(work: Work, event: UUID) -> None:
    happened = work.session.get_one(Event, event)
    renewal = Renewal.find(work.session, happened.subject_id)
    for person in _owner(renewal):
        plan(work, MessageKind.HELD_BACK, person, renewal, purpose=f"held_back:{renewal.id}:{person.id}",
             because=happened.details["because"], account_name=renewal.account.name)


def tell_card_failed(work: Work, subject: UUID) -> None:
    """Whoever agreed to be charged hears what to do; after the last try somebody of ours hears of it too."""
    payment = Payment.find(work.session, subject)
    renewal = Renewal.find(work.session, payment.renewal_id)
    policies = Policy.all_in_force(work.session, work.now.date())
    last = auto_renewal.is_last_try(work.session, renewal, policies)
    for person in payers(work, payment.instalment.acceptance, renewal):
        plan(work, MessageKind.CARD_FAILED, person, renewal, purpose=f"card_failed:{payment.id}:{person.id}",
             payment=str(payment.id), last=last)
    if not last:
        return
    people = dict.fromkeys([*_owner(renewal), *staff_with(work.session, Role.MANAGER)])
    for person in people:
        plan(work, MessageKind.HELD_BACK, person, renewal, purpose=f"tried:{renewal.id}:{person.id}",
             because=[auto_renewal.OUT_OF_TRIES], account_name=renewal.account.name)


def tell_unserved(work: Work, subject: UUID) -> None:
    notice = Notice.find(work.session, subject)
    renewal = Renewal.find(work.session, notice.renewal_id)
    if notice.deadline != renewal.decide_by:
        return  # another notice is written for the day as it is now
    for person in _owner(renewal):
        plan(work, MessageKind.NOTICE_UNSERVED, person, renewal, purpose=f"notice_unserved:{notice.id}",
             notice=str(notice.id), account_name=renewal.account.name)


def print_notice(work: Work, subject: UUID) -> None:
    """On paper as well, for the customer's room, and to be posted where a mail alone does not serve."""
    notice = Notice.find(work.session, subject, lock=True)
    if notice.document_id is None:
        papers.file_notice(work, notice)


def _owner(renewal: Renewal) -> list[Person]:
    owner = renewal.looked_after_by
    return [owner] if owner else []
