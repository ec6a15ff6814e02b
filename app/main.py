"""Main: every wire on one page."""

import os
from collections.abc import Awaitable, Callable
from types import ModuleType
from typing import Any

import structlog
from litestar import Litestar, Request, Response, get
from litestar.connection import ASGIConnection
from litestar.exceptions import HTTPException, PermissionDeniedException
from litestar.handlers.base import BaseRouteHandler
from litestar.params import FromPath
from litestar.types import Message, Scope

import admin
import portal
from app import api, signin
from app.calendars import calendar_door
from app.desk import Desk
from app.house import House
from app.logs import without_tokens
from app.settings import Settings
from app.webhooks import stripe_door
from gateways.browser import PUBLIC, rooms_of

CONTENT_POLICY = "; ".join(
    [
        "default-src 'none'", "style-src 'self'", "font-src 'self'", "img-src 'self' data:", "script-src 'self'",
        "connect-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
    ]
)
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with no-referrer a browser says "Origin: null" of our own forms
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
}
YEAR = 365 * 86_400
log = structlog.get_logger()


def create() -> Litestar:
    """What the server calls; everything comes from the environment."""
    return build(House.build(Settings.read(os.environ)))


def build(house: House) -> Litestar:
    desk = Desk(house)
    handlers: list[Any] = [desk.hang(work) for module in rooms(house) for work in rooms_of(module)]
    programs = [stripe_door(house), calendar_door(house, desk.threads), *api.routes(house, desk.threads)]
    return Litestar(
        [*handlers, static_door(house), health, *programs],
        guards=[deny_by_default],
        exception_handlers={HTTPException: _framework_error(desk), Exception: _framework_error(desk)},
        before_send=[_headers(house.settings)],
        openapi_config=None,
        logging_config=None,
        on_shutdown=[house.close],
        request_max_body_size=2_000_000,
        debug=False,
    )


def rooms(house: House) -> list[ModuleType]:
    """The modules whose rooms are hung; the demo's only in demo mode."""
    every = [signin, *portal.rooms(), *admin.rooms()]
    if house.settings.is_demo:
        from app.demo import rooms as demo

        every.append(demo)
    return every


def deny_by_default(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """A door without an access stays shut, whoever forgot it."""
    if "access" not in handler.opt:
        raise PermissionDeniedException


def static_door(house: House) -> Any:
    """Files named by their content: good for ever, in the encoding the browser likes."""

    @get("/static/{path:path}", opt={"access": PUBLIC}, sync_to_thread=False)
    def serve(request: Request[Any, Any, Any], path: FromPath[str]) -> Response[bytes]:
        asset = house.assets.find(request.url.path)
        if asset is None:
            return Response(b"", status_code=404, media_type="text/plain", headers={"Cache-Control": "no-store"})
        headers = {
            "Cache-Control": f"public, max-age={YEAR}, immutable", "Content-Type": asset.content_type,
            "ETag": asset.etag, "Vary": "Accept-Encoding",
        }
        if request.headers.get("if-none-match") == asset.etag:
            return Response(b"", status_code=304, headers=headers, media_type=asset.content_type)
        body, encoding = asset.encoded_for(request.headers.get("accept-encoding", ""))
        if encoding:
            headers["Content-Encoding"] = encoding
        return Response(body, headers=headers, media_type=asset.content_type)

    return serve


@get("/health", opt={"access": PUBLIC}, sync_to_thread=False)
def health() -> Response[bytes]:
    """The process answers; nothing is asked of the database."""
    return Response(b"ok", media_type="text/plain", headers={"Cache-Control": "no-store"})


def _framework_error(desk: Desk) -> Callable[[Request[Any, Any, Any], Exception], Response[bytes]]:
    """What the framework refuses (no such path, wrong method, malformed key) gets the house's own page."""

    def answer(request: Request[Any, Any, Any], trouble: Exception) -> Response[bytes]:
        status = trouble.status_code if isinstance(trouble, HTTPException) else 500
        if status >= 500:
            log.error("the front door failed", path=without_tokens(request.url.path), exc_info=trouble)
        if request.url.path.startswith(api.PREFIX):
            return api.refused(status)
        return desk.apologise(request, status)

    return answer


def _headers(settings: Settings) -> Callable[[Message, Scope], Awaitable[None]]:
    """The same protections on every answer: also where no room was found, which no middleware sees. What a room said
    more strictly stays."""
    only_https = {"Strict-Transport-Security": f"max-age={YEAR}; includeSubDomains"}
    fixed = HEADERS | (only_https if settings.is_production else {})
    raw = [(name.lower().encode(), value.encode()) for name, value in fixed.items()]

    async def protect(message: Message, scope: Scope) -> None:
        if message["type"] == "http.response.start":
            said = {name for name, _ in message["headers"]}
            message["headers"] = [*message["headers"], *(one for one in raw if one[0] not in said)]

    return protect
