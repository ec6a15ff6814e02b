"""The bank behind a card: what it says to one attempt to pay."""

from enum import StrEnum
from typing import NamedTuple

from sandbox.cards import GENERIC, UNPROVEN, Card, Decline
from sandbox.faults import Fault


class Word(StrEnum):
    YES = "yes"
    NO = "no"
    SHOW_YOURSELF = "show yourself"
    LATER = "later"


class Verdict(NamedTuple):
    word: Word
    decline: Decline | None = None


def verdict(card: Card, ordered: Fault | None, *, off_session: bool, set_up: bool, authenticated: bool) -> Verdict:
    """A fault ordered beforehand speaks first, then the card; an absent owner cannot show himself."""
    wants_owner = ordered is Fault.AUTHENTICATE or card.wants_its_owner(off_session=off_session, set_up=set_up)
    if ordered is Fault.DECLINE:
        return Verdict(Word.NO, GENERIC)
    if wants_owner and not authenticated:
        return Verdict(Word.NO, UNPROVEN) if off_session else Verdict(Word.SHOW_YOURSELF)
    if card.decline:
        return Verdict(Word.NO, card.decline)
    return Verdict(Word.LATER if ordered is Fault.PROCESS else Word.YES)
