"""Problem: what did not go as asked, as RFC 9457 writes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.orm.exc import StaleDataError

from app.quota import TooMany
from renewals.errors import Malformed, NotFound, NotYours, Refused
from renewals.importing import Rejected, Rejection

MEDIA_TYPE = "application/problem+json"
SORRY = "Something broke on our side, and we have been told."


class NoToken(Exception):
    """There is no token in the request, or (`was_there`) it opens nothing."""

    def __init__(self, was_there: bool) -> None:
        super().__init__("This token opens nothing." if was_there else "Send a token: Authorization: Bearer …")
        self.was_there = was_there


class KeyReused(Malformed):
    """An idempotency key came again with another request."""


class NotJson(Malformed):
    """The body is no JSON of the kind that is asked for."""


@dataclass(frozen=True, slots=True)
class Problem:
    """The document and the headers that go with it."""

    status: int
    detail: str
    kind: str = "about:blank"
    more: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def body(self) -> bytes:
        said = {"type": self.kind, "title": HTTPStatus(self.status).phrase, "status": self.status}
        return msgspec.json.encode(said | {"detail": self.detail} | dict(self.more))


def of(trouble: Exception) -> Problem:
    """Only sentences fit to show leave the house."""
    match trouble:
        case NoToken():
            challenge = 'Bearer realm="Kekal"' + (', error="invalid_token"' if trouble.was_there else "")
            return Problem(401, str(trouble), headers={"WWW-Authenticate": challenge})
        case TooMany():
            return Problem(429, str(trouble), headers={"Retry-After": str(trouble.wait)})
        case NotFound():
            return Problem(404, "There is no such thing.")
        case NotYours():
            return Problem(403, str(trouble))
        case Refused():
            return Problem(409, str(trouble))
        case StaleDataError():
            return Problem(409, "Somebody changed this in the meantime. Read it again.")
        case Rejected():
            return _rejected(trouble)
        case KeyReused():
            return Problem(422, str(trouble), "urn:kekal:idempotency-key-reused")
        case NotJson():
            return Problem(400, str(trouble))
        case Malformed():
            return Problem(422, str(trouble), more={"field": trouble.field} if trouble.field else {})
    return Problem(500, SORRY)


def of_status(status: int) -> Problem:
    """What the framework refuses before a door is reached."""
    said = {404: "There is nothing at this address.", 405: "This address does not take that method.",
            413: "The body is too large."}
    return Problem(status, said.get(status, SORRY if status >= 500 else "This request can not be read."))


def key(word: str) -> UUID:
    """Raises: NotFound for what is no key: it belongs to nothing."""
    try:
        return UUID(word)
    except ValueError:
        raise NotFound from None


def _rejected(trouble: Rejected) -> Problem:
    """Every row at fault; nothing of the book went in."""
    more = {"rejections": [_row(one) for one in trouble.rejections], "warnings": [_row(w) for w in trouble.warnings]}
    return Problem(422, str(trouble), "urn:kekal:rejected-rows", more)


def _row(one: Rejection) -> dict[str, Any]:
    return {"kind": one.file, "row": one.line, "column": one.column, "reason": one.reason}
