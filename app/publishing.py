"""Publishing: a new version of a policy, from a file; what was decided under older ones stays as it was."""

import argparse
import json
import sys
from pathlib import Path

from app import jobs
from app.settings import Settings
from app.transaction import Database, Role
from gateways.stencil import proof
from pricing.policy import PricePolicy
from pricing.reading import PolicyError
from renewals.edition import numbered
from renewals.errors import Malformed
from renewals.health import Bands
from renewals.plan.catalogue import Catalogue
from renewals.plan.sound import must_be_sound
from renewals.policy import Policy, PolicyKind
from renewals.routing.decision import check_touch
from renewals.routing.ownership import check_ownership
from renewals.wording import letters_of


def run(arguments: list[str], settings: Settings) -> int:
    """Exit code: 0 done, 1 refused with a reason."""
    parser = argparse.ArgumentParser(prog="kekal policy")
    parser.add_argument("kind", choices=[kind.value for kind in PolicyKind])
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--reason", default="")
    given = parser.parse_args(arguments)
    database = Database(settings.database_url, jobs.follow, pool=1)
    try:
        return _publish(database, given) if given.file else _show(database, PolicyKind(given.kind))
    finally:
        database.close()


def _show(database: Database, kind: PolicyKind) -> int:
    with database.begin(Role.WORKER, read_only=True) as (session, now):
        policy = Policy.in_force(session, kind, now.business.date())
        print(json.dumps(policy.content, indent=2, ensure_ascii=False))
    return 0


def _publish(database: Database, given: argparse.Namespace) -> int:
    kind = PolicyKind(given.kind)
    try:
        content = json.loads(given.file.read_text("utf-8"))
        _must_be_usable(kind, content, given.reason)
    except (OSError, ValueError) as trouble:
        print(f"{given.file}: {trouble}", file=sys.stderr)
        return 1
    with database.begin(Role.WORKER) as (session, now):
        if kind is PolicyKind.LETTERS:
            content = numbered(session, content, now.business.date())
        policy = Policy.publish(
            session, kind, content, begins_on=now.business.date(), reason=given.reason, by=None, at=now.business
        )
        print(f"{policy.name} is in force from {policy.begins_on.isoformat()}.")
    return 0


def _must_be_usable(kind: PolicyKind, content: object, reason: str) -> None:
    """Raises: ValueError with a sentence."""
    if not isinstance(content, dict):
        raise ValueError("A policy is a JSON object.")
    if not reason.strip():
        raise ValueError("Say why with --reason; it stands in the audit log.")
    if kind is PolicyKind.PRICE:
        try:
            PricePolicy.parse("draft", content)
        except PolicyError as no:
            raise ValueError(str(no)) from no
    try:
        if kind is PolicyKind.HEALTH:
            Bands.of(content)
        if kind is PolicyKind.TOUCH:
            check_touch(content)
        if kind is PolicyKind.OWNERSHIP:
            check_ownership(content)
        if kind is PolicyKind.PLAN:
            must_be_sound(content)
        if kind is PolicyKind.TASKS:
            Catalogue.of(content)
        if kind is PolicyKind.LETTERS:
            for wording in letters_of(content):
                proof(wording)
    except Malformed as no:
        raise ValueError(str(no)) from no
