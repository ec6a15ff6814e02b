"""A turn: one transaction of the sandbox outside the API, with all that follows from it."""

from collections.abc import Callable
from typing import TypeVar

from sandbox.aftermath import follow
from sandbox.book import Book, Cause
from sandbox.errors import Declined
from sandbox.store import Store

Result = TypeVar("Result")


class Turns:
    def __init__(self, store: Store, origin: str) -> None:
        self._store = store
        self._origin = origin

    def take(self, act: Callable[[Book], Result], cause: Cause | None = None) -> Result:
        """Raises: Declined after its traces are committed; any other refusal undoes the turn."""
        refusal: Declined | None = None
        with self._store.transaction() as rows:
            book = Book(rows, self._origin, cause or Cause())
            try:
                result = act(book)
            except Declined as declined:
                refusal = declined
            follow(book)
        if refusal:
            raise refusal
        return result
