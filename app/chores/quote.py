"""Quotes: who is told of what was asked, decided, sent and answered, and what happens to them by the clock."""

from typing import Any
from uuid import UUID

from app.chores.message import plan
from app.work import Work
from renewals.event import Event
from renewals.message import Message, MessageKind
from renewals.person import Person
from renewals.plan import presentation
from renewals.plan.readers import readers
from renewals.quoting import minding
from renewals.quoting.quote import Quote
from renewals.quoting.remark import Remark
from renewals.quoting.review import Review
from renewals.renewal import Renewal

READS_PROPOSALS = ("champion", "economic_buyer")
"""Source: timeline, "Presentasi Proposal"."""


def tell_asked(work: Work, subject: UUID) -> None:
    """Somebody is to decide: the mail leads to a page with a button, never to a decision."""
    review = Review.find(work.session, subject)
    if review.is_open:
        for person in minding.asked(work.session, review, work.now):
            _tell_of(work, MessageKind.APPROVAL_ASKED, review, person, "asked")


def tell_late(work: Work, subject: UUID, event: UUID) -> None:
    """Nobody answered: whoever was asked is reminded; after another day somebody above them hears of it."""
    review, happened = Review.find(work.session, subject), work.session.get_one(Event, event)
    if not review.is_open:
        return
    escalated = happened.name == "review.escalated"
    people = minding.who_is_above(work.session, review) if escalated else minding.asked(work.session, review, work.now)
    for person in people:
        _tell_of(work, MessageKind.APPROVAL_OVERDUE, review, person, happened.name, escalated=escalated)


def tell_decided(work: Work, event: UUID) -> None:
    """Its author hears that it is approved, or what should change, or that it is refused.

    What policy or an envelope approved at once needs no letter: whoever submitted it sees it.
    """
    happened = work.session.get_one(Event, event)
    if happened.by_id:
        _tell_author(work, happened)


def tell_sent(work: Work, subject: UUID, event: UUID) -> None:
    """The proposal lies before them: champion and economic buyer get the way in, each once for each version."""
    quote = Quote.find(work.session, subject)
    renewal = Renewal.find(work.session, quote.renewal_id)
    for person, part in readers(work.session, renewal, READS_PROPOSALS):
        plan(work, MessageKind.PROPOSAL, person, renewal, purpose=f"proposal:{event}:{person.id}",
             quote=str(quote.id), part=part)


def arrange_meeting(work: Work, subject: UUID) -> None:
    """Sent is not presented: where it is negotiated, walking through it is somebody's work from now on."""
    renewal = Renewal.find(work.session, Quote.find(work.session, subject).renewal_id, lock=True)
    presentation.arrange(renewal, at=work.now)


def tell_negotiated(work: Work, event: UUID) -> None:
    """They said something, countered, accepted or declined: whoever wrote the quote and whoever looks after them. What
    an approver wants to know first is for its author alone."""
    happened = work.session.get_one(Event, event)
    quote = _quote_of(work, happened)
    by = work.session.get(Person, happened.by_id) if happened.by_id else None
    if happened.details.get("inside") and happened.by_id != quote.author_id:
        _tell_author(work, happened)
    if by is None or by.is_staff:
        return
    renewal = Renewal.find(work.session, quote.renewal_id)
    for person in {one.id: one for one in (quote.author, renewal.looked_after_by) if one}.values():
        _tell(work, MessageKind.QUOTE_ANSWERED, person, renewal, f"answered:{event}:{person.id}", event=str(event),
              quote=str(quote.id), by=str(by.id))


def tell_agreed(work: Work, subject: UUID, event: UUID) -> None:
    """Whoever accepted has it in writing, with what comes next."""
    happened, quote = work.session.get_one(Event, event), Quote.find(work.session, subject)
    by = work.session.get_one(Person, happened.by_id)
    renewal = Renewal.find(work.session, quote.renewal_id)
    plan(work, MessageKind.PROPOSAL_ACCEPTED, by, renewal, purpose=f"proposal_accepted:{event}", quote=str(quote.id))


def mind_quotes(work: Work) -> None:
    """Reminders, escalations and last days."""
    minding.mind(work.session, at=work.now)
    minding.expire_due(work.session, at=work.now)


def _tell_of(work: Work, kind: MessageKind, review: Review, person: Person, what: str, **context: Any) -> None:
    """Once for each rank of a version, whatever is asked of the same person about it."""
    purpose = f"{what}:{review.offer_id}:{review.rank}:{person.id}"
    renewal = Renewal.find(work.session, review.quote.renewal_id)
    _tell(work, kind, person, renewal, purpose, review=str(review.id), **context)


def _tell_author(work: Work, happened: Event) -> None:
    quote = _quote_of(work, happened)
    renewal = Renewal.find(work.session, quote.renewal_id)
    _tell(work, MessageKind.QUOTE_DECIDED, quote.author, renewal, f"decided:{happened.id}", event=str(happened.id),
          quote=str(quote.id), by=str(happened.by_id))


def _tell(work: Work, kind: MessageKind, to: Person, renewal: Renewal, purpose: str, **context: Any) -> None:
    """Among ourselves, in English as the pages it leads to. It is not written with the customer's rights, which do
    not reach who stands in for whom."""
    Message.plan(
        work.session, kind, to, purpose=purpose, locale="en", at=work.now, renewal_id=renewal.id, **context,
    )


def _quote_of(work: Work, happened: Event) -> Quote:
    """What an event is about, be it the quote, a review of it or a remark on it."""
    kinds: dict[str, type[Review] | type[Remark]] = {"review": Review, "remark": Remark}
    if kind := kinds.get(happened.subject_type):
        return Quote.find(work.session, kind.find(work.session, happened.subject_id).quote_id)
    return Quote.find(work.session, happened.subject_id)
