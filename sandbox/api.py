"""One call to the API, from the secret key to the answer.

A write goes: fault before? -> key seen? -> key in flight? -> one transaction (validate, act, keep the
result, plan the webhooks) -> fault after?
"""

import secrets
import threading
from collections.abc import Callable

from sandbox import routes
from sandbox.aftermath import follow
from sandbox.book import API_VERSION, Book, Cause, shown
from sandbox.errors import Broken, Declined, Invalid, KeyInUse, StripeError, TooMany, Unauthorised
from sandbox.expand import expanded
from sandbox.faults import AFTER, BEFORE, INSIDE, Fault, Faults, Strike
from sandbox.idempotency import InFlight, Key
from sandbox.store import Store, savepoint
from sandbox.turn import Turns
from sandbox.validate import checked
from sandbox.wire import Answer, Cut, Request


class Api:
    def __init__(self, store: Store, faults: Faults, origin: str, stopping: threading.Event) -> None:
        self._store = store
        self._faults = faults
        self._origin = origin
        self._stopping = stopping
        self._turns = Turns(store, origin)
        self._in_flight = InFlight()

    def answer(self, request: Request) -> Answer:
        """Raises: Cut when a fault takes the line away."""
        request_id = "req_" + secrets.token_hex(7)
        try:
            _authorise(request)
            answer = self._write(request, request_id) if request.method == "POST" else self._read(request, request_id)
        except StripeError as error:
            answer = error.answer()
        return answer.adding(request_id=request_id, stripe_version=API_VERSION)

    def _read(self, request: Request, request_id: str) -> Answer:
        return self._turns.take(lambda book: _perform(request, book), Cause(request=request_id))

    def _write(self, request: Request, request_id: str) -> Answer:
        self._meet(self._faults.take(request.path, BEFORE))
        key = Key.of(request)
        with self._in_flight.holding(key):
            answer = self._kept(key) or self._run(request, key, request_id)
        self._meet(self._faults.take(request.path, AFTER))
        return answer

    def _kept(self, key: Key | None) -> Answer | None:
        if key is None:
            return None
        with self._store.transaction() as rows:
            return key.kept(rows)

    def _run(self, request: Request, key: Key | None, request_id: str) -> Answer:
        """The call itself; what it wrote, its result under the key and its webhooks are one commit."""
        strike = self._faults.take(request.path, INSIDE)
        if strike and strike.fault is Fault.SLOW:
            self._stopping.wait(strike.seconds)
        cause = Cause(request_id, key.name if key else None, self._faults.outcome(request.path))
        with self._store.transaction() as rows:
            book = Book(rows, self._origin, cause)
            answer = _outlived(book, lambda: _struck(strike, lambda: _perform(request, book)))
            follow(book)
            if key:
                key.keep(rows, answer, request_id)
        return answer

    def _meet(self, strike: Strike | None) -> None:
        """Raises: what the fault looks like from outside."""
        if strike is None:
            return
        if strike.fault is Fault.TOO_MANY:
            raise TooMany
        if strike.fault is Fault.CONFLICT:
            raise KeyInUse
        if strike.fault is Fault.FAIL_BEFORE:
            raise Broken
        if strike.fault in (Fault.HANG_BEFORE, Fault.HANG_AFTER):
            self._stopping.wait(strike.seconds)
        raise Cut


def _authorise(request: Request) -> None:
    """Raises: Unauthorised without a test key; a live key has no business here."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if not key:
        raise Unauthorised("You did not provide an API key.")
    if scheme.lower() != "bearer" or not key.startswith("sk_test_"):
        raise Unauthorised(f"Invalid API Key provided: {key[:8]}****")


def _perform(request: Request, book: Book) -> Answer:
    route, ids = routes.find(request.method, request.path)
    params = checked(request.fields, route.schema)
    document = routes.perform(book, route, ids, params)
    return Answer.json(shown(expanded(book, document, params.get("expand", []))))


def _struck(strike: Strike | None, act: Callable[[], Answer]) -> Answer:
    """A 500 instead of the work, or after it."""
    if strike and strike.fault is Fault.FAIL_KEPT:
        raise Broken
    answer = act()
    return Broken().answer() if strike and strike.fault is Fault.FAIL_AFTER else answer


def _outlived(book: Book, act: Callable[[], Answer]) -> Answer:
    """The result to keep under the key: a decline keeps its traces, other refusals undo theirs.

    Raises: Invalid, which is not kept at all.
    """
    try:
        with savepoint(book.rows):
            try:
                return act()
            except Declined as declined:
                return declined.answer()
    except Invalid:
        raise
    except StripeError as error:
        book.events.clear()
        return error.answer()
