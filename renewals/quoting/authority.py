"""Authority: whether somebody may decide a review, by their own roles or in somebody's place."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from renewals.errors import NotYours
from renewals.person import Person
from renewals.quoting.delegation import Delegation
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
    if person.id in (quote.author_id, review.offer.author_id):
        raise NotYours(f"{person.first_name}, you wrote this quote: somebody else approves it.")
    for holder in holders(session, person, on):
        if holder.id != quote.author_id and _is_asked(review, holder):
            return Authority(person, None if holder.id == person.id else holder)
    raise NotYours(f"{person.first_name}, this needs {either(review.roles)}.")


def holders(session: Session, person: Person, on: date) -> list[Person]:
    """Whose authority somebody decides with on a day: themselves first, then everybody here who lent them theirs."""
    lenders = [lent.person for lent in Delegation.to_person(session, person, on)]
    return [one for one in (person, *lenders) if one.active]


def still_holds(session: Session, review: Review) -> bool:
    """Whether who decided it is still here and still has the authority: asked again when it is accepted."""
    holder = session.get(Person, review.decided_for or review.decided_by)
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
    if review.asked_of is not None:
        return review.asked_of == holder.id
    return bool(set(review.roles) & set(holder.roles))
