"""How the stand-in is started: its port, its folder and the first webhook endpoint, read once."""

import argparse
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """Command line first, then `SANDBOX_*` from the environment. Port 0 lets the system choose."""

    port: int
    data: Path
    public_url: str | None
    webhook_url: str | None
    webhook_secret: str | None

    @classmethod
    def read(cls, arguments: Sequence[str], environment: Mapping[str, str] = os.environ) -> "Settings":
        """Raises: SystemExit in production, and when an endpoint is named without its secret."""
        if environment.get("KEKAL_MODE") == "production":
            raise SystemExit("The sandbox moves no money, so it does not run in production.")
        given = _parser(environment).parse_args(arguments)
        if bool(given.webhook_url) != bool(given.webhook_secret):
            raise SystemExit("--webhook-url and --webhook-secret belong together.")
        return cls(given.port, given.data, given.public_url, given.webhook_url, given.webhook_secret)


def _parser(environment: Mapping[str, str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=int(environment.get("SANDBOX_PORT", "0")))
    parser.add_argument("--data", type=Path, default=Path(environment.get("SANDBOX_DATA", ".kekal/sandbox")))
    parser.add_argument("--public-url", default=environment.get("SANDBOX_PUBLIC_URL"))
    parser.add_argument("--webhook-url", default=environment.get("SANDBOX_WEBHOOK_URL"))
    parser.add_argument("--webhook-secret", default=environment.get("SANDBOX_WEBHOOK_SECRET"))
    return parser
