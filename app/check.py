"""Check: look for what must never be, on a living house; reads only."""

from app import jobs
from app.settings import Settings
from app.transaction import Database, Role
from renewals import seal
from renewals.check import INVARIANTS, Invariant, violations

__all__ = ["INVARIANTS", "Invariant", "run", "verify", "violations"]


def run(settings: Settings) -> int:
    database = Database(settings.database_url, jobs.follow, pool=1)
    with database.begin(Role.WORKER, read_only=True) as (session, _):
        found = violations(session)
    print("\n".join(found) or f"{len(INVARIANTS)} invariants hold.")
    return 1 if found else 0


def verify(settings: Settings) -> int:
    database = Database(settings.database_url, jobs.follow, pool=1)
    with database.begin(Role.WORKER, read_only=True) as (session, _):
        verdict = seal.verify(session)
    print(verdict.fault or f"The chain is whole: {verdict.sealed} events sealed, {verdict.unsealed} not yet.")
    return 0 if verdict.is_whole else 1
