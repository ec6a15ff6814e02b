"""Desk: how a request becomes a visit: read in the event loop, worked on in a thread of its own."""

import asyncio
import inspect
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any

import structlog
from litestar import Request as WebRequest
from litestar import Response, route
from litestar.enums import HttpMethod
from litestar.exceptions import ClientException
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm.exc import StaleDataError

from admin.shell import page as office_page
from app.house import House
from app.keys import hashed, new_session_token
from app.logs import without_tokens
from app.readable import must_be_text, must_hold_no_card
from app.session import SEEN_EVERY, WebSession
from app.transaction import Role, Steps, run_steps
from app.visit import CodeNeeded, SignInNeeded, Visiting
from gateways.browser import PUBLIC, Access, Answer, Door, Request
from renewals.errors import Malformed, NotFound, NotYours, Refused

THREADS = 32
LONGEST_FORM = 64_000
"""Bytes: more than any form of ours asks for, and little enough to read while others wait."""
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
LONGEST_FIELD = 10_000
MOST_FIELDS = 300
COOKIE_SECONDS = {"flash": 30, "locale": 365 * 86_400, "guest": 12 * 3_600}
SESSION_SECONDS = 14 * 86_400
UNREACHABLE = b"Kekal can not be reached. Try again in a minute."
log = structlog.get_logger()
Work = Callable[..., Any]


