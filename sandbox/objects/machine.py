"""A state machine of Stripe's: the doors that exist, and the one place that walks through them."""

from collections.abc import Mapping

from sandbox.book import Document
from sandbox.errors import OutOfState

Moves = Mapping[str, frozenset[str]]


def moves(**doors: str) -> Moves:
    """From each state the states it may reach, written as words."""
    return {state: frozenset(reached.split()) for state, reached in doors.items()}


def move(document: Document, to: str, allowed: Moves) -> None:
    """Raises: OutOfState when there is no door from the present state to this one."""
    if to not in allowed.get(document["status"], frozenset()):
        kind, here = document["object"], document["status"]
        raise OutOfState(f"This {kind} is {here} and cannot become {to}.", code=f"{kind}_unexpected_state")
    document["status"] = to
