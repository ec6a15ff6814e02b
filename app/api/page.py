"""Page: a part of a long list, and where to read on: after a key, so that nothing is missed or told twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy import Select

from app.api.door import Call
from renewals.base import Record
from renewals.errors import Malformed

R = TypeVar("R", bound=Record)

DEFAULT, MOST = 50, 200
PARAMETERS = ("after", "limit")


@dataclass(frozen=True, slots=True)
class Wish:
    """`after` is the key of the last thing that was told."""

    after: UUID | None
    limit: int

    @classmethod
    def of(cls, call: Call) -> "Wish":
        """Raises: Malformed."""
        query = call.asked.query
        return cls(_after(query.get("after")), _limit(query.get("limit", str(DEFAULT))))


def cut(call: Call, query: Select[R], kind: type[R], path: str) -> tuple[Sequence[R], str | None]:
    """The rows of this page in the order of their keys, and the address of the next page.

    Raises: Malformed.
    """
    wish = Wish.of(call)
    if wish.after:
        query = query.where(kind.id > wish.after)
    rows = call.session.scalars(query.order_by(kind.id).limit(wish.limit + 1)).unique().all()
    if len(rows) <= wish.limit:
        return rows, None
    shown = rows[: wish.limit]
    return shown, f"{path}?{urlencode({**call.asked.query, 'after': shown[-1].id})}"


def _after(word: str | None) -> UUID | None:
    try:
        return UUID(word) if word else None
    except ValueError:
        raise Malformed("after is the id of the last thing you were told.", "after") from None


def _limit(word: str) -> int:
    if not (word.isascii() and word.isdigit() and len(word) < 6 and 1 <= int(word) <= MOST):
        raise Malformed(f"limit is a number from 1 to {MOST}.", "limit")
    return int(word)
