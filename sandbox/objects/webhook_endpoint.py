"""A webhook endpoint: an address that hears of events, and the secret they are signed with."""

from sandbox.book import API_VERSION, Book, Document, new_id
from sandbox.listing import page
from sandbox.objects import metadata
from sandbox.validate import Params, understood

_SETTINGS = ("url", "enabled_events", "description")


def create(book: Book, params: Params) -> Document:
    """The only time the secret is shown."""
    understood(params, (*_SETTINGS, "api_version", "metadata"))
    endpoint = open_at(book, new_id("we"), params, new_id("whsec", 32))
    return {**endpoint, "secret": endpoint["_secret"]}


def open_at(book: Book, endpoint_id: str, params: Params, secret: str) -> Document:
    return book.add(
        {
            "id": endpoint_id,
            "object": "webhook_endpoint",
            "api_version": params.get("api_version", API_VERSION),
            "application": None,
            "created": book.now,
            "description": params.get("description"),
            "enabled_events": params["enabled_events"],
            "livemode": False,
            "metadata": metadata.written(params.get("metadata")),
            "status": "enabled",
            "url": params["url"],
            "_secret": secret,
        }
    )


def configure(book: Book, url: str, secret: str) -> Document:
    """The endpoint given at the start; a restart may have moved it."""
    if (present := book.look("we_configured")) is not None:
        return book.save(present | {"url": url, "_secret": secret})
    return open_at(book, "we_configured", {"url": url, "enabled_events": ["*"]}, secret)


def retrieve(book: Book, params: Params, endpoint_id: str) -> Document:
    return book.find("webhook_endpoint", endpoint_id)


def update(book: Book, params: Params, endpoint_id: str) -> Document:
    understood(params, (*_SETTINGS, "disabled", "metadata"))
    endpoint = book.find("webhook_endpoint", endpoint_id)
    endpoint |= {name: params[name] for name in _SETTINGS if name in params}
    if "metadata" in params:
        endpoint["metadata"] = metadata.changed(endpoint["metadata"], params["metadata"])
    if "disabled" in params:
        endpoint["status"] = "disabled" if params["disabled"] else "enabled"
    return book.save(endpoint)


def listed(book: Book, params: Params) -> Document:
    understood(params, ("ending_before", "limit", "starting_after"))
    return page(book, "webhook_endpoint", params, "/v1/webhook_endpoints", {})


def delete(book: Book, params: Params, endpoint_id: str) -> Document:
    book.remove(book.find("webhook_endpoint", endpoint_id))
    return {"id": endpoint_id, "object": "webhook_endpoint", "deleted": True}


def hears(endpoint: Document, news: str) -> bool:
    wanted = endpoint["enabled_events"]
    return endpoint["status"] == "enabled" and ("*" in wanted or news in wanted)
