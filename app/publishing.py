"""Publishing: a new version of a policy, from a file; what was decided under older ones stays as it was."""

import argparse
import json
import sys
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from app import jobs
from app.settings import Settings
from app.transaction import Database, Role
from gateways.stencil import proof, proof_template
from pricing.boundary import Boundaries
from pricing.clause import Library
from pricing.matrix import Matrix
from pricing.policy import PricePolicy
from renewals.accepting import check_terms
from renewals.edition import numbered
from renewals.errors import Malformed
from renewals.facts import check_vendor
from renewals.forecast import check_forecast
from renewals.health import Bands
from renewals.notice_rule import check_notices
from renewals.plan.catalogue import Catalogue
from renewals.plan.sound import must_be_sound
from renewals.policy import Policy, PolicyKind, shipped
from renewals.quoting.template import Templates
from renewals.routing.decision import check_touch
from renewals.routing.ownership import check_ownership
from renewals.save_offer import check_timeline
from renewals.segment import check_segments
from renewals.subscription import Term
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
        if kind is PolicyKind.SEGMENT and (lost := _lost_currencies(session, content, now.business.date())):
            print(f"{given.file}: Terms run in {', '.join(lost)}; the thresholds name these too.", file=sys.stderr)
            return 1
        if kind is PolicyKind.LETTERS:
            content = numbered(session, content, now.business.date())
        policy = Policy.publish(
            session, kind, content, begins_on=now.business.date(), reason=given.reason, by=None, at=now.business
        )
        print(f"{policy.name} is in force from {policy.begins_on.isoformat()}.")
    return 0


def _lost_currencies(session: Session, content: dict[str, Any], on: date) -> list[str]:
    """Without thresholds a renewal has no segment, and its pages do not open."""
    return sorted(Term.currencies(session, on) - content["thresholds"].keys())


def _must_be_usable(kind: PolicyKind, content: object, reason: str) -> None:
    """Raises: ValueError with a sentence."""
    if not isinstance(content, dict):
        raise ValueError("A policy is a JSON object.")
    if not reason.strip():
        raise ValueError("Say why with --reason; it stands in the audit log.")
    check(kind, content)


def check(kind: PolicyKind, content: dict[str, Any]) -> None:
    """A version says all that the shipped one says, in a way that can be used. Raises: ValueError with a sentence."""
    if lacking := shipped(kind).keys() - content.keys() - {"begins_on"}:
        raise ValueError(f"A {kind.value} policy says {', '.join(sorted(lacking))} as well.")
    try:
        CHECKS[kind](content)
    except Malformed as no:
        raise ValueError(str(no)) from no
    except (AttributeError, KeyError, TypeError) as odd:
        raise ValueError(f"Something has another shape than in the shipped {kind.value} policy: {odd}.") from odd


def _check_letters(content: dict[str, Any]) -> None:
    for wording in letters_of(content):
        proof(wording)


def _check_templates(content: dict[str, Any]) -> None:
    for template in Templates.parse("draft", content).of_segment.values():
        proof_template(template)


CHECKS: dict[PolicyKind, Callable[[dict[str, Any]], object]] = {
    PolicyKind.VENDOR: check_vendor,
    PolicyKind.SEGMENT: check_segments,
    PolicyKind.HEALTH: Bands.of,
    PolicyKind.PRICE: partial(PricePolicy.parse, "draft"),
    PolicyKind.TIMELINE: check_timeline,
    PolicyKind.TERMS: check_terms,
    PolicyKind.FORECAST: check_forecast,
    PolicyKind.PLAN: must_be_sound,
    PolicyKind.TASKS: Catalogue.of,
    PolicyKind.TOUCH: check_touch,
    PolicyKind.OWNERSHIP: check_ownership,
    PolicyKind.LETTERS: _check_letters,
    PolicyKind.NOTICE: check_notices,
    PolicyKind.MATRIX: partial(Matrix.parse, "draft"),
    PolicyKind.CLAUSES: partial(Library.parse, "draft"),
    PolicyKind.NEGOTIATION: partial(Boundaries.parse, "draft"),
    PolicyKind.PROPOSAL: _check_templates,
}
"""What reads each kind and refuses what can not be used."""
