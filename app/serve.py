"""Serving: granian in front of the house."""

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from app.settings import Settings


def serve(settings: Settings) -> None:
    """Until SIGTERM or SIGINT. Its processes share one port and nothing else."""
    Granian(
        "app.main:create", factory=True, interface=Interfaces.ASGI,
        address=settings.host, port=settings.port, workers=settings.processes,
        log_level=LogLevels.warning, log_access=False, websockets=False, respawn_failed_workers=True,
        workers_kill_timeout=15,
    ).serve()
