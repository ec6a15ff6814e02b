"""The switches of the sandbox itself, under /_sandbox: what Stripe does not have and tests need."""

import json
from collections.abc import Callable
from typing import Any

from sandbox import clock, ledger, webhooks
from sandbox.book import Book
from sandbox.faults import Fault, Faults
from sandbox.objects import checkout_session, payment_intent, refund
from sandbox.seed import plant
from sandbox.store import Store
from sandbox.turn import Turns
from sandbox.wire import Answer, Request


class Switches:
    def __init__(self, store: Store, faults: Faults, origin: str) -> None:
        self._store = store
        self._faults = faults
        self._turns = Turns(store, origin)
        self._known: dict[tuple[str, str], Callable[[Any], Any]] = {
            ("GET", "/_sandbox/ledger.json"): self._ledger,
            ("GET", "/_sandbox/webhooks"): self._webhooks,
            ("GET", "/_sandbox/faults"): lambda given: self._faults.left,
            ("POST", "/_sandbox/faults"): self._order,
            ("POST", "/_sandbox/webhooks"): self._travel,
            ("POST", "/_sandbox/webhooks/release"): self._release,
            ("POST", "/_sandbox/clock"): self._advance,
            ("POST", "/_sandbox/complete"): self._complete,
            ("POST", "/_sandbox/seed"): self._seed,
        }

    def answer(self, request: Request) -> Answer:
        """422 with a sentence for what cannot be understood."""
        switch = self._known.get((request.method, request.path))
        if switch is None:
            return Answer.json({"error": f"There is no switch {request.method} {request.path}."}, 404)
        try:
            return Answer.json(switch(_given(request)))
        except (KeyError, TypeError, ValueError) as error:
            return Answer.json({"error": f"{type(error).__name__}: {error}"}, 422)

    def _ledger(self, given: Any) -> Any:
        with self._store.transaction() as rows:
            return ledger.statement(rows)

    def _webhooks(self, given: Any) -> Any:
        with self._store.transaction() as rows:
            return webhooks.counted(rows)

    def _order(self, given: Any) -> Any:
        if given["next"] == "none":
            self._faults.clear()
            return self._faults.left
        seconds = float(given["seconds"]) if "seconds" in given else None
        on = given.get("on", "payment_intents")
        self._faults.order(Fault(str(given["next"])), times=int(given.get("times", 1)), on=on, seconds=seconds)
        return self._faults.left

    def _travel(self, given: Any) -> Any:
        with self._store.transaction() as rows:
            webhooks.travel(rows, webhooks.Mode(given["mode"]))
            return webhooks.counted(rows)

    def _release(self, given: Any) -> Any:
        with self._store.transaction() as rows:
            return {"released": webhooks.release(rows)}

    def _advance(self, given: Any) -> Any:
        """`seconds`, `hours` and `days` add up; returns the sandbox's time."""
        seconds = int(given.get("seconds", 0)) + 3600 * int(given.get("hours", 0)) + 86400 * int(given.get("days", 0))
        with self._store.transaction() as rows:
            clock.advance(rows, seconds)
        self._turns.take(checkout_session.expire_due)
        with self._store.transaction() as rows:
            return {"now": clock.now(rows), "moved": clock.moved(rows)}

    def _complete(self, given: Any) -> Any:
        """What was processing gets its answer: `id` for one of them, `outcome=failed` for a no."""
        paid = given.get("outcome", "succeeded") == "succeeded"

        def answer_all(book: Book) -> list[str]:
            intents = book.select("payment_intent", {"status": "processing", "id": given.get("id")})
            refunds = book.select("refund", {"status": "pending", "id": given.get("id")})
            ended = [payment_intent.complete(book, intent, paid=paid) for intent in intents]
            return [one["id"] for one in ended + [refund.complete(book, one) for one in refunds]]

        return {"completed": self._turns.take(answer_all)}

    def _seed(self, given: Any) -> Any:
        return {"customers": self._turns.take(lambda book: [plant(book, customer) for customer in given])}


def _given(request: Request) -> Any:
    if request.method == "GET":
        return {}
    return json.loads(request.body) if request.is_json else request.fields
