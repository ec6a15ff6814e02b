"""Version: one edition of the plans or of the tasks: who published it, when and why, and what it has otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from renewals.plan.difference import between
from renewals.plan.draft import KINDS
from renewals.policy import Policy, PolicyKind


@dataclass(frozen=True, slots=True)
class Version:
    """`by` is None for what was shipped or came from a file."""

    policy: Policy
    by: str | None
    at: datetime | None
    says: Sequence[str]
    is_in_force: bool


def history(session: Session, on: date) -> list[Version]:
    """Every version of both, the newest first; each says what it has otherwise than the one before it."""
    present = {Policy.in_force(session, kind, on).id for kind in KINDS}
    found: list[Version] = []
    before: dict[PolicyKind, Policy] = {}
    for policy, by, at in Policy.history(session, KINDS):
        found.append(Version(policy, by, at, between(before.get(policy.kind), policy), policy.id in present))
        before[policy.kind] = policy
    return sorted(found, key=lambda one: (one.policy.begins_on, one.policy.id), reverse=True)
