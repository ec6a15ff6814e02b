"""Authority: whether somebody may decide a review, by their own roles or in somebody's place."""

from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from renewals.errors import NotYours
from renewals.offer import Offer
from renewals.person import Person
from renewals.quoting.delegation import Delegation
from renewals.quoting.envelope import EnvelopeGrant
from renewals.quoting.quote import Quote
from renewals.quoting.review import Review


@dataclass(frozen=True, slots=True)
class Authority:
    """`stands_in_for` is whose authority it is, None when it is their own."""

    person: Person
    stands_in_for: Person | None

    @property
    def holder(self) -> Person:
        return self.stands_in_for or self.person


def authority_over(session: Session, review: Review, quote: Quote, person: Person, on: date) -> Authority:
    """Nobody approves what they wrote themselves, for themselves or for somebody else, nor in the name of its author.

    Raises: NotYours, with what is missing. Source: timeline, "Kelulusan Dalaman"; mission F2.
    """
    wrote = writers(session, quote, review.offer)
    if person.id in wrote:
        raise NotYours(f"{person.first_name}, you wrote this quote: somebody else approves it.")
    for holder in holders(session, person, on):
        if holder.id not in wrote and _is_asked(review, holder):
            return Authority(person, None if holder.id == person.id else holder)
    raise NotYours(f"{person.first_name}, this needs {either(review.roles)}.")


def writers(session: Session, quote: Quote, version: Offer) -> Set[UUID]:
    """Whoever began a quote, and whoever wrote this content in it: submitted again by another it is still theirs."""
    wrote = select(Offer.author_id).where(
        Offer.quote_id == quote.id, Offer.content_hash == version.content_hash, Offer.author_id.is_not(None)
    )
    return {quote.author_id, *session.scalars(wrote)}


def holders(session: Session, person: Person, on: date) -> list[Person]:
    """Whose authority somebody decides with on a day: themselves first, then everybody here who lent them theirs."""
    lenders = [lent.person for lent in Delegation.to_person(session, person, on)]
    return [one for one in (person, *lenders) if one.active]


def still_holds(session: Session, review: Review) -> bool:
    """Whether who decided it is still here and still has the authority: asked again when it is accepted."""
    holder = _holder(session, review)
    return holder is not None and holder.active and _is_asked(review, holder)


def either(roles: Iterable[str]) -> str:
    """Roles in a sentence: finance, a manager or an executive."""
    words = [SPOKEN.get(role, role) for role in roles]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


SPOKEN = {
    "csm": "a CSM", "specialist": "a renewal specialist", "ae": "an account executive", "manager": "a manager",
    "executive": "an executive",
}


def _is_asked(review: Review, holder: Person) -> bool:
    return review.asked_of in (None, holder.id) and bool(set(review.roles) & set(holder.roles))


def _holder(session: Session, review: Review) -> Person | None:
    """By whose authority it was decided, beforehand or when it was asked."""
    if review.envelope_id:
        return session.get_one(EnvelopeGrant, review.envelope_id).holder
    return session.get(Person, review.decided_for or review.decided_by)
