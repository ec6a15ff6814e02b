"""Calendars: what a calendar program gets that asks with one of our private addresses: no session, no cookie."""

import asyncio
import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from litestar import Request, Response, route
from litestar.enums import HttpMethod
from litestar.params import FromPath

from app.house import House
from app.transaction import Role
from gateways.browser import Access, Side
from gateways.calendar import CONTENT_TYPE, Entry, write
from renewals.feed import Feed, FeedScope, Holder
from renewals.plan.diary import Dated, DateKind, Diary
from renewals.policy import Policy

BY_ADDRESS = Access(Side.ANYBODY)
ENDING = ".ics"
MORNING_BEFORE, WEEK_BEFORE = timedelta(hours=15), timedelta(days=6, hours=15)
"""Before a whole day, which begins at midnight: nine o'clock on the day before, and a week before."""
ALARMS = {
    DateKind.MILESTONE: (MORNING_BEFORE,), DateKind.DECIDE_BY: (WEEK_BEFORE, MORNING_BEFORE),
    DateKind.RENEWS: (MORNING_BEFORE,), DateKind.STEP: (MORNING_BEFORE,), DateKind.TASK: (timedelta(minutes=15),),
}
BY_ITSELF = ("looked_back", "proposal_made", "reminder", "last_reminder")
"""What a customer need not be woken for."""


def calendar_door(house: House, threads: ThreadPoolExecutor) -> Any:
    """Whoever has the address reads; the answer depends on nothing else the request says."""

    @route("/calendar/{token:str}", http_method=[HttpMethod.GET, HttpMethod.HEAD], opt={"access": BY_ADDRESS},
           status_code=200)
    async def serve(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[bytes]:
        work = partial(_serve, house, token, request.headers.get("if-none-match", ""))
        return await asyncio.get_running_loop().run_in_executor(threads, work)

    return serve


def _serve(house: House, token: str, known: str) -> Response[bytes]:
    key = house.keys.read_token("feed", token.removesuffix(ENDING)) if token.endswith(ENDING) else None
    holder = _holder(house, key) if key else None
    if holder is None:
        return Response(b"", status_code=404, media_type="text/plain", headers={"Cache-Control": "no-store"})
    body = _body(house, holder)
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache", "Content-Type": CONTENT_TYPE}
    with house.database.begin(Role.DOOR) as (session, now):
        Feed.note_reading(session, holder.feed_id, at=now.business)
    if etag in (one.strip().removeprefix("W/") for one in known.split(",")):
        return Response(b"", status_code=304, headers=headers, media_type=CONTENT_TYPE)
    return Response(body, headers=headers, media_type=CONTENT_TYPE)


def _holder(house: House, key: UUID) -> Holder | None:
    with house.database.begin(Role.DOOR, read_only=True) as (session, _):
        return Feed.holder(session, key)


def _body(house: House, holder: Holder) -> bytes:
    """With the rights of whoever it is for, and nobody else's."""
    role = Role.STAFF if holder.account is None else Role.PORTAL
    with house.database.begin(role, holder.account.id if holder.account else None, read_only=True) as (session, now):
        diary = Diary(session, Policy.all_in_force(session, now.business.date()), now.business.date())
        entries = [_entry(house, holder, one) for one in _dates(diary, holder)]
    name = house.html.render("calendar/name.txt", holder.locale, vendor=house.vendor, holder=holder).decode().strip()
    return write(name, entries)


def _dates(diary: Diary, holder: Holder) -> list[Dated]:
    if holder.account is not None:
        return diary.of_customer(holder.person)
    return diary.of_team() if holder.scope is FeedScope.TEAM else diary.of_staff(holder.person)


def _entry(house: House, holder: Holder, dated: Dated) -> Entry:
    """The template's first line is the title, the others are the text."""
    side = "staff" if holder.account is None else "customer"
    said = house.html.render(f"calendar/{side}.txt", holder.locale, vendor=house.vendor, dated=dated).decode()
    title, _, text = said.strip().partition("\n")
    room = "/admin/renewals" if side == "staff" else "/renewals"
    return Entry(
        dated.uid, title.strip(), text.strip(), f"{house.settings.public_url}{room}/{dated.renewal.id}", dated.starts,
        dated.ends, max(dated.revision.count - 1, 0), dated.revision.at, dated.cancelled,
        () if dated.phase in BY_ITSELF else ALARMS[dated.kind],
    )
