"""Version: one edition of the discount matrix: who published it, when and why, and which quotes it judges."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from pricing.redrawing import difference
from renewals.policy import Policy, PolicyKind
from renewals.quoting.basis import matrix_of
from renewals.quoting.quote import Quote


@dataclass(frozen=True, slots=True)
class Version:
    """`by` is None for what was shipped or came from a file; `quotes` are those under way that it judges."""

    policy: Policy
    by: str | None
    at: datetime | None
    says: Sequence[str]
    quotes: int
    is_in_force: bool


def history(session: Session, on: date) -> list[Version]:
    """The newest first; each says what it has otherwise than the one before it."""
    present, judged = Policy.in_force(session, PolicyKind.MATRIX, on).id, Quote.under_way(session)
    found: list[Version] = []
    before: Policy | None = None
    for policy, by, at in Policy.history(session, [PolicyKind.MATRIX]):
        says = difference(matrix_of(before), matrix_of(policy)) if before else ()
        found.append(Version(policy, by, at, says, judged.get(policy.name, 0), policy.id == present))
        before = policy
    return found[::-1]
