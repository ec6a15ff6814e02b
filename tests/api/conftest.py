"""Programs that knock: each with a token made as the command line makes it."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from app.apitoken import ApiToken
from app.transaction import Role
from renewals.person import Person
from tests.world import World

Knock = Callable[..., httpx.Response]


def token_of(world: World, email: str, name: str = "nightly") -> str:
    with world.house.database.begin(Role.WORKER) as (session, now):
        person = Person.staff_by_email(session, email)
        assert person
        return ApiToken.make(session, name, person, now=now)


def knocking(world: World, token: str | None) -> Knock:
    """Ask as a program: no cookies, JSON in and out."""
    client = world.visitor().client

    def knock(method: str, path: str, **more: Any) -> httpx.Response:
        headers = ({"Authorization": f"Bearer {token}"} if token else {}) | more.pop("headers", {})
        return client.request(method, path, headers=headers, follow_redirects=False, **more)

    return knock


@pytest.fixture
def adam(world: World) -> Knock:
    """A program of the administrator."""
    return knocking(world, token_of(world, "adam@lumen.example"))


@pytest.fixture
def maya(world: World) -> Knock:
    """A program of a CSM."""
    return knocking(world, token_of(world, "maya@lumen.example"))
