"""One HTTP exchange: what came in, what goes out, and the line that may be cut in between."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox import form


class Cut(Exception):
    """The socket closes without an answer."""


@dataclass(frozen=True)
class Request:
    """Header names are lower case; the body is raw."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def fields(self) -> form.Form:
        """The parameters as Stripe nests them: the query for a GET, else the body."""
        return form.decode(self.query if self.method in ("GET", "DELETE") else self.body.decode(errors="replace"))

    @property
    def is_json(self) -> bool:
        return self.headers.get("content-type", "").startswith("application/json")


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def json(cls, content: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> "Answer":
        body = json.dumps(content, indent=2).encode() + b"\n"
        return cls(status, body, {"content-type": "application/json", **(headers or {})})

    @classmethod
    def redirect(cls, url: str) -> "Answer":
        return cls(303, headers={"location": url})

    def adding(self, **headers: str) -> "Answer":
        """The same answer with more headers; underscores stand for hyphens."""
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        return Answer(self.status, self.body, {**self.headers, **more})
