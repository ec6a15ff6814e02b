"""An event: what happened, with the object as it was then."""

from sandbox.book import Book, Document
from sandbox.listing import page
from sandbox.validate import Params, understood


def retrieve(book: Book, params: Params, event_id: str) -> Document:
    return book.find("event", event_id)


def listed(book: Book, params: Params) -> Document:
    understood(params, ("created", "ending_before", "limit", "starting_after", "type", "types"))
    where = {"type": params.get("type")}
    return page(book, "event", params, "/v1/events", where, among=params.get("types"))
