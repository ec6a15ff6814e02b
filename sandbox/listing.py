"""Stripe's lists: newest first, paged by the id of the last one seen."""

import json
from collections.abc import Mapping
from typing import Any

from sandbox.book import Book, Document, matching
from sandbox.errors import Invalid
from sandbox.validate import Params

_COMPARISONS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def enclose(documents: list[Document], url: str, *, more: bool = False) -> Document:
    return {"object": "list", "data": documents, "has_more": more, "url": url}


def page(
    book: Book, kind: str, params: Params, url: str, where: Mapping[str, Any], among: list[str] | None = None
) -> Document:
    """One page of a kind. `among` narrows events to some types."""
    conditions, values = matching(kind, where)
    for comparison, moment in _created(params):
        conditions += f" AND json_extract(body, '$.created') {comparison} ?"
        values.append(moment)
    if among is not None:
        conditions += f" AND json_extract(body, '$.type') IN ({', '.join('?' * len(among))})"
        values += among
    return _paged(book, kind, conditions, values, params, url)


def _created(params: Params) -> list[tuple[str, int]]:
    wanted = params.get("created")
    if wanted is None:
        return []
    if isinstance(wanted, int):
        return [("=", wanted)]
    return [(_COMPARISONS[name], moment) for name, moment in wanted.items()]


def _paged(book: Book, kind: str, conditions: str, values: list[Any], params: Params, url: str) -> Document:
    limit = params.get("limit", 10)
    if not 1 <= limit <= 100:
        raise Invalid("Limit must be between 1 and 100.", code="parameter_invalid_integer", param="limit")
    backwards = "ending_before" in params
    border = params.get("ending_before") or params.get("starting_after")
    if border:
        book.find(kind, border, "ending_before" if backwards else "starting_after")
        conditions += f" AND seq {'>' if backwards else '<'} (SELECT seq FROM object WHERE id = ?)"
        values = [*values, border]
    order = "ASC" if backwards else "DESC"
    query = f"SELECT body FROM object WHERE {conditions} ORDER BY seq {order} LIMIT ?"
    found = [json.loads(row["body"]) for row in book.rows.execute(query, [*values, limit + 1])]
    kept = found[:limit]
    return enclose(kept[::-1] if backwards else kept, url, more=len(found) > limit)