class Desk:
    """The threads in which visits are worked on; one desk for each process."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.threads = ThreadPoolExecutor(THREADS, thread_name_prefix="desk")

    def hang(self, work: Work) -> HTTPRouteHandler:
        """A room as Litestar's handler, its path's parameters as the room names them."""
        door: Door = work.door  # type: ignore[attr-defined]
        serve = _with_signature(self._serving(work, door.access), work)
        methods = [HttpMethod(method) for method in door.methods]
        return route(door.path, http_method=methods, opt={"access": door.access}, status_code=200)(serve)

    def _serving(self, work: Work, access: Access) -> Work:
        async def serve(request: WebRequest[Any, Any, Any], **path: Any) -> Response[bytes]:
            if request.method == "POST" and len(await request.body()) > LONGEST_FORM:
                return self.apologise(request, 413)
            read = await _read(request, self.house.settings.proxies)
            run = partial(self._serve, work, access, read, path)
            return await asyncio.get_running_loop().run_in_executor(self.threads, run)

        return serve

    def _serve(self, work: Work, access: Access, request: Request, path: dict[str, Any]) -> Response[bytes]:
        visit = Visiting(self.house, request, access)
        try:
            self._must_be_our_form(request, access)
            _must_be_readable(request)
            answer = run_steps(partial(self._step, visit), self._steps(visit, work, path), visit.wait_for)
        except Exception as trouble:  # every way not to succeed has its own page
            answer = self._trouble(visit, trouble)
        self._note_presence(visit)
        return self._response(visit, answer)

    @contextmanager
    def _step(self, visit: Visiting) -> Iterator[None]:
        read_only = visit.request.is_safe and not visit.access.records
        with self._enter(visit.request, read_only=read_only) as (session, row, now):
            visit.begin(session, row, now)
            yield

    def _enter(self, request: Request, *, read_only: bool) -> Any:
        token = request.cookies.get(self.house.cookie_name("session"), "")
        return self.house.database.enter(hashed(token), read_only=read_only)

    def _steps(self, visit: Visiting, work: Work, path: dict[str, Any]) -> Steps[Answer]:
        """A plain room is one step; a generator keeps its own. The page is rendered before the last commit."""
        if not visit.request.is_safe and visit.access.form:
            visit.must_come_from_our_form()
        answer: Answer = (yield from _generated(work, visit, path))
        return self._rendered(visit, answer)

    def _rendered(self, visit: Visiting, answer: Answer) -> Answer:
        if answer.template:
            if not visit.form_subject:
                self._greet(visit, answer)
            shared = {"visit": visit, "vendor": self.house.vendor, "csrf": visit.csrf, "flash": visit.flash}
            answer.body = self.house.html.render(answer.template, visit.locale, **(shared | answer.context))
        return answer

    def _greet(self, visit: Visiting, answer: Answer) -> None:
        """A first page gives a cookie, so that even a form before sign-in is bound to this browser."""
        visitor = new_session_token()
        visit.request = _with_cookie(visit.request, self.house.cookie_name("visitor"), visitor)
        answer.cookies["visitor"] = visitor

    def _trouble(self, visit: Visiting, trouble: Exception) -> Answer:
        match trouble:
            case SignInNeeded() | CodeNeeded():
                return Answer(status=303, headers={"Location": visit.sign_in_path()})
            case NotFound():
                return self._error(visit, 404)
            case NotYours():
                return self._error(visit, 403, str(trouble))
            case Refused():
                return self._error(visit, 409, str(trouble))
            case StaleDataError():
                return self._error(visit, 409)
            case Malformed():
                return self._error(visit, 422, str(trouble))
        log.error("a room failed", path=without_tokens(visit.request.path), exc_info=trouble)
        return self._error(visit, 500)

    def _error(self, visit: Visiting, status: int, sentence: str | None = None) -> Answer:
        """The error's own page, in its own transaction that only reads."""
        visit.access = PUBLIC
        try:
            with self._enter(visit.request, read_only=True) as (session, row, now):
                visit.begin(session, row, now)
                return self._rendered(visit, error_page(visit, status, sentence))
        except Exception as worse:  # without a database there is still an answer
            log.error("the error page failed", exc_info=worse)
            return Answer(status=503, body=UNREACHABLE, content_type="text/plain")

    def apologise(self, request: WebRequest[Any, Any, Any], status: int) -> Response[bytes]:
        """The page for what never reached a room."""
        visit = Visiting(self.house, _plain_request(request, self.house.settings.proxies), PUBLIC)
        return self._response(visit, self._error(visit, status))

    def _note_presence(self, visit: Visiting) -> None:
        """A session's last-seen, now and then, in a transaction of its own."""
        if not visit.has_begun or visit.session_id is None or visit.machine_now - visit.row.seen_at < SEEN_EVERY:
            return
        try:
            with self.house.database.begin(Role.DOOR) as (session, now):
                WebSession.see(session, visit.session_id, at=now.machine)
        except SQLAlchemyError as trouble:  # what was done stays done; only the note is missing
            log.warning("presence not noted", exc_info=trouble)

    def _must_be_our_form(self, request: Request, access: Access) -> None:
        """A form sent from another site, or not as a form, is refused before anything is looked up.

        Raises: NotYours.
        """
        if request.is_safe or not access.form:
            return
        origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
        if origin == "null" and site == "same-origin":
            origin = None  # a page of ours that sends no referrer does not say where it stands, but the browser knows
        if (origin is not None and origin != self.house.settings.public_url) or site not in (None, "same-origin"):
            raise NotYours("This form did not come from our page. Open the page again and repeat.")
        if not request.headers.get("content-type", "").lower().startswith(FORMS):
            raise NotYours("This is not a form of ours.")

    def _response(self, visit: Visiting, answer: Answer) -> Response[bytes]:
        headers = {"Cache-Control": "no-store", "Content-Type": answer.content_type} | answer.headers
        if visit.waited and self.house.settings.is_demo:  # how much of the answer was somebody else's time
            headers["Server-Timing"] = f"outside;dur={visit.waited * 1000:.1f}"
        response = Response(answer.body, status_code=answer.status, headers=headers, media_type=answer.content_type)
        if answer.template and self.house.cookie_name("flash") in visit.request.cookies:
            answer.cookies.setdefault("flash", None)
        for name, value in answer.cookies.items():
            response.set_cookie(
                key=self.house.cookie_name(name), value=value or "", path="/", httponly=True, samesite="lax",
                secure=self.house.settings.is_production,
                max_age=COOKIE_SECONDS.get(name, SESSION_SECONDS) if value else 0,
            )
        return response


