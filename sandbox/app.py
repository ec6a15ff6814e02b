"""Every wire of the sandbox: who answers which path, and how the program starts and stops."""

import signal
import threading

from sandbox.api import Api
from sandbox.book import Book, Cause
from sandbox.faults import Faults
from sandbox.objects import webhook_endpoint
from sandbox.pages.door import Pages
from sandbox.server import Server
from sandbox.settings import Settings
from sandbox.store import Store
from sandbox.switches import Switches
from sandbox.turn import Turns
from sandbox.webhooks import Postman
from sandbox.wire import Answer, Request


class Sandbox:
    def __init__(self, settings: Settings) -> None:
        self._stopping = threading.Event()
        self._store = Store(settings.data)
        self._server = Server(settings.port)
        self.origin = settings.public_url or self._server.origin
        self._postman = Postman(self._store)
        faults = Faults()
        self._api = Api(self._store, faults, self.origin, self._stopping)
        self._switches = Switches(self._store, faults, self.origin)
        self._pages = Pages(Turns(self._store, self.origin), faults)
        if settings.webhook_url and settings.webhook_secret:
            with self._store.transaction() as rows:
                book = Book(rows, self.origin, Cause())
                webhook_endpoint.configure(book, settings.webhook_url, settings.webhook_secret)

    def answer(self, request: Request) -> Answer:
        try:
            return self._door(request)
        finally:
            self._postman.wake()

    def _door(self, request: Request) -> Answer:
        if request.path.startswith("/v1/"):
            return self._api.answer(request)
        if request.path.startswith("/_sandbox/"):
            return self._switches.answer(request)
        return self._pages.answer(request)

    def run(self) -> None:
        """Serves until SIGTERM or SIGINT; hanging answers do not hold the end up."""
        for ending in (signal.SIGTERM, signal.SIGINT):
            signal.signal(ending, lambda *_: self._stopping.set())
        self._postman.start()
        serving = self._server.open(self.answer)
        print(f"Sandbox ready at {self.origin}", flush=True)
        self._stopping.wait()
        self._server.shutdown()
        serving.join()
        self._server.server_close()
        self._postman.stop()
        self._store.close()
