"""Api: the house for programs: JSON by bearer tokens, errors as problem documents, and one document about it."""

from concurrent.futures import Executor
from typing import Any

from litestar import Response

from app.api import account, health, imports, openapi, people, problem, record, renewal
from app.api.door import Door, Told, hang, response
from app.house import House

PREFIX = "/api/"

DOORS: tuple[Door, ...] = (
    *renewal.DOORS, *record.DOORS, *account.DOORS, *health.DOORS, *people.DOORS, *imports.DOORS,
)


def routes(house: House, threads: Executor) -> list[Any]:
    """Every handler of the API; `threads` do the work."""
    return [*(hang(door, house, threads) for door in DOORS), openapi.document(DOORS)]


def refused(status: int) -> Response[bytes]:
    """What the framework refuses under our prefix: a problem document instead of a page."""
    found = problem.of_status(status)
    return response(Told(found.body, found.status, problem.MEDIA_TYPE))