def error_page(visit: Visiting, status: int, sentence: str | None) -> Answer:
    """In the frame of whoever asked: the staff keep their menu."""
    if visit.person and visit.person.is_staff:
        return office_page(
            visit, "admin/error.html", here="", status=status, code=status, sentence=sentence, back=visit.came_from
        )
    return visit.page("portal/error.html", status=status, code=status, sentence=sentence)


def _must_be_readable(request: Request) -> None:
    """What no field of ours can hold is refused before anything is looked up. Raises: Malformed."""
    if len(request.form) + len(request.query) > MOST_FIELDS:
        raise Malformed("This form has more fields than any page of ours.")
    for field, text in [*request.form.items(), *request.query.items(), ("path", request.path)]:
        if len(text) > LONGEST_FIELD:
            raise Malformed(f"This is too long; {LONGEST_FIELD:,} characters are the most we can take.", field)
        must_be_text(field, field)
        must_be_text(field, text)
        must_hold_no_card(field, text)


def _generated(work: Work, visit: Visiting, path: dict[str, Any]) -> Generator[Any, Any, Answer]:
    if inspect.isgeneratorfunction(work):
        answer: Answer = yield from work(visit, **path)
        return answer
    plain: Answer = work(visit, **path)
    return plain


def _with_signature(serve: Work, work: Work) -> Work:
    """Litestar reads the parameters of the path off the room itself."""
    wanted = list(inspect.signature(work, eval_str=True).parameters.values())[1:]
    kind = inspect.Parameter.KEYWORD_ONLY
    request = inspect.Parameter("request", kind, annotation=WebRequest[Any, Any, Any])
    parameters = [request, *(_of_the_path(parameter).replace(kind=kind) for parameter in wanted)]
    serve.__signature__ = inspect.Signature(parameters, return_annotation=Response[bytes])  # type: ignore[attr-defined]
    serve.__annotations__ = {p.name: p.annotation for p in parameters} | {"return": Response[bytes]}
    serve.__name__, serve.__module__, serve.__doc__ = work.__name__, work.__module__, work.__doc__
    return serve


def _of_the_path(parameter: inspect.Parameter) -> inspect.Parameter:
    return parameter.replace(annotation=FromPath[parameter.annotation])  # type: ignore[misc, name-defined]


def _with_cookie(request: Request, name: str, value: str) -> Request:
    return Request(
        request.method, request.path, request.query, request.form, {**request.cookies, name: value}, request.headers,
        request.ip,
    )


async def _read(request: WebRequest[Any, Any, Any], proxies: int) -> Request:
    method = str(request.method)
    form: dict[str, str] = {}
    if method not in ("GET", "HEAD") and request.headers.get("content-type", "").lower().startswith(FORMS):
        form = await _form(request)
    return _plain_request(request, proxies, form)


async def _form(request: WebRequest[Any, Any, Any]) -> dict[str, str]:
    """Raises: ClientException for what is written in no alphabet, or in one that nobody knows."""
    try:
        return {key: value for key, value in (await request.form()).multi_items() if isinstance(value, str)}
    except (LookupError, UnicodeError) as no:
        raise ClientException from no


def _address(request: WebRequest[Any, Any, Any], proxies: int) -> str:
    """Who asks: the address our own outermost proxy saw; what stands before it in the header anybody may write."""
    told = [part.strip() for part in request.headers.get("x-forwarded-for", "").split(",") if part.strip()]
    if proxies and len(told) >= proxies:
        return told[-proxies][:64]
    return request.client.host if request.client else ""


def _plain_request(
    request: WebRequest[Any, Any, Any], proxies: int, form: dict[str, str] | None = None
) -> Request:
    return Request(
        method=str(request.method),
        path=request.url.path,
        query={key: value for key, value in request.query_params.multi_items() if isinstance(value, str)},
        form=form or {},
        cookies=dict(request.cookies),
        headers={key.lower(): value for key, value in request.headers.items()},
        ip=_address(request, proxies),
    )
