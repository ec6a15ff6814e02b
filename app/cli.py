"""The program `kekal`: serve, worker, demo, migrate, import, token, check and audit."""

import asyncio
import os
import sys
from collections.abc import Callable
from datetime import date

from app.settings import Misconfigured, Settings

USAGE = """\
kekal serve            the portal (KEKAL_HOST, KEKAL_PORT, KEKAL_PROCESSES)
kekal worker           the background work; start as many as you like
kekal migrate          bring the database to this version
kekal import FILES     the book of business: accounts.csv people.csv subscriptions.csv value.csv usage.csv
                       [--dry-run] checks everything and keeps nothing
kekal token NAME --as EMAIL
                       a key for a program, with the rights of that member of the staff [--revoke]
kekal policy KIND FILE --reason TEXT
                       a new version of a policy, from a JSON file; without FILE, print the one in force
kekal check            look for what must never be
kekal audit verify     walk the chain over the audit log
kekal demo [--reset] [--day YYYY-MM-DD] [--small]
                       everything at once, with a company to play with; a new one begins at that day,
                       a small one has six customers instead of two hundred
"""


def main() -> int:
    arguments = sys.argv[1:]
    commands: dict[str, Callable[[list[str]], int]] = {
        "serve": _serve, "worker": _worker, "migrate": _migrate, "import": _import, "token": _token,
        "check": _check, "audit": _audit, "policy": _policy, "demo": _demo,
    }
    command = commands.get(arguments[0] if arguments else "")
    if command is None:
        print(USAGE, file=sys.stderr)
        return 2
    try:
        return command(arguments[1:])
    except Misconfigured as trouble:
        print(trouble, file=sys.stderr)
        return 2


def _settings() -> Settings:
    return Settings.read(os.environ)


def _serve(arguments: list[str]) -> int:
    from app.serve import serve

    settings = _settings()
    serve(settings)
    return 0


def _worker(arguments: list[str]) -> int:
    from app.house import House
    from app.worker import work_until_stopped

    house = House.build(_settings(), pool=12)
    asyncio.run(work_until_stopped(house))
    house.close()
    return 0


def _migrate(arguments: list[str]) -> int:
    from app.migrate import up

    up(_database_url())
    print("The database is at this version.")
    return 0


def _database_url() -> str:
    """Migrating needs nothing but the database."""
    url = os.environ.get("KEKAL_DATABASE_URL", "")
    if not url:
        raise Misconfigured("Kekal can not migrate:\n- KEKAL_DATABASE_URL is missing.")
    return url


def _import(arguments: list[str]) -> int:
    from app.importing import run

    return run(arguments, _settings())


def _token(arguments: list[str]) -> int:
    from app.apitoken import run

    return run(arguments, _settings())


def _check(arguments: list[str]) -> int:
    from app.check import run

    return run(_settings())


def _audit(arguments: list[str]) -> int:
    from app.check import verify

    if arguments != ["verify"]:
        print(USAGE, file=sys.stderr)
        return 2
    return verify(_settings())


def _policy(arguments: list[str]) -> int:
    from app.publishing import run

    return run(arguments, _settings())


def _demo(arguments: list[str]) -> int:
    from app.demo.supervisor import run

    return run(reset="--reset" in arguments, day=_day(arguments), small="--small" in arguments)


def _day(arguments: list[str]) -> date | None:
    """The day a new demo begins at; without one, its own first day."""
    if "--day" not in arguments:
        return None
    said = "".join(arguments[arguments.index("--day") + 1:][:1])
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise Misconfigured(f"{said or 'Nothing'} is no day; write it like --day 2026-04-22.") from None


if __name__ == "__main__":
    sys.exit(main())
