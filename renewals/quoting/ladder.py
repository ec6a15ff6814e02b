"""Ladder: which of the good, better and best a customer can take by themselves: one offer at a time."""

from collections.abc import Sequence

from pricing.option import Option
from renewals.base import session_of
from renewals.choice import Beside, Choice
from renewals.quoting.preliminary import PreliminaryTerms
from renewals.quoting.quote import Quote


def ladder(choice: Choice) -> Sequence[Option]:
    """The ways to go on that stand on their page; while it is negotiated, what policy says may stand beside that."""
    if not choice.is_offered:
        return ()
    if not is_negotiated(choice):
        return list(choice.options)
    return [choice.options.good] if choice.beside is Beside.AS_NOW else ()


def is_negotiated(choice: Choice) -> bool:
    """While a proposal lies before them to be answered; and once they were told preliminary terms, until the term is
    over: after that nobody's service waits for a proposal of ours.
    """
    session, renewal = session_of(choice.renewal), choice.renewal
    proposed = Quote.before_customer(session, renewal.id)
    if proposed and proposed.can_be_answered(choice.on):
        return True
    return choice.on <= renewal.last_day and PreliminaryTerms.of(session, renewal.id) is not None
