"""The portal as it is, with one more route: a bare handler that returns the renewal page's own bytes."""

import os

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels
from litestar import Litestar, Request, Response, get, post

from app import main
from app.house import House
from app.settings import Settings
from gateways.browser import PUBLIC

KEPT: dict[str, bytes] = {"page": b""}


@post("/bare", opt={"access": PUBLIC}, status_code=200)
async def keep(request: Request) -> Response[bytes]:  # type: ignore[type-arg]
    """What the bare handler shall answer."""
    KEPT["page"] = await request.body()
    return Response(b"")


@get("/bare", opt={"access": PUBLIC}, sync_to_thread=False)
def bare() -> Response[bytes]:
    return Response(KEPT["page"], media_type="text/html; charset=utf-8")


def create() -> Litestar:
    made = main.build(House.build(Settings.read(os.environ)))
    made.register(keep)
    made.register(bare)
    return made


if __name__ == "__main__":
    Granian(
        "bench.portal:create", factory=True, interface=Interfaces.ASGI, port=int(os.environ["KEKAL_PORT"]), workers=1,
        log_level=LogLevels.warning, log_access=False, websockets=False,
    ).serve()
