"""Serving: granian in front of the house."""

import os

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from app.settings import Settings


def serve(settings: Settings) -> None:
    """Until SIGTERM or SIGINT. KEKAL_PROCESSES processes share one port and nothing else."""
    Granian(
        "app.main:create", factory=True, interface=Interfaces.ASGI,
        address=os.environ.get("KEKAL_HOST", "127.0.0.1"), port=int(os.environ.get("KEKAL_PORT", "8000")),
        workers=int(os.environ.get("KEKAL_PROCESSES", "1")), log_level=LogLevels.warning, log_access=False,
        websockets=False, respawn_failed_workers=True, workers_kill_timeout=15,
    ).serve()
