"""Road: the milestones ahead of a few companies, to walk from one to the next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from renewals.account import Account
from renewals.plan.milestone import Milestone, MilestoneState


@dataclass(frozen=True, slots=True)
class Stop:
    """A company's next milestone. `key` as in its plan: `t60`, or `after`."""

    account: str
    key: str
    on: date


def stops(session: Session, accounts: Sequence[str], today: date) -> list[Stop]:
    """The next one of each company after today, in the order asked; none of a company whose road has ended."""
    found = []
    for external_id in accounts:
        query = (
            select(Account.name, Milestone.key, Milestone.due_on)
            .join(Account, Account.id == Milestone.account_id)
            .where(
                Account.external_id == external_id, Milestone.state == MilestoneState.PLANNED, ~Milestone.quiet,
                Milestone.due_on > today,
            )
            .order_by(Milestone.due_on)
        )
        found += [Stop(*row) for row in session.execute(query.limit(1))]
    return found
