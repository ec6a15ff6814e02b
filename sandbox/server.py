"""The HTTP server: one thread a connection, so a hanging answer holds nobody else."""

import threading
import traceback
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Protocol
from urllib.parse import urlsplit

from sandbox.wire import Answer, Cut, Request

_LARGEST_BODY = 1 << 20


class Door(Protocol):
    def __call__(self, request: Request) -> Answer: ...


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), Exchange)
        self.door: Door = lambda request: Answer(503)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def open(self, door: Door) -> threading.Thread:
        """Starts answering, in a thread of its own."""
        self.door = door
        thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.1}, name="server")
        thread.start()
        return thread


class Exchange(BaseHTTPRequestHandler):
    """Reads a request, asks the door, writes the answer in one piece."""

    protocol_version = "HTTP/1.1"
    server_version = "KekalSandbox"
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 300
    server: Server

    def _answer(self) -> None:
        request = self._request()
        if request is None:
            return self._write(Answer(413))
        try:
            self._write(self.server.door(request))
        except Cut:
            self.close_connection = True
        except ConnectionError:
            raise
        except Exception:
            # A fault of our own must look like one, not like a line that was cut.
            traceback.print_exc()
            self._write(Answer.json({"error": {"type": "api_error", "message": "The sandbox itself broke."}}, 500))

    do_GET = do_HEAD = do_POST = do_DELETE = _answer  # noqa: N815 - the names http.server calls

    def _request(self) -> Request | None:
        length = int(self.headers.get("content-length") or 0)
        if length > _LARGEST_BODY:
            self.close_connection = True
            return None
        url = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Request(self.command, url.path, url.query, headers, self.rfile.read(length))

    def _write(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)
        self.wfile.flush()

    def handle(self) -> None:
        with suppress(ConnectionError):
            super().handle()

    def log_message(self, *words: object) -> None:
        """Silent: URLs of customers belong in no log."""
