"""Lifecycle: a record that moves between states by one door only."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from renewals.base import Record, Versioned, session_of
from renewals.errors import NotNow
from renewals.event import Event, EventName
from renewals.person import Person


class Lifecycle(Versioned):
    """`MOVES` says which doors exist, the verb holds the key, `_move` alone goes through."""

    MOVES: ClassVar[Mapping[Any, frozenset[Any]]]

    state: Any

    def can_move(self, to: StrEnum) -> bool:
        return to in self.MOVES.get(type(to)(self.state), frozenset())

    def _move(
        self, to: StrEnum, name: EventName, *, by: Person | None, at: datetime, **details: Any
    ) -> None:
        """Raises: NotNow when there is no such door."""
        assert isinstance(self, Record)
        before = type(to)(self.state)  # a new row may hold the plain value still
        if not self.can_move(to):
            raise NotNow(f"This {_spoken(self)} is {_label(before)}; it can not become {_label(to)}.")
        self.state = to
        Event.record(session_of(self), name, self, by=by, at=at, **{"from": before.value, "to": to.value}, **details)


def _label(state: StrEnum) -> str:
    return str(getattr(state, "label", state.value))


def _spoken(record: Record) -> str:
    return str(record.__tablename__).replace("_", " ")
