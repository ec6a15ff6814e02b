"""The sandbox as a program of its own, the official SDK in front of it, and somebody who listens for webhooks."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import uuid4

import httpx
import stripe

from tests.wire import local

ROOT = Path(__file__).parents[2]
SECRET = "whsec_the_two_of_us"


class Running:
    """One sandbox process and everything a test asks of it."""

    def __init__(self, data: Path, *more: str) -> None:
        self.data = data
        self.process = subprocess.Popen(
            [sys.executable, "-m", "sandbox", "--port", "0", "--data", str(data), *more],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout
        self.greeting = self.process.stdout.readline()
        self.url = self.greeting.split()[-1] if self.greeting else "http://127.0.0.1:9"
        self.http = local(base_url=self.url, timeout=20)

    def stripe(self, *, retries: int = 0, patience: float = 20) -> Any:
        """The official client; `patience` in seconds."""
        return stripe.StripeClient(
            "sk_test_kekal",
            base_addresses={"api": self.url},
            http_client=stripe.HTTPXClient(timeout=patience, allow_sync_methods=True),
            max_network_retries=retries,
        )

    def switch(self, name: str, **settings: Any) -> Any:
        answer = self.http.post(f"/_sandbox/{name}", data=settings)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def customer(self, *cards: str) -> str:
        customer_id = f"cus_{uuid4().hex[:14]}"
        seed = [{"id": customer_id, "name": "Cedar Dental", "email": "ruth@cedar.example", "cards": list(cards)}]
        assert self.http.post("/_sandbox/seed", json=seed).status_code == 200
        return customer_id

    def card(self, customer: str) -> str:
        """The first card the customer had."""
        return str(self.stripe().v1.customers.payment_methods.list(customer).data[-1].id)

    def moved(self, customer: str, what: str = "charges") -> list[dict[str, Any]]:
        """The ledger's lines of one customer."""
        ledger = self.http.get("/_sandbox/ledger.json").json()
        return [line for line in ledger[what] if line["customer"] == customer]

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        self.http.close()
        self.process.send_signal(how)
        return self.process.wait(timeout=10)


Start = Callable[..., Running]


class Listener:
    """An endpoint that notes what arrives, and refuses the first few when told to."""

    def __init__(self) -> None:
        self.heard: list[tuple[bytes, str]] = []
        self.refusals = 0
        listener = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                refused = listener.refusals > 0
                listener.refusals -= refused
                if not refused:
                    listener.heard.append((body, self.headers["stripe-signature"]))
                self.send_response(500 if refused else 200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *words: object) -> None:
                """Silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.url = f"http://127.0.0.1:{self._server.server_port}/webhooks/stripe"
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def events(self) -> list[Any]:
        """What arrived, each checked against the shared secret by the SDK."""
        return [stripe.Webhook.construct_event(body, signature, SECRET) for body, signature in self.heard]

    @property
    def types(self) -> list[str]:
        return [event.type for event in self.events]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def eventually(holds: Callable[[], bool], within: float = 10) -> None:
    """Waits for something another thread will do; fails after `within` seconds."""
    end = time.monotonic() + within
    while not holds():
        assert time.monotonic() < end, "It never happened."
        time.sleep(0.02)


class Click:
    """Pays 8,640.00 with the customer's card, on-session, as the portal does."""

    def __init__(self, sandbox: Running) -> None:
        self._sandbox = sandbox

    def __call__(self, customer: str, *, key: str | None = None, client: Any = None, **more: Any) -> Any:
        body = {
            "amount": 864000,
            "currency": "usd",
            "customer": customer,
            "confirm": True,
            "return_url": "http://portal.example/back?renewal=r1",
            "metadata": {"renewal": "r1"},
            **more,
        }
        body.setdefault("payment_method", self._sandbox.card(customer))
        options = {"idempotency_key": key} if key else {}
        return (client or self._sandbox.stripe()).v1.payment_intents.create(body, options)


def approve(sandbox: Running, intent: Any, answer: str = "approve") -> httpx.Response:
    """The card's owner on the bank's page; returns the way back."""
    return sandbox.http.post(intent.next_action.redirect_to_url.url, data={"answer": answer})
